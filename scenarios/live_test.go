package scenarios

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// anySigner vouches for everything; nobody verifies in these tests.
type anySigner struct{ alg string }

func (s anySigner) Algorithm() string { return s.alg }

func (s anySigner) Sign(header, claims []byte) (string, error) {
	return base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(claims) + ".c2lnbmVkLWZvci10aGUtdGVzdA", nil
}

// putLive injects into a flow as it would be sent.
func putLive(c *Cause, flow *traffic.Capture, target int, with map[string]string) (*Moves, error) {
	in := NewInjection(flow, target, Informative, rand.New(rand.NewPCG(1, uint64(target))))
	in.With = with
	if at, ok := in.timeOf(in.Exchange()); ok {
		in.Now = at
	}
	in.Live = &Live{Signer: anySigner{}, ClientCertificate: true, Secret: func(string) (string, error) { return "", errors.New("not set") }}
	return c.InjectLive(in)
}

// TestLiveIsTheCause: the edits of a live request, and the refusal that a
// server would give, are diagnosed as the cause that was meant. It is law 2 for
// what is sent.
func TestLiveIsTheCause(t *testing.T) {
	right, of, wrong := map[string]int{}, map[string]int{}, map[string]string{}
	for _, f := range baseFlows() {
		ok := f.take(0)
		for _, c := range Catalogue() {
			for _, target := range ok.decisive {
				bad, fits := sentAndRefused(t, c, ok.capture, target)
				if !fits {
					continue
				}
				of[c.ID]++
				d := Diagnose(diff.Compare(ok.capture, bad, diff.Options{}))
				if len(d.Findings) > 0 && d.Findings[0].Cause.ID == c.ID || len(d.Symptoms) > 0 && d.Symptoms[0].Cause.ID == c.ID {
					right[c.ID]++
				} else {
					wrong[c.ID] = fmt.Sprintf("%s[%d]: %s", f.name, target, verdict(d))
				}
			}
		}
	}
	if len(of) < 25 {
		t.Errorf("%d causes were put into a live request, want at least 25", len(of))
	}
	for _, id := range slices.Sorted(maps.Keys(of)) {
		if share := float64(right[id]) / float64(of[id]); share < 0.75 {
			t.Errorf("%s: %d of %d, such as %s", id, right[id], of[id], wrong[id])
		}
	}
}

// sentAndRefused is the flow with the edits of a live injection and the answer
// of an injection into the capture.
func sentAndRefused(t *testing.T, c *Cause, ok *traffic.Capture, target int) (*traffic.Capture, bool) {
	t.Helper()
	if c.Enforced != ByClient || c.ID == "no-difference" {
		return nil, false
	}
	moves, err := putLive(c, ok, target, nil)
	if err != nil {
		if !errors.Is(err, ErrCannotInject) && !errors.Is(err, ErrNotTestable) {
			t.Errorf("%s: %v says neither that it does not fit nor that something is missing", c.ID, err)
		}
		return nil, false
	}
	answer, err := inject(c, ok, target, Informative, 1)
	if err != nil || len(answer.Exchanges) != len(ok.Exchanges) || len(moves.Edits) == 0 || len(moves.Drop)+len(moves.Before) > 0 {
		return nil, false
	}
	bad := copyOf(ok)
	for i, edits := range moves.Edits {
		for _, e := range edits {
			if e.Side != diff.Request {
				t.Errorf("%s edits %s, which is not sent", c.ID, e.Path())
			}
		}
		edited, err := diff.Apply(ok.Exchanges[i], edits)
		if err != nil {
			t.Fatalf("%s: %v", c.ID, err)
		}
		bad.Exchanges[i] = edited
	}
	date := ok.Exchanges[target].Response.Header.Get("date")
	response := *answer.Exchanges[target].Response
	response.Header = slices.Clone(response.Header)
	if date != "" {
		SetHeader(&response.Header, "Date", date)
	}
	bad.Exchanges[target].Response = &response
	return bad, true
}

