package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/accesslog"
	"github.com/replaydiff/replay/harness/trail"
	"github.com/replaydiff/replay/scenarios/policy"
)

// Beside is what [Explain] tells beside a diagnosis. The zero value is nothing.
type Beside struct {
	Policy []policy.Breach // what the client of a lone capture should do otherwise
	Logs   *trail.Trails   // what server logs have of the failing exchanges; nil: there are none
}

const (
	maxQuoted     = 3   // lines that are quoted of each log
	maxQuote      = 240 // columns of a quoted line
	maxOtherTrail = 5   // other failing exchanges that are told
)

// logs tells how far the failing request came, and what was said of it there.
func (d *diffText) logs(t *trail.Trails) {
	if t == nil {
		return
	}
	d.line(0)
	own := t.Of(d.diagnosis.Entry)
	if own != nil {
		d.reached(t, own)
		label := "logs"
		for i := range own.In {
			d.sighting(label, &t.Logs[i], &own.In[i])
			label = ""
		}
	}
	label := "also"
	others, left := otherTrails(d.c, d.diagnosis.Entry, t)
	for _, other := range others {
		d.labelled(label, plain(other.request+"  "), span{dim, other.where})
		label = ""
	}
	if left > 0 {
		d.labelled("", span{dim, moreTrails(left)})
	}
	label = "clocks"
	for i := range t.Logs {
		if text := clockOf(&t.Logs[i]); text != "" {
			d.labelled(label, plain(text))
			label = ""
		}
	}
	for i := range t.Logs {
		if text := troubleOf(&t.Logs[i]); text != "" {
			d.labelled("", span{dim, text})
		}
	}
}

// reached says how far the request came, where the logs tell.
func (d *diffText) reached(t *trail.Trails, own *trail.Trail) {
	if seen, rest := reach(t, own); seen+rest != "" {
		d.labelled("reached", span{bold, seen}, plain(rest))
	}
}

// reach is the log that the request came to, and what is to be said after its
// name.
func reach(t *trail.Trails, own *trail.Trail) (seen, rest string) {
	seen, missing := farthest(t, own)
	switch {
	case seen != "" && missing != "":
		return seen, ", and not " + missing
	case missing != "":
		return "", "none of the logs that cover its time"
	}
	return seen, ""
}

// farthest is the innermost log that has the request, and the first one further
// in that has not; none of the latter where another may have it.
func farthest(t *trail.Trails, own *trail.Trail) (seen, missing string) {
	var layer trail.Layer
	unsure := false
	for i := range own.In {
		switch s, l := &own.In[i], &t.Logs[i]; {
		case s.Seen():
			seen, missing, layer, unsure = logName(l), "", l.Layer, false
		case seen != "" && l.Layer == layer: // another instance's, or the next day's
		case !s.Missing() || !l.Vouched():
			unsure = true
		case missing == "":
			missing = logName(l)
		}
	}
	if unsure {
		missing = ""
	}
	return seen, missing
}

// maybeOf says of how many lines one may be of the request.
func maybeOf(s *trail.Sighting) string {
	if n := len(s.Lines) + s.More; n > 1 {
		return fmt.Sprintf("%d lines may be of it, and nothing tells which:", n)
	}
	return "one line may be of it, or of another such request:"
}

// logName is a log with its layer: "the proxy (access.log)".
func logName(l *trail.Log) string {
	if l.Layer == trail.Unknown {
		return l.Short()
	}
	return "the " + layerWord(l.Layer) + " (" + l.Short() + ")"
}

func layerWord(l trail.Layer) string {
	if l == trail.CDN {
		return "CDN"
	}
	return string(l)
}

// sighting is one log's lines of the request, or why there is none.
func (d *diffText) sighting(label string, l *trail.Log, s *trail.Sighting) {
	d.labelled(label, span{bold, l.Short()}, plain("  "+sighted(l, s)))
	lines := s.Lines[:min(maxQuoted, len(s.Lines))]
	for i := range lines {
		d.line(verdictColumn+4, plain(strings.Repeat(" ", verdictColumn+2)+"line "+strconv.FormatInt(lines[i].Record.Line, 10)+"  "), span{dim, cutMiddle(quoteLine(d.mask, &lines[i].Record), maxQuote)})
	}
	if more := len(s.Lines) - len(lines) + s.More; more > 0 {
		d.line(verdictColumn+2, plain(strings.Repeat(" ", verdictColumn+2)), span{dim, fmt.Sprintf("and %d more", more)})
	}
}

