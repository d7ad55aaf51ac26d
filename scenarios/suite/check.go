package suite

import (
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/expect"
)

// Got is what came of a request.
type Got struct {
	Exchange *traffic.Exchange    // as sent and answered; a Status of 0 is no answer
	CORS     *browser.CORSVerdict // where a browser decided; nil: none did

	// Noise tells changes between the recorded and the live answer that don't
	// matter, by their path ("response.header.date"); nil: those that package
	// diff knows.
	Noise func(path string) bool
}

// A Verdict is what an answer comes to.
type Verdict string

// The verdicts.
const (
	Holds         Verdict = "holds"
	Broken        Verdict = "broken"
	Accepted      Verdict = "accepted"       // it accepted a request that it should refuse
	NotReproduced Verdict = "not reproduced" // it does not mind, and that is fine
)

// A Result is how an answer stands to an expectation.
type Result struct {
	Verdict  Verdict
	Mismatch []Mismatch // of the answer that comes closest; none if Verdict is Holds

	// Names are causes that the answer names in clear words. One that is not
	// the cause of the scenario tells that it was refused for another reason.
	Names []string
}

// Check tells what does not hold. Recorded is the working exchange; what it
// says too tells nothing.
func Check(e expect.Expectation, recorded *traffic.Exchange, got Got) Result {
	x := got.Exchange
	if x == nil {
		x = &traffic.Exchange{}
		got.Exchange = x
	}
	account := scenarios.AccountOf(recorded, x)
	r := Result{Verdict: Holds, Names: account.Names}
	c := checking{recorded: recorded, got: got, account: account}
	for i, a := range e.Any {
		missed := c.answer(a)
		if len(missed) == 0 {
			r.Mismatch = nil
			return r
		}
		if i == 0 || len(missed) < len(r.Mismatch) {
			r.Mismatch = missed
		}
	}
	if len(e.Any) == 0 {
		return r
	}
	r.Mismatch = joinVariants(e.Any, r.Mismatch, x.Response)
	r.Verdict = Broken
	if c.accepted() && !wantsSuccess(e) {
		switch e.Accepted {
		case expect.Hole:
			r.Verdict = Accepted
		case expect.Lenient:
			r.Verdict = NotReproduced
		}
	}
	return r
}

// Check tells what does not hold of the scenario.
func (s Scenario) Check(recorded *traffic.Exchange, got Got) Result {
	r := Check(s.Expectation(), recorded, got)
	if s.Cause == "redirect-uri-mismatch" && r.Verdict == Broken && handsOutCode(got.Exchange) {
		r.Verdict = Accepted // at another address than the recorded one, which is the hole
	}
	if r.Verdict != Holds || !s.signs() {
		return r
	}
	// A token that was signed for the test fails of its signature where the key
	// is not the target's: every such scenario would pass, and show nothing.
	const other = "token-signature-invalid"
	if s.Cause != other && slices.Contains(r.Names, other) && !slices.Contains(r.Names, s.Cause) {
		r.Verdict = Broken
		r.Mismatch = []Mismatch{{Place: "response", Want: "a refusal for " + s.Cause, Came: "one for its signature: is the key of sign-with that of the target?"}}
	}
	return r
}

// handsOutCode tells a redirect that carries an authorization code (RFC 6749
// section 4.1.2).
func handsOutCode(x *traffic.Exchange) bool {
	if x == nil || x.Response == nil || x.Response.Status/100 != 3 {
		return false
	}
	to := traffic.Request{URL: x.Response.Header.Get("location")}
	u := to.ParsedURL()
	return u != nil && u.Query().Has("code")
}

// Untouched tells a scenario that wants the working request to work, as it is
// or from a page that a browser decides about: where the request fails without
// anything done to it, the scenario has found that.
func (s Scenario) Untouched() bool {
	c := s.Of()
	return c != nil && (c.ID == "no-difference" || c.Enforced == scenarios.ByBrowser && wantsSuccess(s.Expectation()))
}

// wantsSuccess tells whether an answer is expected that lets the request
// through: one that is not as described is then no hole.
func wantsSuccess(e expect.Expectation) bool {
	return slices.ContainsFunc(e.Any, func(a expect.Answer) bool {
		good := slices.ContainsFunc(a.Status, func(s expect.Span) bool { return s.Has(200) || s.Has(201) || s.Has(204) })
		return a.CORS == expect.CORSAllowed || a.Recorded || good && a.Login == "" && !a.Disguised
	})
}

// signs tells whether the scenario takes a token that is signed for it.
func (s Scenario) signs() bool {
	c := s.Of()
	return c != nil && slices.Contains(c.Needs, scenarios.SigningKey) && s.Parameters["token"] == "" && s.Parameters["cookie"] == ""
}

// accepted tells whether the fault was accepted: by a browser, if one was to
// decide, else by the server.
func (c *checking) accepted() bool {
	if c.got.CORS != nil {
		return c.got.CORS.Allowed
	}
	return scenarios.Accepted(c.recorded, c.got.Exchange)
}

// A Mismatch is one thing that does not hold.
type Mismatch struct {
	Place string // as diff.Edit.Path: "response.status", "response.header.retry-after"
	Want  string // from the suite
	Came  string // for people, without captured values

	// Value is what came, as captured, where Came does not tell it: to be masked
	// before it is shown. Nil: there is none.
	Value *string
}

// Sentence is the mismatch for people. Mask makes a captured value fit to be
// shown; nil shows none.
func (m Mismatch) Sentence(mask func(string) string) string {
	came := m.Came
	if m.Value != nil {
		came = "another value"
		if mask != nil {
			came = `"` + mask(*m.Value) + `"`
		}
	}
	return m.Place + ": expected " + m.Want + ", came " + came
}

// joinVariants tells all answers that will do, where the one that comes closest
// misses a single thing.
func joinVariants(any []expect.Answer, missed []Mismatch, r *traffic.Response) []Mismatch {
	if len(any) < 2 || len(missed) != 1 {
		return missed
	}
	var wants []string
	for _, a := range any {
		if text := InWords(a); !slices.Contains(wants, text) {
			wants = append(wants, text)
		}
	}
	came := missed[0].Came
	if r != nil && r.Status > 0 {
		came = "status " + strconv.Itoa(r.Status)
	}
	return []Mismatch{{Place: "response", Want: list(wants, "or"), Came: came}}
}

// list joins words as people do: "a, b or c".
func list(words []string, last string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + last + " " + words[len(words)-1]
}
