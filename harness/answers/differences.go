package answers

import (
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/tree"
)

// A Comparer compares recorded answers with live ones. The zero value is
// usable; it is safe for concurrent use if Translate is.
type Comparer struct {
	// Translate returns recorded text with every value in it that has a live
	// replacement today: session ids, CSRF tokens, the origin that was mapped
	// to the target. Nil: there is none.
	Translate func(string) string

	// Sanitized says that the capture was exported without cookies and
	// credentials (scenarios.Sanitized): that a recorded answer sets no cookie
	// then proves nothing.
	Sanitized bool
}

// Differences compares as a [Comparer] with that translation does; translate
// may be nil.
func Differences(recorded, live *traffic.Exchange, translate func(string) string) []diff.Change {
	return Comparer{Translate: translate}.Differences(recorded, live)
}

// Differences returns the edits from the recorded answer to the live one, those
// that do not matter with their reason. Requests are not compared. Either
// exchange may lack a response.
//
// Values are as captured: they pass a masker before they are shown.
func (c Comparer) Differences(recorded, live *traffic.Exchange) []diff.Change {
	ok, bad := answerOf(recorded), answerOf(live)
	alignBodies(recorded, ok.Response, bad.Response)
	alignLists(ok.Response, bad.Response)
	edits := diff.Between(ok, bad)
	if len(edits) == 0 {
		return nil
	}
	p := newPair(c, recorded, live)
	changes := p.judged(diff.Judge(ok, bad, edits))
	was, is := diff.OutcomeOf(recorded), diff.OutcomeOf(live)
	return consequences(was, is, p.refineBody(ok, bad, changes))
}

func (p *pair) judged(changes []diff.Change) []diff.Change {
	for i := range changes {
		changes[i].Noise = p.noise(&changes[i])
	}
	return changes
}

// answerOf is the answer alone: without the request, and without what a
// recorder notes beside it.
func answerOf(x *traffic.Exchange) *traffic.Exchange {
	if x == nil || x.Response == nil {
		return &traffic.Exchange{}
	}
	r := *x.Response
	r.Cookies, r.Location, r.Sizes = nil, "", traffic.Sizes{}
	r.Body.MediaType = mediaType(&r)
	r.Body.Params = nil
	return &traffic.Exchange{Response: &r}
}

// mediaType is the type of a body as its answer says, for the recorder's may be
// a guess.
func mediaType(r *traffic.Response) string {
	if t := r.Header.Get("content-type"); t != "" {
		return t
	}
	return r.Body.MediaType
}

// A pair is what one needs to know of two answers to judge an edit.
type pair struct {
	Comparer
	recorded, live *traffic.Exchange
	old, new       *traffic.Response // nil where there is none
	began, begins  time.Time         // when each was answered, by its own clock; zero: unknown
	creating       bool              // the request makes something
	cached         cached
	wasAborted     bool
	unseen         bool // the recorder saw no answer
	unfinished     bool // it did not wait for one
}

func newPair(c Comparer, recorded, live *traffic.Exchange) *pair {
	p := &pair{Comparer: c, recorded: recorded, live: live}
	if recorded != nil {
		p.old, p.began = recorded.Response, timeOf(recorded)
		ending := diff.OutcomeOf(recorded).Ending
		p.wasAborted = ending == diff.Aborted
		p.unfinished = ending == diff.Unfinished
		p.unseen = p.old != nil && p.old.Status == 0
	}
	if live != nil {
		p.new, p.begins = live.Response, timeOf(live)
	}
	if p.old != nil && p.new != nil {
		p.creating = recorded.Request.Method == "POST" && p.new.Status < 400 || p.old.Status == 201 && p.new.Status == 201
		p.cached = cachedOf(recorded, p.old, p.new)
	}
	return p
}

// noise says why a change does not matter, "" where it does. What package diff
// says comes first, but for the fields that protect somebody: they are its
// noise when two requests are compared, and never here.
func (p *pair) noise(c *diff.Change) diff.Noise {
	if c.Part == diff.Answer {
		if p.old == nil {
			return notRecorded
		}
		return ""
	}
	if n := p.unrecorded(c); n != "" {
		return n
	}
	if c.Noise != "" && !protects(c) && !statesWord(c) {
		return c.Noise
	}
	if n := p.notModified(c); n != "" {
		return n
	}
	if p.carried(c) {
		if !p.saysTheSame(bare(c.Old), bare(c.New)) {
			return ""
		}
		return carriedOn
	}
	switch c.Part {
	case diff.Header:
		return p.headerNoise(c)
	case diff.SetCookie:
		return p.cookieNoise(c)
	case diff.Body:
		return p.bodyNoise(c)
	case diff.Failure:
		if c.Op != diff.Add {
			return clientSide // why the browser kept the answer from its page
		}
	}
	return ""
}

// unrecorded knows what the capture can't say anything about.
func (p *pair) unrecorded(c *diff.Change) diff.Noise {
	switch {
	case p.wasAborted:
		return aborted
	case p.unfinished:
		return notRecorded
	case p.unseen && c.Part != diff.Status:
		return notRecorded // what it says is in the status: there was no answer
	case c.Part == diff.Body && c.Op == diff.Add && c.WholeBody() && !bodyRecorded(p.recorded):
		return notRecorded
	case c.Part == diff.SetCookie && c.Op == diff.Add && c.Sub == "" && (p.Sanitized || listsCookie(p.old, c.Name)):
		return notRecorded
	case c.Op == diff.Replace && !c.WholeBody() && fitsRedacted(bare(c.Old), bare(c.New)):
		return redacted
	}
	return ""
}

// carried tells whether the new value is the old one with today's values in it.
func (p *pair) carried(c *diff.Change) bool {
	if p.Translate == nil || c.Op != diff.Replace || c.WholeBody() { // of which only the beginning is here
		return false
	}
	if p.Translate(c.Old) == c.New {
		return true
	}
	return bare(c.Old) != c.Old && bare(c.New) != c.New && p.Translate(bare(c.Old)) == bare(c.New)
}

// saysTheSame tells whether a value that was carried on is good for what the
// recorded one was: a token of the same claims, an address of the same host.
func (p *pair) saysTheSame(old, new string) bool {
	if _, ok := (tree.Token{}).Split(old); ok {
		return p.issuedNoise(old, new) != ""
	}
	return p.sameReference(old, new)
}

// bare is the text of a JSON string, and any other value as it stands.
func bare(value string) string {
	if text, ok := jsonString(value); ok {
		return text
	}
	return value
}

// translated is Translate, which may be nil.
func (p *pair) translated(s string) string {
	if p.Translate == nil {
		return s
	}
	return p.Translate(s)
}
