package report

import (
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/harness/rates"
)

// RatesSchema is the JSON Schema of what [RatesJSON] writes.
//
//go:embed rates.schema.json
var RatesSchema string

// RatesJSON writes counts as JSON, version 1 of the contract in
// rates.schema.json.
func RatesJSON(w io.Writer, r *rates.Report) error {
	return writeJSON(w, ratesDocument{1, r})
}

type ratesDocument struct {
	Version int `json:"version"`
	*rates.Report
}

// RatesOptions are how counts are written for a person.
type RatesOptions struct {
	Terminal
	Top      int            // rows of each table; 0: 10
	ASCII    bool           // no character beyond ASCII in what the report draws
	Judged   bool           // spikes were looked for
	Location *time.Location // of the times; nil: UTC
}

// Rates writes counts for a person: the spikes with what to do, then a table of
// each breakdown.
func Rates(w io.Writer, r *rates.Report, o RatesOptions) error {
	if o.Top <= 0 {
		o.Top = 10
	}
	if o.Location == nil {
		o.Location = time.UTC
	}
	t := &ratesText{page: newPage(w, o.Terminal), r: r, o: o}
	t.headline()
	t.spikes()
	for i := range r.Tables {
		t.table(&r.Tables[i])
	}
	t.same()
	t.sources()
	return t.Flush()
}

type ratesText struct {
	page
	r *rates.Report
	o RatesOptions
}

func (t *ratesText) headline() {
	r, color := t.r, ""
	if len(r.Spikes) > 0 {
		color = red
	}
	t.line(2, span{color, fmt.Sprintf("%s in %d of %s (%s)", statusWords(r.Status), r.Total.Refused, count(int(r.Total.Requests), "request", "requests"), percent(r.Total.Rate()))})
	if n := len(r.Windows); n > 0 {
		width := time.Duration(r.Window) * time.Second
		t.line(2, span{dim, fmt.Sprintf("%s to %s, %s of %s", t.when(r.Windows[0]), t.when(r.Windows[n-1].Add(width)), count(n, "window", "windows"), spell(width))})
	}
}

// statusWords are the watched statuses in words: "401, 403 or 407".
func statusWords(list []int) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = strconv.Itoa(s)
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}

func percent(rate float64) string {
	switch p := 100 * rate; {
	case p == 0:
		return "0 %"
	case p < 0.1:
		return "<0.1 %"
	case p < 99.95 && p >= 10, p >= 99.95:
		return strconv.FormatFloat(p, 'f', 0, 64) + " %"
	default:
		return strconv.FormatFloat(p, 'f', 1, 64) + " %"
	}
}

func (t *ratesText) when(at time.Time) string {
	at = at.In(t.o.Location)
	if at.Second() != 0 {
		return at.Format("2006-01-02 15:04:05 MST")
	}
	return at.Format("2006-01-02 15:04 MST")
}

// clock is a time without its day where all windows are of one day.
func (t *ratesText) clock(at time.Time) string {
	n := len(t.r.Windows)
	if n > 0 && t.r.Windows[0].In(t.o.Location).Format(time.DateOnly) == t.r.Windows[n-1].In(t.o.Location).Format(time.DateOnly) && at.Second() == 0 {
		return at.In(t.o.Location).Format("15:04")
	}
	return t.when(at)
}

