package harness

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/scenarios"
)

// vouching signs anything; nobody verifies in these tests.
type vouching struct{}

func (vouching) Algorithm() string { return "" }

func (vouching) Sign(header, claims []byte) (string, error) {
	enc := base64.RawURLEncoding.EncodeToString
	return enc(header) + "." + enc(claims) + ".c2lnbmVkLWFuZXctZm9yLXRlc3Rz", nil
}

// An enforcer answers as a flow was recorded, and refuses a request in which
// something at one of some places is not as in the working one.
type enforcer struct {
	ok      *traffic.Capture
	places  map[int]map[string]bool // by entry
	refusal *traffic.Response
}

func (e *enforcer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == "OPTIONS" && r.Header.Get("Access-Control-Request-Method") != "" {
		for _, name := range []string{"Origin", "Method", "Headers"} {
			asked := map[string]string{"Origin": "Origin", "Method": "Access-Control-Request-Method", "Headers": "Access-Control-Request-Headers"}[name]
			w.Header().Set("Access-Control-Allow-"+strings.Replace(name, "Method", "Methods", 1), r.Header.Get(asked))
		}
		w.Header().Set("Access-Control-Allow-Credentials", "true")
		return
	}
	entry, _ := strconv.Atoi(r.Header.Get(entryField))
	x := e.ok.Exchanges[entry]
	body, _ := io.ReadAll(r.Body)
	origin, _, _ := strings.Cut(strings.TrimPrefix(x.Request.URL, "https://"), "/")
	got := traffic.Request{Method: r.Method, URL: "https://" + origin + r.URL.RequestURI(), Proto: x.Request.Proto, Header: fields(r.Header)}
	if x.Request.Body.Present() {
		got.Body = traffic.NewBody(r.Header.Get("Content-Type"), body)
	}
	answer := x.Response
	for _, edit := range diff.Between(&traffic.Exchange{Request: x.Request}, &traffic.Exchange{Request: got}) {
		if changesValue(edit) && slices.ContainsFunc(enforcedAt(edit, &x.Request), func(place string) bool { return e.places[entry][place] }) {
			answer = e.refusal
		}
	}
	for _, f := range answer.Header {
		if f.Name != "Date" {
			w.Header().Add(f.Name, f.Value)
		}
	}
	w.WriteHeader(answer.Status)
	content, _ := answer.Body.Bytes(0)
	_, _ = w.Write(content)
}

func changesValue(e diff.Edit) bool {
	return e.Side == diff.Request && (e.Op == diff.Add || e.Op == diff.Remove || e.Op == diff.Replace)
}

// enforcedAt are the places that an edit changes: all parameters where it is of
// a query as a whole.
func enforcedAt(e diff.Edit, ok *traffic.Request) []string {
	switch {
	case e.Part == diff.Path:
		return []string{"path"}
	case e.Part == diff.Query && e.Name == "":
		var list []string
		for name := range ok.ParsedURL().Query() {
			list = append(list, "query "+name)
		}
		return list
	case e.Part == diff.Header && e.Name == "cookie":
		var list []string
		for _, p := range ok.CookiePairs() {
			list = append(list, "cookie "+p.Name)
		}
		return list
	case e.Part == diff.Body:
		return []string{"body " + e.Name}
	}
	return []string{strings.TrimSpace(string(e.Part) + " " + e.Name)}
}

// A breaking is a cause that was put into a scene, beside changes that do no
// harm.
type breaking struct {
	bad     *traffic.Capture
	app     *enforcer
	harmful map[string]bool // places of the request in question that the app enforces
}

// breakScene puts a cause into a scene; false: it does not fit.
func breakScene(t *testing.T, c *scenarios.Cause, s scene, ok *traffic.Capture, r *rand.Rand) (*breaking, bool) {
	moves, err := inject(c, s, ok, r)
	if err != nil && !errors.Is(err, scenarios.ErrCannotInject) && !errors.Is(err, scenarios.ErrNotTestable) {
		t.Errorf("%s in %s: %v", c.ID, s.name, err)
	}
	if err != nil || len(moves.Edits) == 0 || len(moves.Drop)+len(moves.Before)+len(moves.Damage) > 0 || moves.Visit != nil {
		return nil, false
	}
	b := &breaking{bad: scenarios.NewInjection(ok, s.target, scenarios.Informative, r).Flow, app: &enforcer{ok: ok, places: map[int]map[string]bool{}}}
	b.bad.File = "bad.har"
	b.app.refusal = refusalTo(c, ok, s.target, r)
	for entry, edits := range moves.Edits {
		changed, err := diff.Apply(ok.Exchanges[entry], edits)
		if err != nil {
			t.Fatal(err)
		}
		b.bad.Exchanges[entry].Request = changed.Request
		b.app.places[entry] = enforced(edits, &ok.Exchanges[entry].Request)
	}
	b.harmful = b.app.places[s.target]
	x := b.bad.Exchanges[s.target]
	response := *b.app.refusal
	response.Header = append(slices.Clone(response.Header), traffic.HeaderField{Name: "Date", Value: ok.Exchanges[s.target].Response.Header.Get("Date")})
	x.Response = &response
	return b, len(b.harmful) > 0
}

