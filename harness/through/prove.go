package through

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// maxProofs bounds the paths that are tried before it is said that the proxy
// goes elsewhere.
const maxProofs = 8

// prove finds out, with safe requests without credentials, whether the proxy
// comes here at all. One that asks for credentials, for all of them or in its own
// words, may come here behind them: then safe methods are sent as recorded, and
// no others.
func (r *run) prove(ctx context.Context, list []Send) error {
	tried := map[string]bool{}
	var first, otherwise *passed
	for _, send := range list {
		key := pathKey(send.Request)
		if tried[key] {
			continue
		}
		if len(tried) == maxProofs {
			break
		}
		tried[key] = true
		p := r.do(ctx, r.proof(send.Request, false), plainAnswer())
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case p.main != nil:
			return r.identify(ctx, p)
		case p.err != nil && unreachable(p.err):
			return &Unreachable{p.err}
		case p.err != nil:
			return r.elsewhere(p) // the next would take as long
		}
		asks := asksForCredentials(p)
		if asks && madeInFront(p) {
			r.denied = true
		}
		if first == nil {
			first = p
		}
		if otherwise == nil && !asks {
			otherwise = p
		}
	}
	switch {
	case first == nil:
		return &Elsewhere{"nothing to send: no request of the capture goes through the proxy"}
	case r.denied || otherwise == nil:
		r.denied = true
		return r.identify(ctx, first)
	}
	return r.elsewhere(otherwise)
}

// madeInFront tells an answer that proves that something in front of an app made
// it.
func madeInFront(p *passed) bool {
	who := scenarios.AnswererOf(exchangeOf(p).Response)
	return who.Made && who.Layer != "app"
}

// proof is a safe request for the path of another one. Its query is its own, so
// that no cache keeps the answer for the other.
func (r *run) proof(of *wire.Request, credentials bool) *wire.Request {
	get := asGet(of, credentials)
	separator := "?"
	if strings.Contains(get.Target, "?") {
		separator = "&"
	}
	get.Target += separator + "replay-proof=" + strconv.Itoa(r.sent+1) + r.base
	return get
}

func asksForCredentials(p *passed) bool {
	if p.answer == nil {
		return false
	}
	x := exchangeOf(p)
	switch x.Response.Status {
	case 401, 403, 407:
		return true
	}
	return diff.OutcomeOf(x).Ending == diff.LoginRedirect
}

// exchangeOf is the exchange as the client saw it.
func exchangeOf(p *passed) *traffic.Exchange {
	return &traffic.Exchange{
		Request:  traffic.Request{Method: p.sent.Method, URL: p.sent.Scheme + "://" + p.sent.Host + p.sent.Target, Header: p.sent.Header},
		Response: p.answer.Response(traffic.DefaultLimits()),
	}
}

// elsewhere says what the proxy did instead of coming here.
func (r *run) elsewhere(p *passed) error {
	here := r.Addr
	path, _, _ := strings.Cut(p.sent.Target, "?")
	text := fmt.Sprintf("the proxy did not come to %s: %s %s", here, p.sent.Method, r.tally.masker.URL(path))
	for _, fault := range r.desk.warnings() {
		return &Elsewhere{text + ": " + fault}
	}
	if p.answer == nil {
		return &Elsewhere{text + " got no answer: " + p.err.Error()}
	}
	response := exchangeOf(p).Response
	text += " was answered " + scenarios.AnswererOf(response).Sentence(response.Status)
	switch location, err := url.Parse(response.Header.Get("Location")); {
	case response.Status == 502 || response.Status == 503 || response.Status == 504:
		text += "; let it forward to " + here
	case response.Status >= 300 && response.Status < 400 && err == nil && location.Scheme == "https" && p.sent.Scheme == "http":
		text += ", a redirect to https; give its https:// URL"
	default:
		text += "; let it forward to " + here + ", and give --keep-host if it chooses by the name of the site"
	}
	return &Elsewhere{text}
}

// An identity is which program the proxy is.
type identity struct {
	product string // "" where it can't be told
	by      string
}

// oversize is the length of a field that no common proxy takes: nginx takes 8
// KiB a line, Apache as much, HAProxy 16 KiB a head, Envoy 60 KiB.
const oversize = 70_000

// identify tells who the proxy is: by the answer to a request that came here, for
// all that stands in it and was not sent is the proxy's; else by its own error
// page, for a request that it refuses before it forwards anything.
func (r *run) identify(ctx context.Context, p *passed) error {
	response := exchangeOf(p).Response
	own := *response
	own.Header = nil
	for _, f := range response.Header {
		if !strings.EqualFold(f.Name, "Server") || f.Value != proofName {
			own.Header = append(own.Header, f)
		}
	}
	if p.main != nil {
		own.Body = traffic.Body{}
	}
	if who := scenarios.AnswererOf(&own); who.Product != "" {
		r.identity = identity{who.Product, who.By}
		return nil
	}
	large := asGet(p.sent, false)
	large.Header = append(large.Header, traffic.HeaderField{Name: "X-Replay-Long", Value: strings.Repeat("a", oversize)})
	refused := r.do(ctx, large, plainAnswer())
	if refused.answer == nil && p.answer.Proto == "HTTP/2.0" {
		refused = r.overHTTP1(ctx, large) // a stream that is reset has no page
	}
	if refused.answer == nil || refused.main != nil {
		return nil
	}
	page := refused.answer.Response(traffic.DefaultLimits())
	if who := scenarios.AnswererOf(page); who.Product != "" {
		r.identity = identity{who.Product, "its own page for a field of " + strconv.Itoa(oversize) + " bytes: " + who.By}
	}
	return nil
}

// overHTTP1 sends a request by the older protocol, in a connection of its own.
func (r *run) overHTTP1(ctx context.Context, q *wire.Request) *passed {
	c := r.Client
	again := *r
	stand := *r.Stand
	stand.Client = &wire.Client{Allow: c.Allow, Resolve: c.Resolve, Proxy: c.Proxy, TLS: c.TLS, Proto: wire.HTTP1, Timeout: c.Timeout,
		MaxHeader: c.MaxHeader, MaxBody: c.MaxBody, Now: c.Now, DialContext: c.DialContext}
	defer stand.Client.Close()
	again.Stand = &stand
	p := again.do(ctx, q, plainAnswer())
	r.sent = again.sent
	return p
}
