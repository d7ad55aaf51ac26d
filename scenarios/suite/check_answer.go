package suite

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/challenge"
	"github.com/replaydiff/replay/scenarios/expect"
)

// checking is one answer beside the recorded one.
type checking struct {
	recorded *traffic.Exchange
	got      Got
	account  scenarios.Account
	missed   []Mismatch
}

func (c *checking) miss(place, want, came string) {
	c.missed = append(c.missed, Mismatch{Place: place, Want: want, Came: came})
}

// missValues tells of values that are not as wanted.
func (c *checking) missValues(place string, want expect.Value, there []string) {
	m := Mismatch{Place: place, Want: want.String(), Came: "none"}
	if len(there) > 0 {
		value := strings.Join(there, ", ")
		m.Came, m.Value = "", &value
	}
	c.missed = append(c.missed, m)
}

// answer returns what does not hold of one description.
func (c *checking) answer(a expect.Answer) []Mismatch {
	c.missed = nil
	r := c.got.Exchange.Response
	if r == nil {
		r = &traffic.Response{}
	}
	answered := r.Status > 0
	if a.Unanswered && answered {
		c.miss("response", "none", "status "+strconv.Itoa(r.Status))
	}
	if c.cors(a.CORS); a.CORS != "" && !answered {
		return c.missed // the browser kept it back
	}
	if !a.Unanswered && !answered && !a.Recorded {
		c.miss("response", InWords(a), "none"+reason(r))
		return c.missed
	}
	c.status(a, r)
	c.manner(a, r)
	c.challenges(a.Challenges, r)
	for _, f := range a.Headers {
		if there := r.Header.Values(f.Name); !f.Want.Met(there) {
			c.missValues("response.header."+strings.ToLower(f.Name), f.Want, there)
		}
	}
	for _, s := range a.Cookies {
		c.cookie(s, r)
	}
	c.body(a, r)
	if a.Recorded {
		c.recordedAnswer()
	}
	c.within(a.Within)
	return c.missed
}

func reason(r *traffic.Response) string {
	if r.Error == "" || len(r.Error) > 80 || !strings.HasPrefix(r.Error, "net::") {
		return ""
	}
	return " (" + r.Error + ")"
}

func (c *checking) status(a expect.Answer, r *traffic.Response) {
	if len(a.Status) > 0 && !slices.ContainsFunc(a.Status, func(s expect.Span) bool { return s.Has(r.Status) }) {
		c.miss("response.status", spans(a.Status), strconv.Itoa(r.Status))
	}
}

func spans(any []expect.Span) string {
	var words []string
	for _, s := range any {
		words = append(words, s.String())
	}
	return list(words, "or")
}

// manner checks how the answer refuses.
func (c *checking) manner(a expect.Answer, r *traffic.Response) {
	status := "status " + strconv.Itoa(r.Status)
	if a.Login != "" && c.account.Login != a.Login && (a.Login != expect.AnyLogin || c.account.Login == "") {
		c.miss("response", loginWords(a.Login), status)
	}
	if a.Disguised && !c.account.Disguised {
		c.miss("response.body", "a refusal", status+" without one")
	}
	if a.Voice != "" && string(c.account.Voice) != string(a.Voice) {
		came := "one that does not tell"
		switch c.account.Voice {
		case scenarios.Missing:
			came = "one as if none had come"
		case scenarios.Invalid:
			came = "one as if it was refused"
		}
		c.miss("response", voiceWords(a.Voice), came)
	}
}

func (c *checking) challenges(want []expect.Auth, r *traffic.Response) {
	there := challenge.Parse(slices.Concat(r.Header.Values("www-authenticate"), r.Header.Values("proxy-authenticate"))...)
	for _, w := range want {
		c.challenge(w, there)
	}
}

func (c *checking) challenge(want expect.Auth, there []challenge.Challenge) {
	const place = "response.header.www-authenticate"
	i := slices.IndexFunc(there, func(t challenge.Challenge) bool { return t.Is(want.Scheme) })
	if i < 0 {
		var schemes []string
		for _, t := range there {
			schemes = append(schemes, t.Scheme)
		}
		came := "none"
		if len(schemes) > 0 {
			came = "a challenge of " + list(schemes, "and")
		}
		c.miss(place, "a challenge of "+want.Scheme, came)
		return
	}
	for _, p := range want.Params {
		var values []string
		for _, t := range there {
			if value, is := t.Get(p.Name); is && t.Is(want.Scheme) {
				values = append(values, value)
			}
		}
		if !p.Want.Met(values) {
			c.missValues(place+"."+strings.ToLower(p.Name), p.Want, values)
		}
	}
}

func (c *checking) cookie(want expect.SetCookie, r *traffic.Response) {
	place := "response.set-cookie." + want.Name
	var line *browser.SetCookie
	for _, text := range r.Header.Values("set-cookie") {
		if l := browser.ParseSetCookie(text); l.Name == want.Name {
			line = &l
		}
	}
	state := expect.Untouched
	if line != nil {
		state = expect.Set
		if deletes(*line, c.got.Exchange) {
			state = expect.Deleted
		}
	}
	if state != want.State {
		c.miss(place, string(want.State), string(state))
		return
	}
	for _, f := range want.Attributes {
		var there []string
		if line != nil {
			for _, attribute := range line.Attributes {
				if strings.EqualFold(attribute.Name, f.Name) {
					there = append(there, attribute.Value)
				}
			}
		}
		if !f.Want.Met(there) {
			c.missValues(place+"."+strings.ToLower(f.Name), f.Want, there)
		}
	}
}

// deletes tells whether a line deletes its cookie, at the time of the answer
// (RFC 6265bis section 5.7 step 3: Max-Age goes before Expires).
func deletes(line browser.SetCookie, x *traffic.Exchange) bool {
	at := x.Recorded.Started.Time
	if at.IsZero() {
		at = time.Unix(1, 0) // no clock: only 1970 is over for certain
	}
	over, byMaxAge := false, false
	for _, a := range line.Attributes {
		switch strings.ToLower(a.Name) {
		case "max-age":
			if n, err := strconv.Atoi(a.Value); err == nil {
				over, byMaxAge = n <= 0, true
			}
		case "expires":
			if t, ok := browser.ParseCookieDate(a.Value, browser.Standard); ok && !byMaxAge {
				over = !t.After(at)
			}
		}
	}
	return over
}

func (c *checking) within(most time.Duration) {
	if most <= 0 {
		return
	}
	took := time.Duration(c.got.Exchange.Recorded.Millis * float64(time.Millisecond))
	if took > most {
		c.miss("response", "an answer within "+shortDuration(most), "one after "+shortDuration(took.Round(time.Millisecond)))
	}
}

// recordedAnswer wants the recorded outcome, and differences in noise alone.
func (c *checking) recordedAnswer() {
	if c.recorded == nil || c.recorded.Response == nil {
		c.miss("response", "the recorded answer", "one to compare with nothing")
		return
	}
	live := c.got.Exchange
	if was, is := diff.OutcomeOf(c.recorded), diff.OutcomeOf(live); !was.Same(is) {
		c.miss("response.status", "the recorded "+was.String(), is.String())
		return
	}
	same := *c.recorded
	same.Response = live.Response
	for _, change := range diff.Judge(c.recorded, &same, diff.Between(c.recorded, &same)) {
		if change.Side != diff.Response || change.Noise != "" || c.got.Noise != nil && c.got.Noise(change.Path()) {
			continue
		}
		c.miss(change.Path(), "as recorded", changeWord(change.Op))
	}
}
