package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
)

// answered gives an exchange a response.
func answeredWith(x *traffic.Exchange, status int, mediaType, body string, fields ...string) *traffic.Exchange {
	x.Response = &traffic.Response{Status: status}
	for i := 0; i+1 < len(fields); i += 2 {
		x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	if mediaType != "" {
		x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: "Content-Type", Value: mediaType})
		x.Response.Body = traffic.NewBody(mediaType, []byte(body))
	}
	return x
}

func TestIssuedBy(t *testing.T) {
	const value = "q7/Zk+p01=="
	for _, row := range []struct {
		reason string
		x      *traffic.Exchange
		path   string // "" it hands nothing out
	}{
		{"a cookie", answeredWith(exchangeOf("POST", "https://a.test/in"), 302, "", "", "Set-Cookie", "sid="+value+"; Path=/"), "response.set-cookie.sid.value"},
		{"a cookie, escaped", answeredWith(exchangeOf("POST", "https://a.test/in"), 302, "", "", "Set-Cookie", "sid=q7%2FZk%2Bp01%3D%3D"), "response.set-cookie.sid.value"},
		{"a member at any depth", answeredWith(exchangeOf("POST", "https://a.test/in"), 200, "application/json", `{"data":[{"t":{"access_token":"q7\/Zk\u002bp01=="}}]}`),
			"response.body/data/0/t/access_token"},
		{"the name of a member is no value", answeredWith(exchangeOf("POST", "https://a.test/in"), 200, "application/json", `{"q7\/Zk\u002bp01==":1}`), ""},
		{"a GET may hand it out too", answeredWith(exchangeOf("GET", "https://a.test/config"), 200, "application/json", `{"csrf":"`+value+`"}`), "response.body/csrf"},
		{"a hidden field", answeredWith(exchangeOf("GET", "https://a.test/form"), 200, "text/html", `<!doctype html><form><input type=hidden name="_t" value="q7/Zk&#43;p01=="></form>`),
			"response.body._t"},
		{"a meta element", answeredWith(exchangeOf("GET", "https://a.test/form"), 200, "text/html; charset=utf-8", `<html><meta name="tok" content="`+value+`">`), "response.body.tok"},
		{"a script", answeredWith(exchangeOf("GET", "https://a.test/form"), 200, "text/html", `<html><script>t="`+value+`"</script>`), "response.body"},
		{"a form, as GitHub answers", answeredWith(exchangeOf("POST", "https://a.test/token"), 200, "application/x-www-form-urlencoded", "access_token=q7%2FZk%2Bp01%3D%3D&scope="), "response.body.access_token"},
		{"a header", answeredWith(exchangeOf("GET", "https://a.test/"), 200, "", "", "X-CSRF-Token", value), "response.header.x-csrf-token"},
		{"a header with a scheme", answeredWith(exchangeOf("POST", "https://a.test/login"), 200, "", "", "Authorization", "Bearer "+value), "response.header.authorization"},
		{"a redirect's query", answeredWith(exchangeOf("GET", "https://a.test/"), 302, "", "", "Location", "/cb?code=q7%2FZk%2Bp01%3D%3D&state=1"), "response.header.location"},
		{"a redirect's fragment", answeredWith(exchangeOf("GET", "https://a.test/"), 302, "", "", "Location", "https://b.test/#access_token="+value), "response.header.location"},
		{"part of a longer value", answeredWith(exchangeOf("GET", "https://a.test/"), 200, "", "", "X-Token", "0"+value), ""},
	} {
		after := answeredWith(exchangeOf("GET", "https://a.test/api", "Authorization", "Bearer "+value), 401, "", "")
		v := viewOf(&traffic.Capture{}, &traffic.Capture{Exchanges: []*traffic.Exchange{row.x, after}})
		issue, ok := v.IssuedBy(Bad, 1, value)
		path := ""
		if ok {
			path = issue.At.Path()
		}
		if path != row.path || ok && issue.Side != Bad {
			t.Errorf("%s: got %q", row.reason, path)
		}
		if _, ok := v.IssuedBy(Bad, 0, value); ok {
			t.Errorf("%s: handed out before it was", row.reason)
		}
	}
}

func TestIssuedByTheLastOne(t *testing.T) {
	set := func() *traffic.Exchange {
		return answeredWith(exchangeOf("GET", "https://a.test/"), 200, "", "", "Set-Cookie", "sid=abcdefgh12345")
	}
	v := viewOf(&traffic.Capture{}, &traffic.Capture{Exchanges: []*traffic.Exchange{set(), set(), set()}})
	for before, want := range map[int]int{3: 2, 2: 1, 1: 0} {
		if issue, ok := v.IssuedBy(Bad, before, "abcdefgh12345"); !ok || issue.Entry != want {
			t.Errorf("before %d: got %d", before, issue.Entry)
		}
	}
	if _, ok := v.IssuedBy(Bad, 3, "abc"); ok {
		t.Error("a short value is found by chance")
	}
}

func TestUsedBefore(t *testing.T) {
	const value = "q7/Zk+p01=="
	form := exchangeOf("POST", "https://a.test/f")
	form.Request.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte("t=q7%2FZk%2Bp01%3D%3D"))
	member := exchangeOf("POST", "https://a.test/f")
	member.Request.Body = traffic.NewBody("application/json", []byte(`{"t":"q7\/Zk+p01=="}`))
	xs := []*traffic.Exchange{
		exchangeOf("GET", "https://a.test/", "Authorization", "Bearer "+value),
		exchangeOf("GET", "https://a.test/", "Authorization", "Bearer other"),
		exchangeOf("GET", "https://a.test/", "Cookie", "a=b; c="+value),
		exchangeOf("GET", "https://a.test/?t=q7%2FZk%2Bp01%3D%3D"),
		form, member,
		exchangeOf("GET", "https://a.test/", "X-Key", value),
	}
	v := viewOf(&traffic.Capture{}, &traffic.Capture{Exchanges: xs})
	if d := cmp.Diff([]int{0, 2, 3, 4, 5}, v.UsedBefore(Bad, 6, value)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int{0, 2}, v.UsedBefore(Bad, 3, value)); d != "" {
		t.Error(d)
	}
}

