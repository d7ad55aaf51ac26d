package harness

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff/traffic"
)

// The recorders: each writes its own file, which is then read.

const chromeAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36"

// chrome writes names as HTTP/2 has them, with pseudo-headers, and who began a
// request.
func chrome(t *testing.T, c *traffic.Capture) *traffic.Capture {
	c.Creator = traffic.Product{Name: "WebInspector", Version: "537.36"}
	for _, x := range c.Exchanges {
		asHTTP2(x)
		kind := `{"type":"other"}`
		if x.Request.Method == "OPTIONS" {
			kind = `{"type":"preflight","url":"` + x.Request.URL + `"}`
		}
		x.Unknown = append(x.Unknown, traffic.Field{Pointer: "/_initiator", Value: jsontext.Value(kind)}, traffic.Field{Pointer: "/_priority", Value: jsontext.Value(`"High"`)})
		agent(x, chromeAgent)
	}
	return rewritten(t, c, traffic.HAR)
}

func firefox(t *testing.T, c *traffic.Capture) *traffic.Capture {
	c.Creator = traffic.Product{Name: "Firefox", Version: "151.0"}
	c.Browser = traffic.Product{Name: "Firefox", Version: "151.0"}
	for _, x := range c.Exchanges {
		agent(x, "Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0")
	}
	return rewritten(t, c, traffic.HAR)
}

func mitmproxy(t *testing.T, c *traffic.Capture) *traffic.Capture {
	c.Creator = traffic.Product{Name: "mitmproxy", Version: "12.0.0"}
	for i, x := range c.Exchanges {
		if i%2 == 0 {
			asHTTP2(x)
			x.Request.Header = x.Request.Header[4:] // it lists no pseudo-headers
		}
	}
	return rewritten(t, c, traffic.HAR)
}

// cassette has no clock but the answers' own.
func cassette(t *testing.T, c *traffic.Capture) *traffic.Capture {
	for _, x := range c.Exchanges {
		x.Recorded = traffic.Recorded{Millis: 5}
	}
	return rewritten(t, c, traffic.CassetteV2)
}

// playwright lists exchanges as they end, with times that tell how they began.
func playwright(t *testing.T, c *traffic.Capture) *traffic.Capture {
	c.Creator = traffic.Product{Name: "Playwright", Version: "1.60.0"}
	c.Browser = traffic.Product{Name: "chromium", Version: "150.0.0.0"}
	for _, x := range c.Exchanges {
		asHTTP2(x)
		x.Request.Header = x.Request.Header[4:]
		agent(x, chromeAgent)
	}
	for i := 1; i+1 < len(c.Exchanges); i += 3 {
		c.Exchanges[i], c.Exchanges[i+1] = c.Exchanges[i+1], c.Exchanges[i]
	}
	for i, x := range c.Exchanges {
		x.Index = i
	}
	return rewritten(t, c, traffic.HAR)
}

func rewritten(t *testing.T, c *traffic.Capture, f traffic.Format) *traffic.Capture {
	t.Helper()
	var file bytes.Buffer
	if err := traffic.Write(&file, c, f); err != nil {
		t.Fatal(err)
	}
	again, err := traffic.Read(&file, "yesterday."+string(f), traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func agent(x *traffic.Exchange, name string) {
	for i, f := range x.Request.Header {
		if strings.EqualFold(f.Name, "User-Agent") {
			x.Request.Header[i].Value = name
		}
	}
}

func asHTTP2(x *traffic.Exchange) {
	u, _ := url.Parse(x.Request.URL)
	h := traffic.Header{{Name: ":authority", Value: u.Host}, {Name: ":method", Value: x.Request.Method}, {Name: ":path", Value: u.RequestURI()}, {Name: ":scheme", Value: u.Scheme}}
	for _, f := range x.Request.Header {
		if !strings.EqualFold(f.Name, "host") {
			h = append(h, traffic.HeaderField{Name: strings.ToLower(f.Name), Value: f.Value})
		}
	}
	x.Request.Header, x.Request.Proto = h, "h2"
	for i := range x.Response.Header {
		x.Response.Header[i].Name = strings.ToLower(x.Response.Header[i].Name)
	}
	x.Response.Proto, x.Response.StatusText = "h2", ""
}
