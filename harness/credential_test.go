package harness

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
)

// A vendor is a source of new tokens that a server knows.
type vendor struct {
	mu    sync.Mutex
	app   *app
	given int
}

func (v *vendor) Fetch(context.Context) (credential.Credential, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.given++
	token := secret()
	if v.app != nil {
		v.app.mu.Lock()
		v.app.tokens[token] = true
		v.app.mu.Unlock()
	}
	return credential.Credential{Fields: []traffic.HeaderField{{Name: "Authorization", Value: "Bearer " + token}}}, nil
}

// apiCapture is a capture of an API with a token that was issued before it.
func apiCapture(t *testing.T, value string) *traffic.Capture {
	c := recordShop(t, (*visitor).api)
	c.Exchanges = c.Exchanges[1:]
	for i, x := range c.Exchanges {
		x.Index = i
		x.Request.Header = append(without(x.Request.Header, "Authorization"), traffic.HeaderField{Name: "Authorization", Value: value})
	}
	return c
}

// TestCredentials: those that are given take the place of recorded ones, and
// are fetched once for all.
func TestCredentials(t *testing.T) {
	for reason, recorded := range map[string]string{"expired": "Bearer 0123456789abcdef0123456789abcdef", "redacted": "Bearer REDACTED"} {
		t.Run(reason, func(t *testing.T) {
			target := newApp()
			v := &vendor{app: target}
			o := PlanOptions{Target: Target{Base: serve(t, target)}, Keeper: &credential.Keeper{Source: v}}
			report := replayed(t, &Runner{}, plan(t, apiCapture(t, recorded), o)).Report
			if report.Counts.Same != 2 || v.given != 1 {
				t.Errorf("%d fetched\n%s", v.given, text(report))
			}
		})
	}
}

// TestRedacted: what was painted over can't be sent.
func TestRedacted(t *testing.T) {
	_, err := NewPlan(apiCapture(t, "Bearer REDACTED"), PlanOptions{Target: Target{Base: "http://h"}})
	var refused *Refused
	if !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	t.Log(err)
}

// TestRenewed: a 401 fetches anew once, and a safe request is asked again.
func TestRenewed(t *testing.T) {
	target := newApp()
	v := &vendor{}
	o := PlanOptions{Target: Target{Base: serve(t, target)}, Keeper: &credential.Keeper{Source: v}}
	p := plan(t, apiCapture(t, "Bearer 0123456789abcdef0123456789abcdef"), o)
	first, err := o.Keeper.Get(context.Background())
	if err != nil || first.Empty() {
		t.Fatal(err)
	}
	v.app = target // tokens from here on are known
	report := replayed(t, &Runner{Concurrency: 1}, p).Report
	if report.Counts.Same != 2 || report.Counts.Extra != 1 || v.given != 2 {
		t.Errorf("%d fetched\n%s", v.given, text(report))
	}
}

// TestLogin: a login that is written down is sent to the target, and its
// cookies go into every session.
func TestLogin(t *testing.T) {
	target := newApp()
	c := recordShop(t, (*visitor).shop)
	c.Exchanges = c.Exchanges[2:3] // GET /account, signed in before
	c.Exchanges[0].Index = 0
	base := serve(t, target)
	sender := &LoginSender{Target: Target{Base: base}, Capture: c}
	login := &credential.Login{Name: "ada", Sender: sender, Steps: []credential.Step{{Method: "GET", Target: "/login"}}}
	o := PlanOptions{Target: Target{Base: base}, Keeper: &credential.Keeper{Source: login}}
	done := replayed(t, &Runner{}, plan(t, c, o))
	if got := done.Live.Exchanges[0].Response.Status; got != 200 || sender.Requests() != 1 {
		t.Errorf("status %d, %d requests\n%s", got, sender.Requests(), text(done.Report))
	}
}

// TestSettings: --set puts values where they are named.
func TestSettings(t *testing.T) {
	var got []string
	base := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 100)
		n, _ := r.Body.Read(body)
		got = []string{r.URL.RawQuery, r.Header.Get("X-Tenant"), r.Header.Get("Cookie"), string(body[:n])}
	}))
	c := flow("POST", recordedOrigin+"/a?x=1&page=2&y=%5B")
	c.Exchanges[0].Request.Header = traffic.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Cookie", Value: "theme=light; a=b"}}
	c.Exchanges[0].Request.Body = traffic.NewBody("application/json", []byte(`{"items": [ {"id": 1, "name": "x"} ], "n":2}`))
	var list []Setting
	for _, s := range []string{"request.header.x-tenant=acme", "request.query.page=3", "request.cookie.theme=dark", "request.body/items/0/name=a \"b\"", "request.body/n=5"} {
		set, err := ParseSetting(s)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, set)
	}
	replayed(t, &Runner{}, plan(t, c, PlanOptions{Target: Target{Base: base}, Unsafe: Unsafe{All: true}, Set: list}))
	want := []string{"x=1&page=3&y=%5B", "acme", "theme=dark; a=b", `{"items": [ {"id": 1, "name": "a \"b\""} ], "n":5}`}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	for _, bad := range []string{"x=1", "request.header.=1", "request.header.host=x", "request.status=1", "request.header.x=a\nb", "request.header.content-length=1"} {
		if _, err := ParseSetting(bad); err == nil {
			t.Errorf("%q is read", bad)
		} else {
			t.Log(err)
		}
	}
	if _, err := NewPlan(c, PlanOptions{Target: Target{Base: base}, Unsafe: Unsafe{All: true}, Set: []Setting{{"body", "/none", "1"}}}); err == nil {
		t.Error("a pointer that no body has is not refused")
	}
}
