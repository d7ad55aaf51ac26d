package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// maxPageCookies bounds the cookies that are judged for one request; those that
// were sent on either side come first.
const maxPageCookies = 40

// A cookieHistory tells of each exchange what its client would do with each
// cookie that it has.
type cookieHistory map[*traffic.Exchange][]cookieState

// A cookieState is a cookie on its way to one request.
type cookieState struct {
	name    string
	sent    bool   // it is in the request
	verdict string // why a client would not send it, "" where it would
	section string
	plain   bool // no browser: the rules of any jar
	setBy   int  // entry, -1: never in this capture
}

// cookiesOf replays the cookies of a capture. Names that the counterparts of
// its requests sent are judged too; pairs may be nil.
func cookiesOf(c *traffic.Capture, pairs *diff.Comparison) cookieHistory {
	h := cookieHistory{}
	if len(c.Exchanges) == 0 {
		return h
	}
	elsewhere := map[*traffic.Exchange]*traffic.Exchange{}
	if pairs != nil {
		for _, p := range pairs.Pairs {
			elsewhere[p.BadExchange] = p.OKExchange
		}
	}
	trail := scenarios.NewCookieTrail(c, c.Exchanges[0])
	w := cookieWalk{trail: trail, jar: &browser.Jar{Profile: trail.Profile}, setBy: map[string]int{}, reasons: map[string]string{}}
	for _, x := range byTime(c.Exchanges) {
		h[x] = w.visit(x, elsewhere[x])
	}
	return h
}

// byTime orders exchanges by when they began, where all of them say so:
// recorders write them in the order in which they end.
func byTime(list []*traffic.Exchange) []*traffic.Exchange {
	if slices.ContainsFunc(list, func(x *traffic.Exchange) bool { return !x.Recorded.Started.Known() }) {
		return list
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b *traffic.Exchange) int { return a.Recorded.Started.Time.Compare(b.Recorded.Started.Time) })
	return list
}

// A cookieWalk is a client on its way through a flow.
type cookieWalk struct {
	trail   *scenarios.CookieTrail
	jar     *browser.Jar
	setBy   map[string]int
	reasons map[string]string // each sentence once in memory
}

func (w *cookieWalk) visit(x, counterpart *traffic.Exchange) []cookieState {
	ctx := w.trail.Visit(x)
	var list []cookieState
	seen := map[string]bool{}
	add := func(name string, sent bool) {
		if seen[name] || len(list) >= maxPageCookies {
			return
		}
		seen[name] = true
		list = append(list, w.judge(name, sent, ctx))
	}
	for _, p := range x.Request.CookiePairs() {
		add(p.Name, true)
	}
	if counterpart != nil {
		for _, p := range counterpart.Request.CookiePairs() {
			add(p.Name, false)
		}
	}
	for _, d := range w.jar.Judge(ctx) {
		add(w.trail.Name(d.Cookie), false)
	}
	for _, line := range scenarios.SetCookieLines(x.Response) {
		name := browser.ParseSetCookie(line).Name
		w.setBy[name] = x.Index
		w.jar.Set(w.trail.Line(line), ctx)
	}
	return list
}

func (w *cookieWalk) judge(name string, sent bool, ctx browser.CookieContext) cookieState {
	s := cookieState{name: name, sent: sent, plain: w.trail.Plain, setBy: -1}
	if by, known := w.setBy[name]; known {
		s.setBy = by
	}
	inJar := name
	if s.plain {
		inJar = browser.ParseSetCookie(w.trail.Line(browser.SetCookie{Name: name, Value: "v"}.String())).Name
	}
	if a := w.jar.Why(inJar, ctx); !a.Sent {
		s.verdict, s.section = w.once(a.Verdict.Reason), w.once(a.Verdict.Section)
	}
	return s
}

func (w *cookieWalk) once(text string) string {
	if kept, ok := w.reasons[text]; ok {
		return kept
	}
	w.reasons[text] = text
	return text
}

// cookieTable tells of each cookie whether it was sent, and which rule kept it
// back.
func (e *exchangePage) cookieTable() []html.Block {
	states := [2]map[string]cookieState{{}, {}}
	var names []string
	for i, side := range []struct {
		x *traffic.Exchange
		h cookieHistory
	}{{e.ok, e.cookies[scenarios.OK]}, {e.bad, e.cookies[scenarios.Bad]}} {
		for _, s := range side.h[side.x] {
			states[i][s.name] = s
			if !slices.Contains(names, s.name) {
				names = append(names, s.name)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	t := e.table("cookie")
	for _, name := range names {
		row := []html.Cell{{Text: pageText(e.mask.Text(name))}}
		if !e.lone() {
			row = append(row, e.cookieCell(e.ok, states[0], name))
		}
		t.Rows = append(t.Rows, append(row, e.cookieCell(e.bad, states[1], name)))
	}
	return []html.Block{{Title: "cookies", Table: t}}
}

func (e *exchangePage) cookieCell(x *traffic.Exchange, states map[string]cookieState, name string) html.Cell {
	s, known := states[name]
	switch {
	case x == nil:
		return html.Cell{}
	case !known:
		return html.Cell{Text: "not sent"}
	case s.sent:
		cell := html.Cell{Text: pageText("sent " + e.cookieValue(x, name)), Tone: html.Good}
		if s.setBy >= 0 {
			cell.More = html.Text(fmt.Sprintf("set by entry %d", s.setBy))
		}
		return cell
	case s.verdict == "":
		return html.Cell{Text: "not sent", Tone: html.Warn, More: html.Text(fmt.Sprintf("no rule of cookies keeps it back; set by entry %d", s.setBy))}
	}
	cell := html.Cell{Text: "not sent", Tone: html.Bad, More: html.Text(mask.Visible(e.mask.Text(s.verdict)) + " (" + s.section + ")")}
	if s.setBy >= 0 {
		cell.More += html.Text(fmt.Sprintf("; set by entry %d", s.setBy))
	}
	return cell
}

func (e *exchangePage) cookieValue(x *traffic.Exchange, name string) string {
	for _, p := range x.Request.CookiePairs() {
		if p.Name == name {
			return strings.TrimSpace(e.mask.Cookie(name, p.Value))
		}
	}
	return ""
}
