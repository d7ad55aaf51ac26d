package harness

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios/browser"
)

// A LoginSender sends what logins ask for to the target of a replay. It is the
// Sender of a credential.Login, and the Transport of a credential.OAuth2. No
// other address is dialled but those of TokenHosts. It is safe for concurrent
// use; its fields must not change after the first request.
type LoginSender struct {
	Target  Target
	Capture *traffic.Capture // that is replayed: its main origin is what Target.Base stands for

	// Client is one of its own, not that of the Runner; nil is a zero one.
	Client *wire.Client

	// TokenHosts are further addresses, host:port, that the user named: token
	// endpoints of another server.
	TokenHosts []string

	once   sync.Once
	plan   *Plan
	err    error
	client *wire.Client
	sent   atomic.Int64
}

var (
	_ credential.Sender = (*LoginSender)(nil)
	_ http.RoundTripper = (*LoginSender)(nil)
)

// Requests is how many requests were sent: Extra of a report.
func (l *LoginSender) Requests() int { return int(l.sent.Load()) }

func (l *LoginSender) begin() error {
	l.once.Do(func() {
		var rs *routes
		if rs, l.err = newRoutes(l.Capture, l.Target); l.err != nil {
			return
		}
		l.plan = &Plan{Capture: emptied(l.Capture), routes: rs, options: PlanOptions{Target: l.Target, Unsafe: Unsafe{All: true}, Follow: true}}
		if l.client = l.Client; l.client == nil {
			l.client = &wire.Client{}
		}
		l.client.Allow = append(rs.allowed(), l.TokenHosts...)
	})
	return l.err
}

// Replay sends a recorded login with live values and cookies.
func (l *LoginSender) Replay(ctx context.Context, login *traffic.Capture) (*traffic.Capture, error) {
	if err := l.begin(); err != nil {
		return nil, err
	}
	target := l.Target
	target.Base, target.Map, target.AllowRecordedHost = "", nil, true
	for _, r := range l.plan.routes.list {
		target.Map = append(target.Map, Mapping{From: r.from, To: r.origin() + r.prefix})
	}
	p, err := NewPlan(login, PlanOptions{Target: target, Unsafe: Unsafe{All: true}})
	if err != nil {
		return nil, err
	}
	o := (&Runner{}).begin(p, l.client)
	o.send(ctx)
	live, _ := o.capture()
	l.sent.Add(int64(len(live.Exchanges)) + o.extras.Load())
	live.Exchanges = slices.DeleteFunc(live.Exchanges, func(x *traffic.Exchange) bool { return x.Response == nil })
	if stop := o.stopped(); stop != nil {
		return live, fmt.Errorf("the login ended early: %s", stop.Text)
	}
	return live, ctx.Err()
}

// Session begins a session without cookies.
func (l *LoginSender) Session() credential.Session { return &loginSession{sender: l} }

type loginSession struct {
	sender *LoginSender
	jar    browser.Jar
}

// Send sends one request and follows redirects within the origin.
func (s *loginSession) Send(ctx context.Context, r *traffic.Request) ([]*traffic.Exchange, error) {
	if err := s.sender.begin(); err != nil {
		return nil, err
	}
	p, next := s.sender.plan, *r
	if isRelative(next.URL) {
		next.URL = p.routes.main + "/" + strings.TrimPrefix(next.URL, "/")
	}
	if returned, ok := p.routes.returns(next.URL); ok {
		next.URL = returned
	}
	to := p.routes.leads(next.URL)
	if to == nil {
		return nil, fmt.Errorf("it asks another host than those of the target: map it with --map")
	}
	o := &run{runner: &Runner{}, plan: p, client: s.sender.client}
	way := &sending{run: o}
	var list []*traffic.Exchange
	for range maxHops {
		c := browser.CookieContext{URL: next.URL, Time: o.now(), Method: next.Method}
		if header := s.jar.Header(c); header != "" {
			next.Header = setCookieHeader(next.Header, browser.ParseCookie(header))
		}
		x, err := way.exchange(ctx, &next, to)
		if err != nil {
			return list, err
		}
		s.sender.sent.Add(1)
		list = append(list, x)
		for _, f := range x.Response.Header.All("Set-Cookie") {
			s.jar.Set(inRecordedDomain(f.Value, to), c)
		}
		following := way.redirected(x, to)
		if following == nil {
			return list, nil
		}
		next = *following
	}
	return list, nil
}

// RoundTrip sends a request of a token endpoint: to the target where its
// origin is mapped, else to the address that the user named.
func (l *LoginSender) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := l.begin(); err != nil {
		return nil, err
	}
	asked := &traffic.Request{Method: request.Method, URL: request.URL.String()}
	for name, values := range request.Header {
		for _, v := range values {
			asked.Header = append(asked.Header, traffic.HeaderField{Name: name, Value: v})
		}
	}
	if request.Body != nil {
		content, err := io.ReadAll(request.Body)
		_ = request.Body.Close()
		if err != nil {
			return nil, err
		}
		asked.Body = traffic.NewBody(request.Header.Get("Content-Type"), content)
	}
	out, err := wire.RequestOf(asked, 0)
	if to := l.plan.routes.leads(asked.URL); to != nil && err == nil {
		out, err = l.plan.outgoing(asked, to)
	}
	if err != nil {
		return nil, err
	}
	answer, err := l.client.Do(request.Context(), out)
	if err != nil {
		return nil, err
	}
	l.sent.Add(1)
	r := answer.Response(traffic.Limits{})
	content, err := r.Body.Bytes(0)
	if err != nil {
		return nil, err
	}
	header := r.Header.HTTP()
	header.Del("Content-Encoding") // decoded
	return &http.Response{
		Status: fmt.Sprintf("%d %s", r.Status, r.StatusText), StatusCode: r.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(content)), ContentLength: int64(len(content)), Request: request,
	}, nil
}
