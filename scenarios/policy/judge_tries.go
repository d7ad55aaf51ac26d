package policy

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// patience is the pause after which a call is made for another reason than that
// it was refused.
const patience = 10 * time.Minute

// reloading is the time in which a page that is loaded again was reloaded by its
// own script: no person is that quick.
const reloading = 2 * time.Second

// A run is one call that is refused again and again.
type run struct {
	entries []int
	token   *token
	told    int // index of its breach
}

// refusals judges calls that are refused with 401 more often than they may, with
// no better answer between.
func (j *judge) refusals() {
	runs := map[string]*run{}
	page := -1
	for _, i := range j.order {
		x := j.flow.Exchanges[i]
		if x.Response == nil || diff.IsPreflight(x) {
			continue
		}
		if scenarios.IsNavigation(x) && !isRefused(x.Response) {
			if !j.reloaded(page, i) { // a person asked for something else
				clear(runs)
			}
			page = i
		}
		key := callOf(&x.Request)
		r := runs[key]
		switch {
		case scenarios.Works(x):
			delete(runs, key)
		case x.Response.Status != http.StatusUnauthorized || carriesPassword(&x.Request):
		case r == nil || j.gap(r.last(), i) > patience || j.anotherPerson(r, i):
			j.saw(RefusedAgain)
			runs[key] = &run{entries: []int{i}, token: j.sent[i]}
		case j.after(i, r.last()): // what was under way when the refusal came is no try
			r.entries, r.token = append(r.entries, i), j.sent[i]
			j.again(r)
		}
	}
}

// again tells of a run that became too long, once, and then how long it is.
func (j *judge) again(r *run) {
	n := len(r.entries)
	switch most := j.rules.tries(); {
	case n <= most || !j.rules.asks(RefusedAgain):
		return
	case n == most+1:
		r.told = len(j.Breaches)
		j.Breaches = append(j.Breaches, Breach{Rule: RefusedAgain, Entry: r.entries[most], With: slices.Clone(r.entries[:most])})
	default:
		j.Breaches[r.told].With = append(j.Breaches[r.told].With, r.last())
	}
	j.Breaches[r.told].Said = fmt.Sprintf("made a call %d times that was refused each time", n)
}

func (r *run) last() int { return r.entries[len(r.entries)-1] }

// callOf names what is asked for: parameters are often new each time.
func callOf(r *traffic.Request) string {
	u := r.ParsedURL()
	if u == nil {
		return r.Method + " " + r.URL
	}
	return r.Method + " " + u.Host + u.EscapedPath()
}

// reloaded tells whether a page was loaded again at once.
func (j *judge) reloaded(before, now int) bool {
	return before >= 0 && callOf(&j.flow.Exchanges[before].Request) == callOf(&j.flow.Exchanges[now].Request) && j.known(before, now) && j.gap(before, now) < reloading
}

// anotherPerson tells a call that is made with another credential, which was not
// handed out in the flow: somebody tries keys.
func (j *judge) anotherPerson(r *run, entry int) bool {
	t := j.sent[entry]
	if t != r.token {
		return t == nil || t.issued < 0
	}
	return t == nil && authorization(j.flow, entry) != authorization(j.flow, r.last())
}

func authorization(flow *traffic.Capture, entry int) string {
	return flow.Exchanges[entry].Request.Header.Get("authorization")
}

// carriesPassword tells a request of a login form: a person may mistype.
func carriesPassword(r *traffic.Request) bool {
	return slices.ContainsFunc(scenarios.CredentialsOf(r), func(c scenarios.Credential) bool { return c.Kind == scenarios.LoginForm })
}

func isRefused(r *traffic.Response) bool {
	return r != nil && (r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden)
}

// afterRefusal judges what a client does when its refresh was refused: nothing
// but a login helps then.
func (j *judge) afterRefusal() {
	for _, r := range j.renewals {
		if !r.refused || j.told(LoginMissing, r.entry) {
			continue
		}
		j.saw(LoginMissing)
		goesOn := j.goesOn(r.entry)
		if len(goesOn) > j.rules.tries() {
			j.broken(Breach{Rule: LoginMissing, Entry: r.entry, With: goesOn,
				Said: fmt.Sprintf("the refresh was refused, and %d more requests after it, before any login", len(goesOn))})
		}
	}
}

func (j *judge) told(rule Rule, entry int) bool {
	return slices.ContainsFunc(j.Breaches, func(b Breach) bool { return b.Rule == rule && (b.Entry == entry || slices.Contains(b.With, entry)) })
}

// goesOn are the requests after a refused refresh that were refused as well, up
// to a login. Those that were under way at once are one try.
func (j *judge) goesOn(refresh int) []int {
	var entries []int
	last := refresh
	for _, i := range j.order {
		x := j.flow.Exchanges[i]
		if i == refresh || !j.after(i, refresh) {
			continue
		}
		if j.logsIn(x) {
			break
		}
		_, renews := scenarios.RefreshOf(x)
		refused := isRefused(x.Response) || renews && x.Response != nil && x.Response.Status == http.StatusBadRequest
		if refused && j.after(i, last) {
			entries = append(entries, i)
			last = i
		}
	}
	return entries
}

// logsIn tells the beginning of a login: its page, its form, a token that is not
// got by a refresh.
func (j *judge) logsIn(x *traffic.Exchange) bool {
	if carriesPassword(&x.Request) || diff.OutcomeOf(x).Ending == diff.LoginRedirect {
		return true
	}
	_, renews := scenarios.RefreshOf(x)
	if _, granted := grantOf(x, false); granted && !renews {
		return true
	}
	u := x.Request.ParsedURL()
	return u != nil && !renews && scenarios.IsNavigation(x) && diff.IsLoginPath(u.Path)
}
