package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
)

// Logged is what the logs of servers tell of one exchange, outermost server
// first. It is data: package trail of the harness finds it.
type Logged struct {
	Logs []LoggedIn
}

// LoggedIn is what one log tells of the exchange.
type LoggedIn struct {
	Name  string // of the log, for notes; it has to be fit to be shown
	Layer string // whose log it is: "edge", "proxy", "app"; "" unknown

	// Seen tells that a line is of the exchange beyond doubt: its request id
	// says so, or no other line can be meant. Missing tells that none is,
	// although the log covers that time. Both are false where nothing can be
	// told.
	Seen, Missing bool

	Status   int    // that was logged; 0: none
	Upstream int    // the status of the server behind it; 0: none, or not told
	Answered string // the layer that made the answer, by what the line says: "edge", "proxy", "app"; "" not told

	Said []Said
}

// Said is one thing that a line says in words.
type Said struct {
	Line int64 // of the log, from 1
	Text string

	// Sure tells that the line is of this exchange, and speaks of something
	// that went wrong.
	Sure bool
}

// DiagnoseLogged is [Diagnose] with what logs tell of failing exchanges, by
// their entry in the failing capture. What a log says ranks causes as the words
// of an answer do, and never above what the captures themselves prove.
func DiagnoseLogged(c *diff.Comparison, logs map[int]Logged) Diagnosis {
	if otherKeys(c.OK, c.Bad) {
		return diagnoseMarked(c, logs)
	}
	return diagnose(c, logs)
}

func diagnose(c *diff.Comparison, logs map[int]Logged) Diagnosis {
	v := newView(c)
	if v == nil {
		return Diagnosis{Pair: -1, Entry: -1}
	}
	if logged, ok := logs[v.Failed.Index]; ok {
		v.facts.logged, v.facts.voice = &logged, nil // choosing the view may have listened already
	}
	d := Diagnosis{Pair: v.Decisive, Entry: v.Failed.Index}
	if v.Failed.Response != nil {
		d.Answerer = v.answerer()
	}
	d.rank(v, Catalogue())
	if v.requestsAlone() && len(d.Findings) == 0 {
		return Diagnosis{Pair: -1, Entry: -1} // nothing shows that anything failed
	}
	return d
}

// loggedHits are the known phrases in what logs say of the failing exchange.
func (v *View) loggedHits() []Hit {
	if v.facts.logged == nil {
		return nil
	}
	var hits []Hit
	for _, log := range v.facts.logged.Logs {
		for _, said := range log.Said {
			for _, h := range hear([]utterance{{text: said.Text, source: FromLog}}) {
				h.At = diff.Edit{}
				h.Faint = h.Faint || !said.Sure
				h.log = fmt.Sprintf("%s line %d", log.Name, said.Line)
				hits = append(hits, h)
			}
		}
	}
	return clearFirst(hits)
}

// withLogs adds to the evidence of a cause what only a log says of it, and
// names the log in the rest.
func (v *View) withLogs(cause string, evidence []Evidence) []Evidence {
	if v.facts.logged == nil {
		return evidence
	}
	heard := false
	for i, e := range evidence {
		if e.Source == FromLog {
			heard = true
			evidence[i].Note = strings.Replace(strings.Replace(e.Note, "the answer", "the log", 1), "the server", "the log of the server", 1)
			if hit, ok := v.loggedHit(cause); ok {
				evidence[i].Note += " (" + hit.log + ": “" + hit.words + "”)"
			}
		}
	}
	hit, ok := v.loggedHit(cause)
	if heard || !ok {
		return evidence
	}
	strength := Decisive
	if hit.Faint {
		strength = Weak
	}
	return append(evidence, v.observed(strength, FromLog, diff.Edit{}, fmt.Sprintf("%s says “%s”", hit.log, hit.words)))
}

func (v *View) loggedHit(cause string) (Hit, bool) {
	for _, hit := range v.voiceFacts().logged {
		if hit.Cause == cause {
			return hit, true
		}
	}
	return Hit{}, false
}

// yieldToCaptures makes what logs say no more than strong, where the captures
// prove another cause by themselves.
func yieldToCaptures(found map[string][]Evidence) {
	proven := func(but string) bool {
		for id, evidence := range found {
			if id != but && slices.ContainsFunc(evidence, func(e Evidence) bool { return e.Strength == Decisive && e.Source != FromLog }) {
				return true
			}
		}
		return false
	}
	for id, evidence := range found {
		for i, e := range evidence {
			if e.Source == FromLog && e.Strength == Decisive && proven(id) {
				evidence[i].Strength = Strong
			}
		}
	}
}

// answerer is who made the failing answer: by itself, else by the logs.
func (v *View) answerer() Answerer {
	a := AnswererOf(v.Failed.Response)
	if a.Made || v.facts.logged == nil {
		return a
	}
	layer, by := v.facts.logged.answeredBy()
	if layer == "" {
		return a
	}
	path := onPath(v.Failed.Response.Header)
	out := Answerer{Made: true, Layer: layer, By: by}
	for _, m := range path {
		switch {
		case m.layer == layer:
			out.Product = m.product
		case depth(m.layer) < depth(layer):
			out.Front = append(out.Front, m.product)
		}
	}
	return out
}

// answeredBy is the layer that made the answer: the innermost that saw the
// request, where the app's logs cover the time and have not, or where it says so.
func (l *Logged) answeredBy() (layer, by string) {
	for i := len(l.Logs) - 1; i >= 0; i-- {
		log := &l.Logs[i]
		if !log.Seen || log.Layer == "" {
			continue
		}
		if log.Layer == layerApp && log.Status != 0 {
			return layerApp, log.Name + " has the request and its status"
		}
		if log.Answered != "" {
			return log.Answered, log.Name + " says so"
		}
		if app := missedBy(l.Logs[i+1:], log.Layer); app != "" {
			return log.Layer, log.Name + " has the request, and " + app + " never saw it"
		}
		return "", ""
	}
	return "", ""
}

// missedBy is an app's log that has no line of a request that the layer before saw;
// "" where another log may have one, as that of another instance.
func missedBy(inner []LoggedIn, seen string) (app string) {
	for _, log := range inner {
		if !log.Missing && log.Layer != seen {
			return ""
		}
		if log.Layer == layerApp {
			app = log.Name
		}
	}
	return app
}