// TestLiveRefuses: where honest injection takes more than an edit, it says what.
func TestLiveRefuses(t *testing.T) {
	claims := map[string]any{"exp": monday.Add(time.Hour).Unix(), "iat": monday.Unix(), "aud": "api", "iss": "https://id.test/", "scope": "read write"}
	api := captured(monday, asked("GET https://api.test/orders", []string{"authorization: Bearer " + jwt(t, map[string]any{"alg": "RS256", "kid": "k1"}, claims)}, answered(200, "{}", jsonType)))
	opaque := captured(monday, asked("GET https://api.test/orders", []string{"authorization: Bearer 7f3a9c01d2e4b5f60718293a4b5c6d7e"}, answered(200, "{}", jsonType)))
	session := captured(monday, asked("GET https://app.test/orders", []string{"cookie: sid=7f3a9c01d2e4b5f60718293a"}, answered(200, "{}", jsonType)))
	for _, row := range []struct {
		reason, cause string
		flow          *traffic.Capture
		live          Live
		with          map[string]string
		want          string
	}{
		{"no key", "expired-token", api, Live{}, nil,
			"not testable: needs sign-with or with: {token: env:NAME}: a token with other claims has to be signed, or it fails of its signature"},
		{"an opaque token can't be signed", "expired-token", opaque, Live{Signer: anySigner{}}, nil,
			"not testable: needs with: {token: env:NAME}: the request carries no token that can be read, so another one has to be given"},
		{"a key of another algorithm", "wrong-audience", api, Live{Signer: anySigner{"HS256"}}, nil,
			"not testable: the token is signed with RS256 and sign-with has HS256: a token of another algorithm fails of its signature"},
		{"an issuer that does as it likes", "wrong-issuer", api, Live{Signer: stubborn{api}}, nil,
			"not testable: sign-with: the token that came back has another iss than was asked for"},
		{"an old token that is still good", "expired-token", api, Live{Secret: secretOf(jwt(t, map[string]any{"alg": "RS256", "kid": "k1"}, map[string]any{"exp": monday.Add(3 * time.Hour).Unix()}))}, map[string]string{"token": "env:OLD"},
			"not testable: token: it is good for another 3 hours"},
		{"the token that works", "revoked-token", opaque, Live{Secret: secretOf("7f3a9c01d2e4b5f60718293a4b5c6d7e")}, map[string]string{"token": "env:OLD"},
			"not testable: token: it is the one that works"},
		{"an old token that is not set", "expired-token", api, Live{Secret: secretOf("")}, map[string]string{"token": "env:OLD"},
			"not testable: token: env:OLD is empty"},
		{"no logout", "session-expired", session, Live{}, nil,
			"not testable: needs with: {cookie: env:NAME} or a logout in the capture: the session has to be over"},
		{"no other host", "wrong-host", api, Live{}, nil,
			"not testable: needs with: {host: NAME}: a made-up name is no host"},
		{"no leave for a burst", "rate-limited", api, Live{}, nil,
			"not testable: needs with: {requests: N}: many requests at once take leave"},
		{"nothing to send", "sanitized-capture", api, Live{}, nil,
			"not testable: sanitized-capture is about the capture; nothing is sent for it"},
		{"no certificate", "client-certificate-missing", api, Live{}, nil,
			"not testable: needs a run with a client certificate: there is none to leave away"},
	} {
		in := NewInjection(row.flow, 0, Informative, rand.New(rand.NewPCG(1, 1)))
		in.Now, in.With, in.Live = monday, row.with, &row.live
		_, err := causeByID(t, row.cause).InjectLive(in)
		if err == nil || err.Error() != row.want || !errors.Is(err, ErrNotTestable) {
			t.Errorf("%s: %v\nwant %s", row.reason, err, row.want)
		}
	}
}