func TestParting(t *testing.T) {
	login := func(token string) *traffic.Exchange {
		return answeredWith(exchangeOf("POST", "https://a.test/login"), 200, "application/json", `{"access_token":"`+token+`"}`)
	}
	refresh := func(token string) *traffic.Exchange {
		return answeredWith(exchangeOf("POST", "https://a.test/oauth/token"), 200, "application/json", `{"access_token":"`+token+`"}`)
	}
	call := func(token string, status int) *traffic.Exchange {
		return answeredWith(exchangeOf("GET", "https://a.test/orders", "Authorization", "Bearer "+token), status, "", "")
	}
	for _, row := range []struct {
		reason  string
		ok, bad []*traffic.Exchange
		okEntry int // -1: no parting
		paired  bool
		again   bool
	}{
		{"the refresh is missing", []*traffic.Exchange{login("token-one-1"), refresh("token-two-2"), call("token-two-2", 200)},
			[]*traffic.Exchange{login("token-old-1"), call("token-old-1", 401)}, 1, false, true},
		{"both have it from the login", []*traffic.Exchange{login("token-one-1"), call("token-one-1", 200)},
			[]*traffic.Exchange{login("token-old-1"), call("token-old-1", 401)}, -1, false, false},
		{"the login did not hand it out", []*traffic.Exchange{login("token-one-1"), call("token-one-1", 200)},
			[]*traffic.Exchange{answeredWith(exchangeOf("POST", "https://a.test/login"), 200, "application/json", `{}`), call("token-old-1", 401)}, 0, true, false},
		{"older than the capture", []*traffic.Exchange{call("token-one-1", 200)}, []*traffic.Exchange{call("token-old-1", 401)}, -1, false, false},
	} {
		v := viewOf(&traffic.Capture{Exchanges: row.ok}, &traffic.Capture{Exchanges: row.bad})
		v.Good, v.Failed = row.ok[len(row.ok)-1], row.bad[len(row.bad)-1]
		okay, _ := counterpartCredential(&v.Good.Request, Credential{Part: "header", Name: "authorization"})
		bad, _ := counterpartCredential(&v.Failed.Request, okay)
		p, parted := v.Parting(okay, bad)
		if parted != (row.okEntry >= 0) {
			t.Errorf("%s: parted %v", row.reason, parted)
		} else if parted && (p.OK.Entry != row.okEntry || p.Pair >= 0 != row.paired || p.Again != row.again) {
			t.Errorf("%s: got %+v", row.reason, p)
		}
	}
}

// A value is followed through 20,000 entries in the time of a few reads.
func TestProvenanceIsNearLinear(t *testing.T) {
	const n = 20_000
	page := `{"items":[` + strings.Repeat(`{"name":"a plain word or two","id":123456},`, 40) + `{}]}`
	xs := make([]*traffic.Exchange, n)
	for i := range xs {
		xs[i] = answeredWith(exchangeOf("GET", fmt.Sprintf("https://a.test/items/%d", i), "Authorization", "Bearer tokentokentoken"), 200, "application/json", page,
			"Set-Cookie", fmt.Sprintf("sid=session%08d", i), "Date", "Sun, 01 Mar 2026 12:00:00 GMT")
	}
	for i, x := range xs {
		x.Index = i
	}
	capture := &traffic.Capture{Exchanges: xs}
	side := &flowSide{capture: capture, issuesOf: map[string][]Issue{}, usesOf: map[string][]int{}}
	start := time.Now()
	for i := range 20 {
		if got := side.issues(fmt.Sprintf("session%08d", i*999)); len(got) != 1 || got[0].Entry != i*999 {
			t.Fatal("not found")
		}
	}
	if got := side.uses("tokentokentoken"); len(got) != n || !slices.IsSorted(got) {
		t.Error("a use is missing")
	}
	t.Log(time.Since(start))
	held := 0
	for _, b := range side.answers {
		held += len(b.text)
	}
	if held > maxHeldBytes+maxSearchedBody || len(side.answers) > maxHeldBodies {
		t.Errorf("%d bytes of %d bodies are held", held, len(side.answers))
	}
}

func FuzzIssuedInBody(f *testing.F) {
	f.Add(`{"a":["tokentoken"]}`, "tokentoken")
	f.Add(`<input name=a value="tokentoken">`, "tokentoken")
	f.Add(`a=tokentoken&b`, "tokentoken")
	f.Add(`{"a":`, "{")
	f.Fuzz(func(t *testing.T, text, value string) {
		if len(value) < minTraced {
			return
		}
		r := &traffic.Response{Header: traffic.Header{{Name: "Set-Cookie", Value: text}, {Name: "Location", Value: text}}}
		issuedInHeader(r, value)
		at, ok := issuedInBody(r, text, value)
		if ok && at.New != value {
			t.Error("another value was handed out")
		}
		if !ok && strings.Contains(text, value) && strings.TrimSpace(text) != "" {
			t.Error("the value stands there")
		}
	})
}
