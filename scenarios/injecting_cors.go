package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// crossOrigin returns the target, a request of a script to another origin that
// a browser let through.
func (in *Injection) crossOrigin() (*traffic.Exchange, error) {
	x := in.Exchange()
	ask, known := askOf(in.Flow, x)
	switch {
	case !known || !ask.cross || diff.IsPreflight(x):
		return nil, cannot("no script asks another origin here")
	case x.Response == nil || corsStatus(x) == 0:
		return nil, cannot("the request has no answer")
	}
	return x, nil
}

func authorRequest(x *traffic.Exchange) browser.CORSRequest {
	return browser.CORSRequest{Method: x.Request.Method, URL: x.Request.URL, Header: authorFields(x.Request.Header)}
}

// marksNothing tells recorders that stand outside of the browser.
func marksNothing(c *traffic.Capture) bool { return !recordedInBrowser(c) || playwright(c) }

func playwright(c *traffic.Capture) bool { return strings.EqualFold(c.Creator.Name, "playwright") }

// addPreflight gives the request a header that needs leave, and puts the
// preflight behind it as browsers list it.
func (in *Injection) addPreflight(x *traffic.Exchange) *traffic.Exchange {
	x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "x-client-build", Value: "7"})
	p := cloneExchange(x)
	p.Request.Method = "OPTIONS"
	for _, name := range []string{"cookie", "authorization", "x-client-build", "content-type"} {
		DeleteHeader(&p.Request.Header, name)
	}
	p.Request.Cookies = nil
	SetHeader(&p.Request.Header, "access-control-request-method", x.Request.Method)
	SetHeader(&p.Request.Header, "access-control-request-headers", "x-client-build")
	p.Response.Status, p.Response.Body = 204, traffic.Body{}
	DeleteHeader(&p.Response.Header, "set-cookie")
	in.Flow.Exchanges = slices.Insert(in.Flow.Exchanges, in.Target+1, p)
	return p
}

// neverSent is how recorders show a request whose preflight failed.
func (in *Injection) neverSent(x *traffic.Exchange) {
	x.Response = &traffic.Response{Proto: x.Response.Proto}
	switch {
	case strings.EqualFold(in.Flow.Creator.Name, "Firefox"):
	case recordedInBrowser(in.Flow):
		x.Response.Error = "net::ERR_FAILED"
		// The headers are those that the script gave; the rest was never made.
		x.Request.Header = slices.DeleteFunc(x.Request.Header, func(f traffic.HeaderField) bool {
			name := strings.ToLower(f.Name)
			return name == "cookie" || name == "origin" || name == "host" || name == "accept-encoding" || strings.HasPrefix(name, ":") || strings.HasPrefix(name, "sec-fetch-")
		})
		x.Request.Cookies = nil
	default: // a proxy saw the preflight alone
		in.Flow.Exchanges = slices.DeleteFunc(in.Flow.Exchanges, func(y *traffic.Exchange) bool { return y == x })
	}
}

// keptFromScript is how recorders show an answer that failed the CORS check.
func (in *Injection) keptFromScript(x *traffic.Exchange) {
	switch {
	case playwright(in.Flow):
		x.Response = &traffic.Response{Status: -1, Error: "net::ERR_FAILED", Proto: x.Response.Proto}
	case strings.EqualFold(in.Flow.Creator.Name, "WebInspector"):
		x.Response.Error = "net::ERR_FAILED"
		x.Response.Body = traffic.Body{}
	}
}