// spell writes a length of time without its zeros: "5m", "1h", "90s".
func spell(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

// maxSpikes is how many a text tells of: one incident shows in many rows.
const maxSpikes = 4

func (t *ratesText) spikes() {
	if !t.o.Judged {
		return
	}
	t.line(0)
	if len(t.r.Spikes) == 0 {
		if t.r.Judged.Windows > 1 {
			t.line(2, span{green, fmt.Sprintf("no spike in %s", count(t.r.Judged.Windows, "window", "windows"))}, span{dim, fmt.Sprintf(", in %s", count(t.r.Judged.Series, "row", "rows"))})
		} else {
			t.line(2, span{yellow, "too little history to judge"})
		}
		return
	}
	list := slices.Clone(t.r.Spikes)
	slices.SortStableFunc(list, func(a, b rates.Alert) int { return specific(a) - specific(b) })
	for i, s := range list {
		if i == maxSpikes && len(list) > maxSpikes+1 {
			t.labelled(runColumn, "", span{dim, fmt.Sprintf("and in %d other rows (--format json has them)", len(list)-i)})
			break
		}
		t.spike(s, i == 0)
	}
	t.next(list[0])
}

// specific orders what is said of one incident: the route first, the sum of
// all last.
func specific(a rates.Alert) int {
	switch {
	case slices.Contains(a.By, rates.Route.String()):
		return 0
	case len(a.By) == 0:
		return 2
	}
	return 1
}

func (t *ratesText) spike(s rates.Alert, first bool) {
	label := "also"
	if first {
		label = "spike"
	}
	lasted := ", goes on"
	if !s.Ongoing {
		lasted = ", over by " + t.clock(s.Ended)
	}
	t.line(runColumn, span{red, pad(label, runColumn)}, span{bold, spikeName(s)})
	t.labelled(runColumn, "", plain(fmt.Sprintf("%s → %s since %s%s", percent(s.Before.Rate), percent(s.During.Rate), t.clock(s.Began), lasted)))
	if first {
		t.labelled(runColumn, "because", plain(fmt.Sprintf("%d of %d requests were refused, before it %d of %d; chance alone does that once in %s runs",
			s.During.Refused, s.During.Requests, s.Before.Refused, s.Before.Requests, once(s.P))))
	}
}

func spikeName(s rates.Alert) string {
	if len(s.By) == 0 {
		return "all requests"
	}
	name := strings.Join(shownParts(s.Key), "  ")
	if s.By[0] != rates.Route.String() {
		return strings.Join(s.By, "+") + " " + name
	}
	return name
}

// once is how rare something is: "1,200", "a million".
func once(p float64) string {
	switch {
	case p < 1e-9:
		return "a billion"
	case p < 1e-6:
		return "a million"
	case p < 1e-3:
		return "a thousand"
	}
	return strconv.Itoa(int(1 / p))
}

func (t *ratesText) next(s rates.Alert) {
	log := "access.log"
	if n := len(t.r.Sources); n > 0 {
		log = safe(t.r.Sources[n-1].Name)
	}
	t.labelled(runColumn, "next", plain("record the failing request and one that works, and let replay name the cause:"))
	t.line(runColumn+2, span{dim, strings.Repeat(" ", runColumn) + "replay diff ok.har bad.har"})
	t.line(runColumn+2, span{dim, strings.Repeat(" ", runColumn) + "replay explain bad.har --log " + log})
	if !s.Began.IsZero() {
		t.labelled(runColumn, "", plain("and look at what was deployed, rotated or reloaded shortly before "+t.clock(s.Began)))
	}
}

func shownParts(key []string) []string {
	parts := make([]string, len(key))
	for i, k := range key {
		if parts[i] = safe(k); k == "" {
			parts[i] = unknownKey
		}
	}
	return parts
}

const (
	unknownKey = "(unknown)"
	otherKey   = "(other)"
)

// isAll tells whether a table has one row, which has all requests.
func isAll(table *rates.Table) bool {
	return len(table.Rows) == 1 && table.Other == nil && !table.Unknown
}

// same names the breakdowns that tell no requests apart.
func (t *ratesText) same() {
	var all, unknown []string
	for i := range t.r.Tables {
		table := &t.r.Tables[i]
		by := strings.Join(table.By, "+")
		switch {
		case isAll(table):
			all = append(all, by+" "+strings.Join(shownParts(table.Rows[0].Key), "  "))
		case table.Unknown && t.r.Total.Requests > 0:
			unknown = append(unknown, by)
		}
	}
	if len(all)+len(unknown) > 0 {
		t.line(0)
	}
	if len(all) > 0 {
		t.line(2, span{dim, "all requests are of " + strings.Join(all, ", ")})
	}
	if len(unknown) > 0 {
		t.line(2, span{dim, "no request tells of " + strings.Join(unknown, ", ")})
	}
}

// sources tell what was not counted: silence about it would be a wrong number.
func (t *ratesText) sources() {
	r := t.r
	for _, s := range []struct {
		n    int64
		text string
	}{
		{r.Untimed, "without a time: in the sums, in no window"},
		{r.Outside, "outside of --since and --until"},
		{r.Strays, "in a time far from all others, a wrong clock as it seems: in the sums, in no window"},
	} {
		if s.n > 0 {
			t.line(2, span{yellow, count(int(s.n), "request", "requests") + " " + s.text})
		}
	}
	for _, s := range r.Sources {
		if s.Undecoded > 0 {
			t.line(2, span{yellow, fmt.Sprintf("%s: %d of %d lines are of no known format, such as line %s", safe(s.Name), s.Undecoded, s.Lines, numbers(s.Places))})
		}
		if s.Cut > 0 {
			t.line(2, span{yellow, fmt.Sprintf("%s: %s too long and cut (--max-line)", safe(s.Name), count(int(s.Cut), "line was", "lines were"))})
		}
	}
}

func numbers(list []int64) string {
	var words []string
	for _, n := range list {
		words = append(words, strconv.FormatInt(n, 10))
	}
	return strings.Join(words, ", ")
}
