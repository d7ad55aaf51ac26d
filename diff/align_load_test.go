package diff

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
)

// load reads a capture file.
func load(t testing.TB, path string) *traffic.Capture {
	t.Helper()
	c, err := traffic.Open(path, traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// flow writes a capture compactly, an exchange a line:
//
//	GET https://a.test/orders/12 200
//	OPTIONS https://a.test/orders 204 for=POST
//	POST https://a.test/graphql 200 body={"operationName":"A"}
//	GET https://a.test/account 302 to=/login
//	GET https://a.test/x 0 error=net::ERR_FAILED type=fetch auth=abc at=3
//	GET https://a.test/x -            (no answer was recorded)
//
// Further words are name=value; at is seconds from the start, value "" where a
// word is missing. "for" is Access-Control-Request-Method.
func flow(t testing.TB, text string) *traffic.Capture {
	t.Helper()
	c := &traffic.Capture{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		x, err := exchange(strings.Fields(line))
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		x.Index = len(c.Exchanges)
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

func exchange(words []string) (*traffic.Exchange, error) {
	if len(words) < 3 {
		return nil, fmt.Errorf("want METHOD URL STATUS")
	}
	x := &traffic.Exchange{}
	x.Request.Method, x.Request.URL = words[0], strings.Trim(words[1], `"`)
	if words[2] != "-" {
		x.Response = &traffic.Response{}
		if _, err := fmt.Sscan(words[2], &x.Response.Status); err != nil {
			return nil, err
		}
	}
	for _, word := range words[3:] {
		name, value, _ := strings.Cut(word, "=")
		field := func(name string) traffic.HeaderField { return traffic.HeaderField{Name: name, Value: value} }
		switch name {
		case "for":
			x.Request.Header = append(x.Request.Header, field("Access-Control-Request-Method"))
		case "auth":
			x.Request.Header = append(x.Request.Header, field("Authorization"))
		case "host":
			x.Request.Header = append(x.Request.Header, field("Host"))
		case "target":
			x.Request.Header = append(x.Request.Header, field("X-Amz-Target"))
		case "challenge":
			x.Response.Header = append(x.Response.Header, field("WWW-Authenticate"))
		case "to":
			x.Response.Header = append(x.Response.Header, field("Location"))
		case "error":
			x.Response.Error = value
		case "type":
			x.Unknown = traffic.Fields{{Pointer: "/_resourceType", Value: jsontext.Value(`"` + value + `"`)}}
		case "body":
			x.Request.Body = traffic.NewBody("application/json", []byte(value))
		case "at":
			d, err := time.ParseDuration(value + "s")
			if err != nil {
				return nil, err
			}
			x.Recorded.Started.Time = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC).Add(d)
		default:
			return nil, fmt.Errorf("unknown word %s", name)
		}
	}
	return x, nil
}