// TestLiveDoesNotFit: where a flow has no place for a cause, nothing that could
// be given helps.
func TestLiveDoesNotFit(t *testing.T) {
	session := captured(monday, asked("GET https://app.test/orders", []string{"cookie: sid=7f3a9c01d2e4b5f60718293a"}, answered(200, "{}", jsonType)))
	nobody := captured(monday, asked("GET https://app.test/orders", nil, answered(200, "{}", jsonType)))
	for _, row := range []struct {
		reason, cause string
		flow          *traffic.Capture
	}{
		{"a session has no token that could be over", "expired-token", session},
		{"a session has no audience", "wrong-audience", session},
		{"nobody is logged in", "account-disabled", nobody},
		{"nobody is logged in", "step-up-required", nobody},
		{"a session has no Bearer", "missing-bearer-prefix", session},
		{"no token was ever refreshed", "refresh-missing", session},
		{"nobody signed the link", "signed-url-expired", nobody},
		{"no page asks with cookies", "cors-credentials-not-allowed", nobody},
	} {
		in := NewInjection(row.flow, 0, Informative, rand.New(rand.NewPCG(1, 1)))
		in.Now = monday
		if _, err := causeByID(t, row.cause).InjectLive(in); !errors.Is(err, ErrCannotInject) {
			t.Errorf("%s in %s: %v, want one that tells it does not fit", row.cause, row.reason, err)
		}
	}
}

// stubborn signs its own claims, whatever is asked.
type stubborn struct{ flow *traffic.Capture }

func (s stubborn) Algorithm() string { return "" }

func (s stubborn) Sign(_, _ []byte) (string, error) {
	token, _, _ := TokenOf(s.flow.Exchanges[0])
	return token.Raw, nil
}

func secretOf(value string) func(string) (string, error) {
	return func(string) (string, error) { return value, nil }
}