// inject gives a cause what it needs, where that can be made up.
func inject(c *scenarios.Cause, s scene, ok *traffic.Capture, r *rand.Rand) (moves *scenarios.Moves, err error) {
	secrets := map[string]string{
		"env:TOKEN":  "opaque-of-another-time-0123456789",
		"env:COOKIE": "5d41402abc4b2a76b9719d911017c592",
		"env:URL":    strings.NewReplacer("20260504T080000Z", "20260404T080000Z", "5f1d9e7c", "aa1d9e7c").Replace(ok.Exchanges[s.target].Request.URL),
	}
	for _, with := range []map[string]string{nil, {"token": "env:TOKEN"}, {"cookie": "env:COOKIE"}, {"url": "env:URL"}, {"host": "elder.larch.example"}} {
		in := scenarios.NewInjection(ok, s.target, scenarios.Informative, r)
		in.With = with
		in.Live = &scenarios.Live{Signer: vouching{}, Secret: func(place string) (string, error) { return secrets[place], nil }}
		if moves, err = c.InjectLive(in); err == nil || !errors.Is(err, scenarios.ErrNotTestable) {
			return moves, err
		}
	}
	return moves, err
}

// refusalTo is what a server answers to the cause.
func refusalTo(c *scenarios.Cause, ok *traffic.Capture, target int, r *rand.Rand) *traffic.Response {
	in := scenarios.NewInjection(ok, target, scenarios.Informative, r)
	if err := c.Inject(in); err == nil && len(in.Flow.Exchanges) == len(ok.Exchanges) {
		if a := in.Flow.Exchanges[target].Response; a != nil && a.Status >= 300 && a.Error == "" {
			return a
		}
	}
	return &traffic.Response{Status: 403, Header: traffic.Header{{Name: "Content-Type", Value: "application/json"}}, Body: traffic.NewBody("application/json", []byte(`{"error":"forbidden"}`))}
}

// enforced are the places that an app can mind: what is gone or another one, and
// what is added only where that is all.
func enforced(edits []diff.Edit, ok *traffic.Request) map[string]bool {
	places := map[string]bool{}
	for _, added := range []bool{false, true} {
		for _, e := range edits {
			if changesValue(e) && (e.Op == diff.Add) == added {
				for _, place := range enforcedAt(e, ok) {
					places[place] = true
				}
			}
		}
		if len(places) > 0 {
			return places
		}
	}
	return places
}

// addHarmless changes n more things of a request, none of them at an enforced
// place.
func addHarmless(r *traffic.Request, n int, seed *rand.Rand) {
	h := slices.Clone(r.Header)
	var body strings.Builder
	for i := range n {
		name := fmt.Sprintf("r%d", i)
		switch kind := seed.IntN(3); {
		case kind == 0 && strings.Contains(r.URL, "?"):
			r.URL += "&" + name + "=" + strconv.Itoa(seed.IntN(1000))
		case kind == 1 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/json"):
			fmt.Fprintf(&body, `"%s":%d,`, name, seed.IntN(1000))
		case kind == 1 && strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded"):
			fmt.Fprintf(&body, "%s=%d&", name, seed.IntN(1000))
		default:
			h = slices.Insert(h, seed.IntN(len(h)+1), traffic.HeaderField{Name: "X-" + name, Value: strconv.Itoa(seed.IntN(1000))})
		}
	}
	r.Header = h
	if text, err := r.Body.Text(0); err == nil && r.Body.Present() && body.Len() > 0 {
		if rest, ok := strings.CutPrefix(text, "{"); ok {
			text = "{" + body.String() + rest
		} else {
			text = body.String() + text
		}
		r.Body = traffic.NewBody(r.Body.MediaType, []byte(text))
	}
}

