package watch_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/replaydiff/replay/harness/watch"
	"github.com/replaydiff/replay/scenarios/policy"
)

func rulesOf(v *watch.Verdict) []policy.Rule {
	var rules []policy.Rule
	for _, f := range v.Findings {
		rules = append(rules, f.Rule)
	}
	return rules
}

func TestClientsWithMannersAndWithout(t *testing.T) {
	const lifetime = 100 * time.Second
	all := watch.Options{Rules: policy.Rules{Refresh: policy.Advised()}, Lifetime: lifetime}
	rows := []struct {
		reason  string
		issuer  *issuer
		options watch.Options
		manners func(*caller)
		act     func(*watch.Watch, *caller)
		want    []policy.Rule
	}{
		{"it refreshes at three quarters", &issuer{}, all, func(c *caller) { c.share = 0.75 }, func(_ *watch.Watch, c *caller) { c.work(lifetime) }, nil},
		{"it reads the end from the JWT, whose signature is void", &issuer{jwt: true}, all, func(c *caller) { c.share, c.fromJWT = 0.75, true }, func(_ *watch.Watch, c *caller) { c.work(lifetime) }, nil},
		{"it refreshes after a third", &issuer{}, all, func(c *caller) { c.share = 0.33 }, func(_ *watch.Watch, c *caller) { c.work(lifetime) }, []policy.Rule{policy.RefreshEarly}},
		{"it refreshes at the last moment", &issuer{}, all, func(c *caller) { c.share = 0.93 }, func(_ *watch.Watch, c *caller) { c.work(lifetime) }, []policy.Rule{policy.RefreshLate}},
		{"it waits to be refused", &issuer{}, all, func(c *caller) { c.on401 = true }, func(_ *watch.Watch, c *caller) { c.work(lifetime) }, []policy.Rule{policy.RefreshLate}},
		{"it never refreshes", &issuer{}, all, func(*caller) {}, func(_ *watch.Watch, c *caller) { c.work(lifetime) }, []policy.Rule{policy.ExpiredSent, policy.RefusedAgain}},
		{"revoked, it refreshes once and asks once more", &issuer{}, watch.Options{}, func(c *caller) { c.on401 = true },
			func(w *watch.Watch, c *caller) { c.login(); c.call(); w.Revoke(); c.call(); c.call() }, nil},
		{"revoked, it asks again and again", &issuer{}, watch.Options{}, func(c *caller) { c.again = 9 },
			func(w *watch.Watch, c *caller) { c.login(); c.call(); w.Revoke(); c.call() }, []policy.Rule{policy.RefusedAgain}},
		{"nine tries are allowed here", &issuer{}, watch.Options{Rules: policy.Rules{Tries: 10}}, func(c *caller) { c.again = 9 },
			func(w *watch.Watch, c *caller) { c.login(); c.call(); w.Revoke(); c.call() }, nil},
		{"no token is good: it loops through refreshes", &issuer{}, watch.Options{}, func(c *caller) { c.on401, c.again = true, 9 },
			func(w *watch.Watch, c *caller) { c.login(); c.call(); w.RefuseAll(); c.call() }, []policy.Rule{policy.RefusedAgain}},
		{"no refresh is good: it logs in", &issuer{}, watch.Options{}, func(c *caller) { c.on401 = true },
			func(w *watch.Watch, c *caller) {
				c.login()
				c.call()
				w.Revoke()
				w.RefuseRefresh()
				c.call()
				c.call()
			}, nil},
		{"no refresh is good: it goes on as if nothing were", &issuer{}, watch.Options{Rules: policy.Rules{Only: []policy.Rule{policy.LoginMissing}}}, func(c *caller) { c.on401, c.deaf = true, true },
			func(w *watch.Watch, c *caller) {
				c.login()
				w.Revoke()
				w.RefuseRefresh()
				for range 5 {
					c.call()
				}
			}, []policy.Rule{policy.LoginMissing}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			w := behind(t, row.issuer, row.options)
			c := newCaller(t, w, row.issuer)
			row.manners(c)
			row.act(w, c)
			v := w.Verdict()
			if d := cmp.Diff(row.want, rulesOf(v)); d != "" {
				t.Errorf("(-want +got):\n%s\n%s", d, v)
			}
			if slices.Contains(v.Unseen, policy.LoginMissing) == strings.HasPrefix(row.reason, "no refresh is good") {
				t.Errorf("the refresh was refused where it should not be, or the other way round: %s", v)
			}
			if (v.Err() == nil) != (row.want == nil) {
				t.Errorf("as an error it is %v", v.Err())
			}
			if strings.Contains(v.String(), "opaque-") {
				t.Errorf("a token is shown:\n%s", v)
			}
		})
	}
}

