package correlate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// flow reads a capture that is written down as people would:
//
//	> POST /login
//	> Content-Type: application/json
//	> | {"user": "kim"}
//	< 200
//	< Set-Cookie: sid=…
//	< | {"token": "…"}
//
// Lines with a bar are of the body; ⏎ is a line break in it.
func flow(t testing.TB, text string) *traffic.Capture {
	t.Helper()
	c := &traffic.Capture{File: "flow"}
	var x *traffic.Exchange
	var body *traffic.Body
	bodies := map[*traffic.Body]string{}
	var header *traffic.Header
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		side, rest := line[0], strings.TrimPrefix(line[1:], " ")
		if content, ok := strings.CutPrefix(rest, "| "); ok {
			bodies[body] += strings.ReplaceAll(content, "⏎", "\r\n")
			continue
		}
		name, value, isField := strings.Cut(rest, ": ")
		switch {
		case isField && !strings.Contains(name, " "):
			*header = append(*header, traffic.HeaderField{Name: name, Value: value})
		case side == '>':
			method, target, _ := strings.Cut(rest, " ")
			if strings.HasPrefix(target, "/") {
				target = "https://app.example" + target
			}
			x = &traffic.Exchange{Index: len(c.Exchanges), Request: traffic.Request{Method: method, URL: target}}
			c.Exchanges = append(c.Exchanges, x)
			body, header = &x.Request.Body, &x.Request.Header
		case side == '<':
			x.Response = &traffic.Response{}
			if _, err := fmt.Sscan(rest, &x.Response.Status); err != nil {
				t.Fatalf("status of %q: %v", line, err)
			}
			body, header = &x.Response.Body, &x.Response.Header
		}
	}
	for _, x := range c.Exchanges {
		x.Request.Body = built(bodies, &x.Request.Body, x.Request.Header)
		if x.Response != nil {
			x.Response.Body = built(bodies, &x.Response.Body, x.Response.Header)
		}
	}
	return c
}

func built(bodies map[*traffic.Body]string, b *traffic.Body, h traffic.Header) traffic.Body {
	text, ok := bodies[b]
	if !ok {
		return traffic.Body{}
	}
	return traffic.NewBody(h.Get("Content-Type"), []byte(text))
}

// written are the requests of a capture, to be compared.
func written(t testing.TB, requests []*traffic.Request) string {
	t.Helper()
	var b strings.Builder
	for i, r := range requests {
		content, err := r.Body.Bytes(0)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%d %s %s\n", i, r.Method, r.URL)
		for _, f := range r.Header {
			if !strings.EqualFold(f.Name, "cookie") {
				fmt.Fprintf(&b, "%s: %s\n", f.Name, f.Value)
			}
		}
		fmt.Fprintf(&b, "%s\n", content)
	}
	return b.String()
}

// replayed are the requests of a capture as they would be sent to what answers
// like live, and how many values were missing.
func replayed(t testing.TB, p *Plan, c, live *traffic.Capture) (requests []*traffic.Request, missing []Missing) {
	t.Helper()
	run := p.Start()
	for i, x := range c.Exchanges {
		r, lost := run.Request(i, &x.Request)
		requests, missing = append(requests, r), append(missing, lost...)
		if live.Exchanges[i].Response != nil {
			run.Answer(i, x.Response, live.Exchanges[i].Response)
		}
	}
	return requests, missing
}

func requestsOf(c *traffic.Capture) []*traffic.Request {
	var all []*traffic.Request
	for _, x := range c.Exchanges {
		all = append(all, &x.Request)
	}
	return all
}