// sighted says what a log has of a request, behind the log's name.
func sighted(l *trail.Log, s *trail.Sighting) string {
	switch {
	case s.Ambiguous:
		return maybeOf(s)
	case s.Missing():
		return "has no line of it, though it covers that time"
	case len(s.Lines) > 0:
		return "has it " + joinedBy(s)
	case l.Records == 0:
		return "has no line that could be read"
	case !s.Covered && !l.First.IsZero():
		return "tells nothing of it: its lines are from " + stamp(l.First) + " to " + stamp(l.Last)
	}
	return "tells nothing of it"
}

func joinedBy(s *trail.Sighting) string {
	for _, line := range s.Lines {
		if line.How == trail.ByID {
			return "by its " + line.ID
		}
	}
	return "by time, method and path"
}

// quoteLine is a line as it may be shown.
func quoteLine(m *mask.Masker, r *accesslog.Record) string {
	var parts []string
	if r.Level != "" {
		parts = append(parts, r.Level)
	}
	if r.Method != "" {
		parts = append(parts, r.Method+" "+m.URL(r.Target))
	}
	if r.Status != 0 {
		parts = append(parts, strconv.Itoa(r.Status))
	}
	if r.By != "" {
		parts = append(parts, "("+r.By+")")
	}
	for _, text := range [...]string{r.Message, r.Error} {
		if text != "" {
			parts = append(parts, "“"+m.Text(text)+"”")
		}
	}
	return mask.Visible(strings.Join(parts, " "))
}

// An otherTrail is what the logs have of another failing exchange.
type otherTrail struct{ request, where string }

// otherTrails are those of the first few other failing exchanges; left is how
// many there are beside them.
func otherTrails(c *diff.Comparison, entry int, t *trail.Trails) (list []otherTrail, left int) {
	for i := range t.Trails {
		other := &t.Trails[i]
		if other.Entry == entry {
			continue
		}
		if len(list) == maxOtherTrail {
			left++
			continue
		}
		x := c.Bad.Exchanges[other.Entry]
		var where []string
		for j := range other.In {
			if text := sightingWord(&t.Logs[j], &other.In[j]); text != "" {
				where = append(where, text)
			}
		}
		if len(where) == 0 {
			where = []string{"in none of the logs"}
		}
		list = append(list, otherTrail{fmt.Sprintf("entry %d  %s %s", other.Entry, mask.Visible(x.Request.Method), diff.OutcomeOf(x)), strings.Join(where, ", ")})
	}
	return list, left
}

func moreTrails(left int) string { return fmt.Sprintf("and %d more failing requests", left) }

func sightingWord(l *trail.Log, s *trail.Sighting) string {
	switch {
	case s.Ambiguous:
		return l.Short() + " has lines that may be of it"
	case len(s.Lines) > 0:
		return l.Short() + " line " + strconv.FormatInt(s.Lines[0].Record.Line, 10)
	case s.Missing():
		return "not in " + l.Short()
	}
	return ""
}

// clockOf tells how far a log's clock is from the capture's, where that is more
// than a second.
func clockOf(l *trail.Log) string {
	by := map[trail.SkewFrom]string{
		trail.SkewByID:     "by " + count(l.Votes, "line", "lines") + " with an id",
		trail.SkewByUnique: "by " + count(l.Votes, "request", "requests") + " that both have once",
		trail.SkewByDate:   "by the Date of the answers",
	}[l.SkewFrom]
	skew := l.Skew.Round(time.Second)
	way := "ahead of"
	switch {
	case by == "" || skew.Abs() <= time.Second:
		return ""
	case skew < 0:
		way, skew = "behind", -skew
	}
	return fmt.Sprintf("%s is %s %s the capture, %s", l.Short(), briefly(skew), way, by)
}

// briefly is a time without the zeros at its end: "7m", not "7m0s".
func briefly(d time.Duration) string {
	text := d.String()
	if short, cut := strings.CutSuffix(text, "m0s"); cut {
		text = short + "m"
	}
	if short, cut := strings.CutSuffix(text, "h0m"); cut {
		text = short + "h"
	}
	return text
}

// troubleOf tells what of a log could not be read.
func troubleOf(l *trail.Log) string {
	switch {
	case l.Err != nil:
		return l.Short() + " could not be read to its end"
	case l.Skipped.Cut > 0:
		return fmt.Sprintf("%s: %s too long, read as far as that", l.Short(), count(int(l.Skipped.Cut), "line is", "lines are"))
	}
	return ""
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }
