package specs

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"

	"github.com/onsi/gomega/types"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/challenge"
	"github.com/replaydiff/replay/scenarios/expect"
)

// Challenge succeeds if the answer asks for credentials of that scheme, in
// WWW-Authenticate or Proxy-Authenticate (RFC 9110 section 11.6), whatever other
// schemes stand beside it. The case of the scheme does not count. The actual
// value is an *http.Response, whose body is left as it is, an
// *httptest.ResponseRecorder, a *traffic.Exchange, a *traffic.Response, or a
// header of either package.
//
//	Expect(response).To(Challenge("Bearer").With("error", "invalid_token"))
func Challenge(scheme string) *ChallengeMatcher { return &ChallengeMatcher{scheme: scheme} }

// A ChallengeMatcher is what [Challenge] returns.
type ChallengeMatcher struct {
	scheme string
	want   []wantedParam

	answer *traffic.Response
	asked  *traffic.Request // nil: not known
	there  []challenge.Challenge
	fixed  bool
}

// A wantedParam is what a parameter has to be.
type wantedParam struct {
	name    string
	matcher types.GomegaMatcher // nil: value
	value   expect.Value
}

var _ types.GomegaMatcher = (*ChallengeMatcher)(nil)

// With wants a parameter of the challenge: a string that it is, an expect.Value
// ("expect.Present()"), or a Gomega matcher of the string. All parameters have to
// be those of one challenge.
func (m *ChallengeMatcher) With(param string, want any) *ChallengeMatcher {
	w := wantedParam{name: param}
	switch v := want.(type) {
	case string:
		w.value = expect.Is(v)
	case expect.Value:
		w.value = v
	case types.GomegaMatcher:
		w.matcher = v
	default:
		w.matcher = noParam{fmt.Errorf("parameter %s: want a string, an expect.Value or a matcher of strings, not a %T", param, want)}
	}
	m.want = append(m.want, w)
	return m
}

// noParam is the matcher of a parameter that was given as something else.
type noParam struct{ error }

func (n noParam) Match(any) (bool, error)          { return false, n.error }
func (n noParam) FailureMessage(any) string        { return n.Error() }
func (n noParam) NegatedFailureMessage(any) string { return n.Error() }

// Match implements types.GomegaMatcher.
func (m *ChallengeMatcher) Match(actual any) (bool, error) {
	if m.scheme == "" {
		return false, fmt.Errorf(`Challenge: give a scheme, such as "Bearer"`)
	}
	if err := m.read(actual); err != nil {
		return false, fmt.Errorf("Challenge: %w", err)
	}
	m.there = challenge.Parse(slices.Concat(m.answer.Header.Values("WWW-Authenticate"), m.answer.Header.Values("Proxy-Authenticate"))...)
	for _, c := range m.there {
		if !c.Is(m.scheme) {
			continue
		}
		missed, err := m.missed(c)
		if err != nil {
			return false, fmt.Errorf("Challenge: %w", err)
		}
		if len(missed) == 0 {
			return true, nil
		}
	}
	return false, nil
}

// read takes the answer out of the actual value.
func (m *ChallengeMatcher) read(actual any) error {
	m.asked, m.fixed = nil, true
	switch v := actual.(type) {
	case http.Header:
		m.answer = &traffic.Response{Header: traffic.HeaderOf(v)}
	case traffic.Header:
		m.answer = &traffic.Response{Header: v}
	case *traffic.Response:
		m.answer = v
	case *http.Response:
		if v != nil { // the body may have been read, and is not needed
			m.answer = &traffic.Response{Status: v.StatusCode, Header: traffic.HeaderOf(v.Header)}
			m.ask(v.Request)
			return nil
		}
		m.answer = nil
	case *httptest.ResponseRecorder:
		m.answer, m.fixed = nil, false
		if v != nil {
			m.answer = &traffic.Response{Status: v.Code, Header: traffic.HeaderOf(v.Result().Header)}
		}
	case *traffic.Exchange:
		m.answer = nil
		if v != nil {
			m.answer, m.asked = v.Response, &v.Request
		}
	default:
		return fmt.Errorf("the actual value has to be an *http.Response, a *httptest.ResponseRecorder, a *traffic.Exchange, a *traffic.Response, "+
			"an http.Header or a traffic.Header. Got:\n%s", typeOnly(actual))
	}
	if m.answer == nil {
		return fmt.Errorf("there is no answer: the %T is nil, or none was recorded", actual)
	}
	return nil
}

func (m *ChallengeMatcher) ask(r *http.Request) {
	if r == nil {
		return
	}
	if asked, err := requestOf(r); err == nil {
		m.asked = &asked
	}
}

// missed are the parameters that are not as wanted.
func (m *ChallengeMatcher) missed(c challenge.Challenge) ([]string, error) {
	var missed []string
	for _, w := range m.want {
		value, present := c.Get(w.name)
		came := "it has none"
		if present {
			came = "it is " + strconv.Quote(value)
		}
		if w.matcher != nil {
			ok, err := w.matcher.Match(value)
			if err != nil {
				return nil, err
			}
			if !ok || !present {
				missed = append(missed, w.name+": "+strings.Join(strings.Fields(w.matcher.FailureMessage(value)), " ")+"; "+came)
			}
			continue
		}
		var there []string
		if present {
			there = []string{value}
		}
		if !w.value.Met(there) {
			missed = append(missed, w.name+" has to be "+w.value.String()+", "+came)
		}
	}
	return missed, nil
}