// TestIsolateFindsEveryCause: of every cause that a client can cause, against an
// app that enforces it, exactly the injected change is found among 20 others,
// and both confirmations hold.
func TestIsolateFindsEveryCause(t *testing.T) {
	tested, trials, named := map[string]int{}, []int{}, 0
	for _, s := range scenes() {
		ok := s.capture(t)
		for _, c := range scenarios.Catalogue() {
			if c.Enforced != scenarios.ByClient || c.Inject == nil {
				continue
			}
			seed := rand.New(rand.NewPCG(uint64(len(s.name)), uint64(len(c.ID))))
			b, fits := breakScene(t, c, s, ok, seed)
			if !fits {
				continue
			}
			addHarmless(&b.bad.Exchanges[s.target].Request, 20, seed)
			done, places := isolatedAcross(t, ok, b)
			r := done.Report
			after := 0
			for _, trial := range r.Trials {
				if trial.Stage != "premise" {
					after++
				}
			}
			tested[c.ID]++
			if len(r.Findings) > 0 && r.Findings[0].Cause == c.ID {
				named++
			}
			trials = append(trials, after)
			if problem := wrongly(r, places, b); problem != "" {
				t.Errorf("%s in %s: %s: %s; want %v, got %v, of %d changes", c.ID, s.name, problem, r.Sentence, b.harmful, places, len(r.Changes))
				t.Log(r.Trials)
			}
		}
	}
	slices.Sort(trials)
	median, most := trials[len(trials)/2], trials[len(trials)-1]
	t.Logf("%d causes in %d flows, %d named: %d trials in the median after the premises, %d at most", len(tested), len(trials), named, median, most)
	if median > 4 || named*10 < len(trials)*9 {
		t.Errorf("%d trials in the median, want at most 4; %d of %d were named, want nine in ten", median, named, len(trials))
	}
	for _, c := range scenarios.Catalogue() {
		if c.Enforced == scenarios.ByClient && tested[c.ID] == 0 && noEdit[c.ID] == "" {
			t.Errorf("%s fits no scene", c.ID)
		}
	}
}

// noEdit are causes that a client causes by other means than another request.
var noEdit = map[string]string{
	"no-difference":              "nothing is changed",
	"refresh-missing":            "a request is left out: TestIsolateAnEarlierRequest",
	"cached-auth-response":       "the same is asked again",
	"rate-limited":               "it is asked too often",
	"client-certificate-missing": "the connection is another one",
}

// isolatedAcross maps the origins of the working flow to the app, and others to a
// server that refuses.
func isolatedAcross(t *testing.T, ok *traffic.Capture, b *breaking) (*Isolated, [][]string) {
	elsewhere := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(b.app.refusal.Status) })
	var target Target
	mapped := map[string]bool{}
	app, other := serve(t, b.app), ""
	for i, c := range []*traffic.Capture{ok, b.bad} {
		for _, x := range c.Exchanges {
			u := x.Request.ParsedURL()
			origin := u.Scheme + "://" + u.Host
			if mapped[origin] {
				continue
			}
			mapped[origin] = true
			to := app
			if i == 1 {
				if other == "" {
					other = serve(t, elsewhere)
				}
				to = other
			}
			target.Map = append(target.Map, Mapping{From: origin, To: to})
		}
	}
	return isolatedAt(t, ok, b.bad, target, IsolateOptions{})
}

// wrongly says what is wrong with what was found; "" nothing is.
func wrongly(r *results.Isolation, places [][]string, b *breaking) string {
	if r.Verdict != results.CulpritProved {
		return string(r.Verdict)
	}
	found := map[string]bool{}
	for _, set := range places {
		for _, place := range set {
			found[place] = true
		}
	}
	for place := range found {
		if !covers(place, b.harmful) {
			return place + " was found"
		}
	}
	for place := range b.harmful {
		if !covers(place, found) {
			return place + " was not found"
		}
	}
	for _, c := range r.Culprit {
		if !c.Sufficient || len(r.Culprit) == 1 && !c.Necessary {
			return "not confirmed"
		}
	}
	return ""
}

// covers tells whether a place is, holds or lies in one of a set. The report
// names parts of fields.
func covers(place string, set map[string]bool) bool {
	address := map[string]bool{"origin": true, "scheme": true, "host": true, "port": true, "header host": true}
	for other := range set {
		if place == other || address[place] && address[other] || strings.HasPrefix(place, other+" ") || strings.HasPrefix(other, place+" ") {
			return true
		}
	}
	return false
}
