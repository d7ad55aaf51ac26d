package policy_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

var began = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// A call is a line of a flow: when it began, what was asked, with what, and what
// was answered.
type call struct {
	at     time.Duration
	ask    string // "GET /orders"
	bearer string
	cookie string
	form   string // body of the request
	took   time.Duration
	status int
	json   string
	html   string
	set    []string // Set-Cookie
	page   bool     // a browser navigates
	auth   string   // WWW-Authenticate
	to     string   // Location
}

// flow makes a capture of calls to one host. Skew is how far the server's clock
// is ahead.
func flow(skew time.Duration, calls ...call) *traffic.Capture {
	c := &traffic.Capture{File: "client.har"}
	for i, l := range calls {
		c.Exchanges = append(c.Exchanges, exchange(i, skew, l))
	}
	return c
}

func exchange(i int, skew time.Duration, l call) *traffic.Exchange {
	method, path, _ := strings.Cut(l.ask, " ")
	if l.took == 0 {
		l.took = 100 * time.Millisecond
	}
	start := began.Add(l.at)
	x := &traffic.Exchange{Index: i, Request: traffic.Request{Method: method, URL: "https://app.heron.test" + path, Proto: "HTTP/1.1"}}
	x.Recorded = traffic.Recorded{Started: traffic.Timestamp{Time: start, Text: start.Format(time.RFC3339Nano)}, Millis: float64(l.took.Milliseconds())}
	h := &x.Request.Header
	add(h, "Authorization", prefixed("Bearer ", l.bearer))
	add(h, "Cookie", l.cookie)
	if l.page {
		*h = append(*h, traffic.HeaderField{Name: "Sec-Fetch-Mode", Value: "navigate"}, traffic.HeaderField{Name: "Sec-Fetch-Dest", Value: "document"})
	} else {
		add(h, "Accept", "application/json")
	}
	if l.form != "" {
		x.Request.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte(l.form))
		add(h, "Content-Type", "application/x-www-form-urlencoded")
	}
	if l.status < 0 {
		x.Response = &traffic.Response{Error: "net::ERR_ABORTED"}
		return x
	}
	r := &traffic.Response{Status: l.status}
	add(&r.Header, "Date", start.Add(l.took/2+skew).UTC().Truncate(time.Second).Format(http.TimeFormat))
	add(&r.Header, "WWW-Authenticate", l.auth)
	add(&r.Header, "Location", l.to)
	for _, line := range l.set {
		add(&r.Header, "Set-Cookie", line)
	}
	switch {
	case l.json != "":
		add(&r.Header, "Content-Type", "application/json")
		r.Body = traffic.NewBody("application/json", []byte(l.json))
	case l.html != "":
		add(&r.Header, "Content-Type", "text/html; charset=utf-8")
		r.Body = traffic.NewBody("text/html", []byte(l.html))
	}
	x.Response = r
	return x
}

func add(h *traffic.Header, name, value string) {
	if value != "" {
		*h = append(*h, traffic.HeaderField{Name: name, Value: value})
	}
}

func prefixed(prefix, value string) string {
	if value == "" {
		return ""
	}
	return prefix + value
}

// jwt makes a token whose signature is made up.
func jwt(id string, iat, life time.Duration) string {
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	issued := began.Add(iat)
	return part(`{"alg":"HS256","typ":"JWT"}`) + "." +
		part(fmt.Sprintf(`{"jti":%q,"sub":"ana","scope":"read","iat":%d,"exp":%d}`, id, issued.Unix(), issued.Add(life).Unix())) + ".c2lnbmF0dXJl"
}

// granted is the answer of a token endpoint.
func granted(access, refresh string, life time.Duration) string {
	if refresh == "" {
		return fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":%d}`, access, int(life.Seconds()))
	}
	return fmt.Sprintf(`{"access_token":%q,"token_type":"Bearer","expires_in":%d,"refresh_token":%q}`, access, int(life.Seconds()), refresh)
}

// The tokens of the flows.
const (
	access1, access2, access3 = "access-8f3Kq1", "access-Zr72mN", "access-p0Lw5X"
	renew1, renew2, renew3    = "renew-Qm44tB", "renew-7uDa9c", "renew-yE1vXs"
)

func login(at time.Duration) call {
	return call{at: at, ask: "POST /oauth/token", form: "grant_type=password&username=ana&password=x", status: 200, json: granted(access1, renew1, time.Hour)}
}

func refresh(at time.Duration, with, access, renew string) call {
	return call{at: at, ask: "POST /oauth/token", form: "grant_type=refresh_token&refresh_token=" + with, status: 200, json: granted(access, renew, time.Hour)}
}

func orders(at time.Duration, bearer string, status int) call {
	return call{at: at, ask: "GET /orders", bearer: bearer, status: status, json: `{"orders":[]}`}
}
