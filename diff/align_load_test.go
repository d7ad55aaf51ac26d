package diff

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/diff/traffic"
)

// load reads a capture file.
func load(t testing.TB, path string) *traffic.Capture {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if filepath.Ext(path) == ".yaml" {
		return loadCassette(t, data)
	}
	return loadHAR(t, data)
}

func loadHAR(t testing.TB, data []byte) *traffic.Capture {
	t.Helper()
	type header struct{ Name, Value string }
	var har struct {
		Log struct {
			Entries []struct {
				StartedDateTime time.Time
				ResourceType    string `json:"_resourceType"`
				Request         struct {
					Method, URL string
					Headers     []header
					PostData    *struct{ MimeType, Text string }
				}
				Response struct {
					Status  int
					Headers []header
					Error   string `json:"_error"`
					Failure string `json:"_failureText"`
				}
			}
		}
	}
	if err := json.Unmarshal(data, &har); err != nil {
		t.Fatal(err)
	}
	fields := func(hs []header) traffic.Header {
		var out traffic.Header
		for _, h := range hs {
			out = append(out, traffic.HeaderField{Name: h.Name, Value: h.Value})
		}
		return out
	}
	c := &traffic.Capture{Format: traffic.HAR}
	for i, e := range har.Log.Entries {
		x := &traffic.Exchange{Index: i, Response: &traffic.Response{}}
		x.Request.Method, x.Request.URL = e.Request.Method, e.Request.URL
		x.Request.Header = fields(e.Request.Headers)
		if p := e.Request.PostData; p != nil {
			x.Request.Body = traffic.NewBody(p.MimeType, []byte(p.Text))
		}
		x.Response.Status = max(0, e.Response.Status)
		x.Response.Header = fields(e.Response.Headers)
		x.Response.Error = e.Response.Error + e.Response.Failure
		x.Recorded.Started = traffic.Timestamp{Time: e.StartedDateTime}
		if e.ResourceType != "" {
			x.Unknown = traffic.Fields{{Pointer: "/_resourceType", Value: jsontext.Value(`"` + e.ResourceType + `"`)}}
		}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

func loadCassette(t testing.TB, data []byte) *traffic.Capture {
	t.Helper()
	var cassette struct {
		Interactions []struct {
			Request struct {
				Method, URL, Body string
				Headers           map[string][]string
			}
			Response struct {
				Code    int
				Headers map[string][]string
			}
		}
	}
	if err := yaml.Unmarshal(data, &cassette); err != nil {
		t.Fatal(err)
	}
	fields := func(h map[string][]string) traffic.Header {
		var out traffic.Header
		for name, values := range h {
			for _, v := range values {
				out = append(out, traffic.HeaderField{Name: name, Value: v})
			}
		}
		return out
	}
	c := &traffic.Capture{Format: traffic.CassetteV2}
	for i, n := range cassette.Interactions {
		x := &traffic.Exchange{Index: i, Response: &traffic.Response{Status: n.Response.Code, Header: fields(n.Response.Headers)}}
		x.Request = traffic.Request{Method: n.Request.Method, URL: n.Request.URL, Header: fields(n.Request.Headers)}
		x.Request.Body = traffic.NewBody("", []byte(n.Request.Body))
		c.Exchanges = append(c.Exchanges, x)
	}
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