func TestOrdinaryClientOfOAuth2(t *testing.T) {
	t.Run("it takes a token of seconds for one that is over", func(t *testing.T) {
		s := &issuer{}
		w := behind(t, s, watch.Options{Lifetime: 8 * time.Second}) // x/oauth2 refreshes 10 s before the end
		c := newCaller(t, w, s)
		c.login()
		client := c.config.Client(t.Context(), c.token)
		for range 3 {
			resp, err := client.Get(w.URL + "/orders")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			s.advance(time.Second)
		}
		if d := cmp.Diff([]policy.Rule{policy.RefreshEarly}, rulesOf(w.Verdict())); d != "" {
			t.Errorf("%s\n%s", d, w.Verdict())
		}
	})
	t.Run("it does not refresh when it is refused", func(t *testing.T) {
		s := &issuer{}
		w := behind(t, s, watch.Options{})
		c := newCaller(t, w, s)
		c.login()
		client := c.config.Client(t.Context(), c.token)
		w.Revoke()
		for range 6 {
			resp, err := client.Get(w.URL + "/orders")
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		}
		v := w.Verdict()
		if d := cmp.Diff([]policy.Rule{policy.RefusedAgain}, rulesOf(v)); d != "" {
			t.Errorf("%s\n%s", d, v)
		}
	})
}

func TestRefreshesAtOnce(t *testing.T) {
	const tabs = 4
	s := &issuer{together: make(chan struct{})}
	s.arrived.Add(tabs)
	w := behind(t, s, watch.Options{})
	c := newCaller(t, w, s)
	c.login()
	old := c.token.RefreshToken
	var all sync.WaitGroup
	for range tabs {
		all.Go(func() {
			if _, err := c.config.TokenSource(context.Background(), &oauth2.Token{RefreshToken: old}).Token(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	v := w.Verdict()
	if !slices.Contains(rulesOf(v), policy.RefreshStorm) || !strings.Contains(v.String(), "4 refreshes of one token at once") {
		t.Errorf("got\n%s", v)
	}
}

func TestPagesOfAPerson(t *testing.T) {
	for _, row := range []struct {
		reason string
		bare   bool
		want   []policy.Rule
	}{
		{"the server leads to the login", false, nil},
		{"the server shows a bare 401", true, []policy.Rule{policy.BareRefusal}},
	} {
		t.Run(row.reason, func(t *testing.T) {
			s := &issuer{bare: row.bare}
			w := behind(t, s, watch.Options{})
			c := newCaller(t, w, s)
			c.login()
			visit := func() {
				r, _ := http.NewRequest("GET", w.URL+"/account", nil)
				r.Header.Set("Accept", "text/html")
				r.Header.Set("Sec-Fetch-Mode", "navigate")
				r.Header.Set("Sec-Fetch-Dest", "document")
				r.Header.Set("Cookie", "theme=dark; access="+c.token.AccessToken)
				resp, err := http.DefaultTransport.RoundTrip(r)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
			}
			visit()
			w.Revoke()
			visit()
			if d := cmp.Diff(row.want, rulesOf(w.Verdict())); d != "" {
				t.Errorf("%s\n%s", d, w.Verdict())
			}
		})
	}
}

func TestVerdictInWords(t *testing.T) {
	const lifetime = 100 * time.Second
	s := &issuer{}
	w := behind(t, s, watch.Options{Lifetime: lifetime})
	if err := w.Verdict().Err(); err == nil || !strings.HasPrefix(err.Error(), "nothing could be judged in 0 requests") {
		t.Errorf("of nothing it says %v", err)
	}
	c := newCaller(t, w, s)
	c.share = 0.93
	c.work(lifetime)
	words := regexp.MustCompile(`\+\d+m[\d.]+s`).ReplaceAllString(w.Verdict().String(), "+TIME")
	want := `refresh-late, 4 of 4: The client refreshes its token when it is nearly or wholly over: a clock that differs, a slow answer, and the call is refused.
  +TIME  entry 29 (POST /oauth/token): refreshed after 94 % of 100 s, 6.5 s before its end
  +TIME  entry 58 (POST /oauth/token): refreshed after 94 % of 100 s, 6.5 s before its end
  +TIME  entry 87 (POST /oauth/token): refreshed after 94 % of 100 s, 6.5 s before its end
  +TIME  entry 116 (POST /oauth/token): refreshed after 94 % of 100 s, 6.5 s before its end
not seen: refused-again, login-missing, bare-refusal`
	if d := cmp.Diff(want, words); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestMistakes(t *testing.T) {
	for _, target := range []string{"", "127.0.0.1:80", "ftp://a", "http://a/base", "http://u:p@a"} {
		if _, err := watch.Listen(target, watch.Options{}); err == nil || strings.Contains(err.Error(), "u:p") {
			t.Errorf("the target %q is taken, or repeated: %v", target, err)
		}
	}
	if _, err := watch.Listen("http://a", watch.Options{Lifetime: time.Millisecond}); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("a lifetime that can't be told is taken: %v", err)
	}
}