func causeByID(t *testing.T, id string) *Cause {
	t.Helper()
	for _, c := range Catalogue() {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no cause %s", id)
	return nil
}

// TestWithMembers: only what is set changes, byte for byte.
func TestWithMembers(t *testing.T) {
	for _, row := range []struct {
		reason, object string
		set            map[string]any
		want           string
	}{
		{"a value in place", `{ "sub":"a" , "exp": 1e3,"z":[1, 2] }`, map[string]any{"exp": 5}, `{ "sub":"a" , "exp": 5,"z":[1, 2] }`},
		{"a new one comes last", `{"a":1}`, map[string]any{"z": 1, "b": "x"}, `{"a":1,"b":"x","z":1}`},
		{"the first one", `{}`, map[string]any{"b": true}, `{"b":true}`},
		{"both of a pair", `{"a":1,"a":2}`, map[string]any{"a": 3}, `{"a":3,"a":3}`},
		{"an escaped name", `{"\u0065xp":1}`, map[string]any{"exp": 2}, `{"\u0065xp":2}`},
		{"nothing", `{"a" : 1}`, nil, `{"a" : 1}`},
	} {
		got, err := withMembers([]byte(row.object), row.set)
		if err != nil || string(got) != row.want {
			t.Errorf("%s: %s, %v; want %s", row.reason, got, err, row.want)
		}
	}
	if _, err := withMembers([]byte(`[1]`), map[string]any{"a": 1}); err == nil {
		t.Error("a list has no members, and no error told")
	}
}

// TestSignedTokenKeepsTheRest: header and other claims are as they were.
func TestSignedTokenKeepsTheRest(t *testing.T) {
	api := captured(monday, asked("GET https://api.test/orders", []string{"authorization: Bearer " + jwt(t, map[string]any{"alg": "RS256", "kid": "k1"}, map[string]any{"exp": monday.Add(time.Hour).Unix(), "iat": monday.Add(-time.Minute).Unix(), "sub": "u1"})}, answered(200, "{}", jsonType)))
	in := NewInjection(api, 0, Informative, rand.New(rand.NewPCG(1, 1)))
	in.Now, in.With, in.Live = monday, map[string]string{"ago": "2h"}, &Live{Signer: anySigner{}}
	moves, err := causeByID(t, "expired-token").InjectLive(in)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := diff.Apply(api.Exchanges[0], moves.Edits[0])
	if err != nil {
		t.Fatal(err)
	}
	before, _, _ := TokenOf(api.Exchanges[0])
	after, _, ok := TokenOf(sent)
	if !ok || strings.Split(before.Raw, ".")[0] != strings.Split(after.Raw, ".")[0] || after.Text("sub") != "u1" {
		t.Errorf("the header or the subject changed")
	}
	exp, _ := after.Time("exp")
	iat, _ := after.Time("iat")
	if !exp.Equal(monday.Add(-2*time.Hour)) || !iat.Before(exp) {
		t.Errorf("issued %v, over %v; want over two hours before %v, and issued before that", iat, exp, monday)
	}
}

// TestLiveFits: with all that they need, all causes find a flow that they fit.
func TestLiveFits(t *testing.T) {
	with := map[string]map[string]string{
		"wrong-host":             {"host": "api-staging.example.test"},
		"cookie-domain-mismatch": {"host": "other.example.test"},
		"rate-limited":           {"requests": "20"},
		"account-disabled":       {"token": "env:OLD"},
		"revoked-token":          {"logout": "POST /oauth/revoke"},
		"session-expired":        {"logout": "POST /logout"},
		"signed-url-expired":     {"url": "env:LINK"},
	}
	live := Live{Signer: anySigner{}, ClientCertificate: true, Secret: func(place string) (string, error) {
		if place == "env:LINK" {
			return "https://files.example.test/b/k?X-Amz-Date=20200101T000000Z&X-Amz-Expires=600&X-Amz-Signature=" + strings.Repeat("ab", 32), nil
		}
		return "0f1e2d3c4b5a69788796a5b4c3d2e1f0", nil
	}}
	fits, reasons := map[string]bool{}, map[string]string{}
	for _, f := range baseFlows() {
		flow := f.take(0)
		for _, c := range Catalogue() {
			for _, target := range flow.decisive {
				in := NewInjection(flow.capture, target, Informative, rand.New(rand.NewPCG(1, 1)))
				in.Now, _ = in.timeOf(in.Exchange())
				again := live
				in.With, in.Live = with[c.ID], &again
				_, err := c.InjectLive(in)
				if fits[c.ID] = fits[c.ID] || err == nil; err != nil {
					reasons[c.ID] = err.Error()
				}
				if !same(flow.capture, f.take(0).capture) {
					t.Fatalf("%s changes the flow that it was given", c.ID)
				}
			}
		}
	}
	for _, c := range Catalogue() {
		if !fits[c.ID] && c.Enforced != ByCapture {
			t.Errorf("%s fits no flow: %s", c.ID, reasons[c.ID])
		}
	}
}

// TestExpectations: every cause says who makes it happen and what should come
// of it, and its parameters are whole.
func TestExpectations(t *testing.T) {
	for _, c := range Catalogue() {
		if c.Inject == nil {
			continue
		}
		if c.Enforced == "" || len(c.Expect.Any) == 0 {
			t.Errorf("%s: enforced by %q, expects %d answers; neither may be missing", c.ID, c.Enforced, len(c.Expect.Any))
		}
		for _, n := range c.Needs {
			if !slices.Contains(Needs(), n) || n.Doc() == "" {
				t.Errorf("%s needs %q, which nobody can give", c.ID, n)
			}
			if p := string(n); (n == OtherToken || n == OtherCookie || n == OldLink || n == SiblingHost || n == Burst) && !hasParameter(c, p) {
				t.Errorf("%s needs the parameter %s and has none", c.ID, p)
			}
		}
		for _, p := range c.Parameters {
			if p.Doc == "" || strings.HasSuffix(p.Doc, ".") || (p.Type == TypeChoice) != (len(p.Choices) > 0) || (p.Type == TypeNumber) != (p.Max > 0) {
				t.Errorf("%s: the parameter %s lacks a doc, its choices or its bound", c.ID, p.Name)
			}
			if p.Default != "" && p.Check(p.Default) != nil {
				t.Errorf("%s: %s: the default: %v", c.ID, p.Name, p.Check(p.Default))
			}
			for _, choice := range p.Choices {
				if choice.Doc == "" {
					t.Errorf("%s: %s: the choice %s has no doc", c.ID, p.Name, choice.Value)
				}
			}
		}
	}
}

func hasParameter(c *Cause, name string) bool {
	_, is := c.Parameter(name)
	return is
}

// A login is left away as a whole: with a second cookie that remembers it, or
// with the cookie of a visitor counter removed instead, somebody still gets in.
func TestLiveSessionCookieMissing(t *testing.T) {
	for _, row := range []struct{ reason, cookie, want string }{
		{"the session alone", "theme=dark; sid=7f3a9c01d2e4b5f60718293a", "theme=dark"},
		{"what counts visitors stays", "_ga=GA1.2.1924309581.1277516327; sid=7f3a9c01d2e4b5f60718293a", "_ga=GA1.2.1924309581.1277516327"},
		{"a login that is remembered goes too", "lang=en; remember_token=9c01d2e4b5f60718293a7f3a; sid=7f3a9c01d2e4b5f60718293a", "lang=en"},
		{"the CSRF token is another matter", "csrftoken=9c01d2e4b5f60718293a7f3a; sid=7f3a9c01d2e4b5f60718293a", "csrftoken=9c01d2e4b5f60718293a7f3a"},
	} {
		flow := captured(monday, asked("GET https://app.test/orders", []string{"cookie: " + row.cookie}, answered(200, "{}", jsonType)))
		got := sentHeader(t, sessionCookieMissing(), flow, "cookie")
		if got != row.want {
			t.Errorf("%s: %q is sent, want %q", row.reason, got, row.want)
		}
	}
}

// sentHeader is a field of the first request of a flow as an injection sends it.
func sentHeader(t *testing.T, c *Cause, flow *traffic.Capture, name string) string {
	t.Helper()
	moves, err := putLive(c, flow, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	x, err := diff.Apply(flow.Exchanges[0], moves.Edits[0])
	if err != nil {
		t.Fatal(err)
	}
	return x.Request.Header.Get(name)
}

// A client secret is another one, wherever it stands; the client stays the same.
func TestLiveClientAuthenticationFailed(t *testing.T) {
	flow := captured(monday, asked("POST https://id.test/token", []string{"content-type: application/x-www-form-urlencoded", "authorization: Basic d2ViOnMzY3IzdA=="}, answered(200, `{"access_token":"x"}`, jsonType)))
	flow.Exchanges[0].Request.Body = traffic.NewBody("application/x-www-form-urlencoded", []byte("grant_type=client_credentials"))
	x := traffic.Exchange{Request: traffic.Request{Header: traffic.Header{{Name: "Authorization", Value: sentHeader(t, clientAuthenticationFailed(), flow, "authorization")}}}}
	a, _ := authorizationOf(&x)
	if id, secret, ok := BasicOf(a); !ok || id != "web" || secret == "s3cr3t" || secret == "" {
		t.Errorf("sent as client %q with a secret of %d bytes", id, len(secret))
	}
}

func copyOf(flow *traffic.Capture) *traffic.Capture {
	c := *flow
	c.Exchanges = make([]*traffic.Exchange, len(flow.Exchanges))
	for i, x := range flow.Exchanges {
		c.Exchanges[i] = cloneExchange(x)
	}
	return &c
}

// TestLiveLeavesTheFlow: an injection shares what it does not change with the
// flow, and must not write there. Over https and http, of every target.
func TestLiveLeavesTheFlow(t *testing.T) {
	injected := 0
	for _, f := range baseFlows() {
		ok := f.take(0)
		flow := ok.capture
		before := copyOf(flow)
		for _, c := range Catalogue() {
			for target, x := range flow.Exchanges {
				for _, how := range []map[string]string{nil, {"how": "twice"}, {"logout": "POST /logout"}, {"method": "PUT"}, {"mistake": "typo"}} {
					in := &Injection{
						Flow: flow, Target: target, Rand: rand.New(rand.NewPCG(1, 2)), Now: x.Recorded.Started.Time, With: how,
						Live: &Live{Signer: anySigner{}, ClientCertificate: true, Secret: func(string) (string, error) { return "", errors.New("not set") }},
					}
					if _, err := c.InjectLive(in); err == nil {
						injected++
					}
				}
			}
			if !reflect.DeepEqual(before, flow) {
				t.Fatalf("%s changes the flow %s that it is put into", c.ID, f.name)
			}
		}
	}
	if injected < 1000 {
		t.Errorf("%d injections, want a thousand", injected)
	}
}
