package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
)

// DiffOptions are what a text shows of a comparison.
type DiffOptions struct {
	Terminal
	All bool // every pair whole, noise with its reason
}

// Diff writes a comparison for a person: the first divergence and what changed
// in it, then the other pairs in a line each, then what one side alone has.
func Diff(w io.Writer, c *diff.Comparison, m *mask.Masker, o DiffOptions) error {
	out := bufio.NewWriter(w)
	d := &diffText{Writer: out, c: c, mask: m, DiffOptions: o}
	d.warnings()
	d.headline()
	if c.First >= 0 {
		d.changed(c.Pairs[c.First], c.Pairs[c.First].Changes())
	}
	d.elsewhere()
	d.oneSided("only in "+c.OK.File, c.OK, c.OnlyOK)
	d.oneSided("only in "+c.Bad.File, c.Bad, c.OnlyBad)
	d.summary()
	return out.Flush()
}

type diffText struct {
	*bufio.Writer
	c    *diff.Comparison
	mask *mask.Masker
	DiffOptions
}

func (d *diffText) line(indent int, text string) {
	fmt.Fprintln(d, strings.Repeat(" ", indent)+text)
}

func (d *diffText) warnings() {
	for _, c := range []*traffic.Capture{d.c.OK, d.c.Bad} {
		for n, warning := range c.Warnings {
			where := c.File
			if warning.Entry >= 0 {
				where += ": entry " + strconv.Itoa(warning.Entry)
			}
			if n == 3 && len(c.Warnings) > 4 && !d.All {
				d.line(0, d.paint(yellow, fmt.Sprintf("%s: %d more warnings (--all shows them)", c.File, len(c.Warnings)-n)))
				break
			}
			d.line(0, d.paint(yellow, "warning: "+where+": "+warning.Text))
		}
	}
}

// headline is what someone in the middle of an outage reads.
func (d *diffText) headline() {
	if d.c.First < 0 {
		d.line(0, d.paint(bold, "nothing that matters differs"))
		return
	}
	p := d.c.Pairs[d.c.First]
	ok, bad := d.c.OK.Exchanges[p.OK], d.c.Bad.Exchanges[p.Bad]
	outcome := d.outcomes(ok, bad)
	request := mask.Visible(bad.Request.Method) + " " + d.mask.URL(bad.Request.URL)
	space := d.width() - len("   ") - len(plainOutcomes(ok, bad))
	d.line(0, d.paint(bold, pad(cut(request, space), min(space, 42)))+"   "+outcome)
	where := fmt.Sprintf("%s entry %d, %s entry %d", d.c.OK.File, p.OK, d.c.Bad.File, p.Bad)
	if diff.OutcomeOf(ok).Same(diff.OutcomeOf(bad)) && ok.Response != nil {
		where += "; all outcomes are alike, this is the first change"
	}
	for _, line := range fold(where, d.width()) {
		d.line(0, d.paint(dim, line))
	}
}

// noAnswers stands for the outcomes of curl lines.
const noAnswers = "no answers recorded"

func plainOutcomes(ok, bad *traffic.Exchange) string {
	if ok.Response == nil && bad.Response == nil {
		return noAnswers
	}
	return diff.OutcomeOf(ok).String() + " → " + diff.OutcomeOf(bad).String()
}

func (d *diffText) outcomes(ok, bad *traffic.Exchange) string {
	if ok.Response == nil && bad.Response == nil {
		return d.paint(dim, noAnswers)
	}
	before, after := diff.OutcomeOf(ok), diff.OutcomeOf(bad)
	color := red
	if before.Same(after) {
		color = dim
	}
	return before.String() + " → " + d.paint(color, after.String())
}

// The sections of a pair, in the order in which people look for a cause.
var sections = []struct {
	title string
	side  diff.Side
	parts []diff.Part
}{
	{"origin", diff.Request, []diff.Part{diff.URL, diff.Scheme, diff.Userinfo, diff.Host, diff.Port}},
	{"path", diff.Request, []diff.Part{diff.Method, diff.Path}},
	{"query", diff.Request, []diff.Part{diff.Query, diff.Fragment}},
	{"header", diff.Request, []diff.Part{diff.Header, diff.Proto}},
	{"cookie", diff.Request, []diff.Part{diff.Cookie}},
	{"body", diff.Request, []diff.Part{diff.Body, diff.MediaType}},
	{"response", diff.Response, []diff.Part{
		diff.Answer, diff.Status, diff.Failure, diff.Header, diff.SetCookie, diff.Location, diff.Body, diff.MediaType, diff.Reason, diff.Proto,
	}},
	{"recorder", diff.Recorder, []diff.Part{diff.Note}},
}

// changed shows all that changed in a pair, by section.
func (d *diffText) changed(p diff.Compared, changes []diff.Change) {
	values := pairDoor(d.mask, d.c.OK.Exchanges[p.OK], d.c.Bad.Exchanges[p.Bad])
	tokens := viewTokens(changes, values)
	hidden := 0
	if !requestMatters(changes) && !d.All {
		d.line(0, d.paint(cyan, "  request   ")+"nothing changed in it")
	}
	for _, section := range sections {
		title := section.title
		shown := 0
		for _, part := range section.parts {
			for _, change := range changes {
				if change.Side != section.side || change.Part != part {
					continue
				}
				if change.Noise != "" && !d.All {
					hidden++
					continue
				}
				if !d.All && tokens.quiet(change.Edit) {
					if text := tokens.tell(change.Edit); text != "" {
						d.line(0, d.paint(cyan, "  "+pad(title, nameColumn-2))+mask.Visible(change.Name)+"  "+text)
						title = ""
					}
					continue
				}
				if shown == maxSection && !d.All {
					title = ""
				}
				if shown++; shown > maxSection && !d.All {
					continue
				}
				d.change(title, change, values)
				title = ""
			}
		}
		if over := shown - maxSection; over > 0 && !d.All {
			d.line(valueColumn, d.paint(dim, fmt.Sprintf("%d more (--all shows them)", over)))
		}
	}
	if hidden > 0 {
		d.line(2, d.paint(dim, fmt.Sprintf("%s of noise in this pair (--all shows it)", count(hidden, "change", "changes"))))
	}
}

// requestMatters tells whether anything but noise changed in the request.
func requestMatters(changes []diff.Change) bool {
	return slices.ContainsFunc(changes, func(c diff.Change) bool { return c.Side == diff.Request && c.Noise == "" })
}

const (
	maxSection  = 20 // changes shown of a section
	nameColumn  = 12
	valueColumn = 14
)

// change shows one edit: a line where it fits, the two values below each
// other elsewhere.
func (d *diffText) change(title string, change diff.Change, values door) {
	head := "  " + pad(title, nameColumn-2)
	name := mask.Visible(d.name(change.Edit))
	note := ""
	if change.Noise != "" {
		note = "  (" + string(change.Noise) + ")"
	}
	old, new := values.values(change.Edit)
	old, new = emptyMark(change.Edit, old), emptyMark(change.Edit, new)
	text, painted := d.inline(change.Edit, old, new)
	if room := d.width() - nameColumn - len(name) - 2 - len(note); len([]rune(text)) <= room {
		d.line(0, d.paint(cyan, head)+name+"  "+painted+d.paint(dim, note))
		return
	}
	d.line(0, d.paint(cyan, head)+name+d.paint(dim, note))
	if change.Op != diff.Add {
		d.value("- ", green, old, valueLines(change))
	}
	if change.Op != diff.Remove {
		d.value("+ ", red, new, maxValueLines)
	}
}

// name is the place of an edit within its section.
func (d *diffText) name(e diff.Edit) string {
	name := e.Name
	switch e.Part {
	case diff.Header, diff.Cookie, diff.Query, diff.Note:
	case diff.Path:
		name = "segment " + e.Name
	case diff.SetCookie:
		name = "set-cookie " + e.Name
	case diff.Body:
		name = strings.TrimSpace("body " + e.Name)
		if e.Side == diff.Request {
			name = strings.TrimPrefix(name, "body ")
		}
	default:
		name = strings.TrimSpace(string(e.Part) + " " + e.Name)
	}
	if e.Sub != "" {
		name += " " + strings.TrimPrefix(e.Sub, "credentials.")
	}
	return name
}

// inline is an edit in one line, plain and painted.
func (d *diffText) inline(e diff.Edit, old, new string) (text, painted string) {
	switch e.Op {
	case diff.Add:
		return "added " + new, d.paint(red, "added") + " " + new
	case diff.Remove:
		return "removed " + old, d.paint(red, "removed") + " " + old
	case diff.Reorder:
		return "in another order", "in another order"
	case diff.Layout, diff.Respell:
		return "written differently", "written differently"
	default:
		return old + " → " + new, old + " → " + d.paint(red, new)
	}
}

// emptyMark makes an empty value visible; an empty segment is what a doubled
// or a trailing slash makes.
func emptyMark(e diff.Edit, value string) string {
	switch {
	case value != "":
		return value
	case e.Part == diff.Path:
		return "(empty, a slash alone)"
	}
	return "(empty)"
}

// maxValueLines bounds what is shown of a long value.
const maxValueLines = 6

// valueLines bounds the old value of an edit. Of an answer that is gone, its
// beginning tells enough.
func valueLines(change diff.Change) int {
	if change.Side == diff.Response && change.Part == diff.Body {
		return 2
	}
	return maxValueLines
}

func (d *diffText) value(sign, color, text string, most int) {
	var lines []string
	for part := range strings.SplitSeq(text, "\n") {
		lines = append(lines, fold(part, d.width()-valueColumn-2)...)
	}
	if over := len(lines) - most; over > 0 && !d.All {
		lines = append(lines[:most], d.paint(dim, fmt.Sprintf("… %s more", count(over, "line", "lines"))))
	}
	for i, line := range lines {
		if i > 0 {
			sign = "  "
		}
		d.line(valueColumn-2, d.paint(color, sign)+line)
	}
}

// maxRows bounds the lists of other pairs.
const maxRows = 20

func (d *diffText) elsewhere() {
	rows := 0
	for _, i := range d.byWeight() {
		p := d.c.Pairs[i]
		if i == d.c.First || p.Matter == 0 && !d.All || p.Matter+p.Noise == 0 {
			continue
		}
		if rows == 0 {
			d.line(0, "")
			d.line(0, d.paint(bold, "elsewhere"))
		}
		if rows++; rows > maxRows && !d.All {
			continue
		}
		changes := p.Changes()
		d.row(p, changes)
		if d.All {
			d.changed(p, changes)
		}
	}
	if rows > maxRows && !d.All {
		d.line(2, d.paint(dim, fmt.Sprintf("%s more (--all shows them)", count(rows-maxRows, "pair", "pairs"))))
	}
}

// byWeight orders the pairs for a list that may be cut: other outcomes first,
// then what hands out or carries credentials, each in the order of the flow.
func (d *diffText) byWeight() []int {
	order := make([]int, len(d.c.Pairs))
	weight := make([]int, len(order))
	for i, p := range d.c.Pairs {
		order[i] = i
		if !diff.OutcomeOf(d.c.OK.Exchanges[p.OK]).Same(diff.OutcomeOf(d.c.Bad.Exchanges[p.Bad])) {
			weight[i] = 2
			continue
		}
		if p.Credentials {
			weight[i] = 1
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return weight[b] - weight[a] })
	return order
}

// row is a pair in a line: its request, its outcomes, the names of what
// changed.
func (d *diffText) row(p diff.Compared, changes []diff.Change) {
	ok, bad := d.c.OK.Exchanges[p.OK], d.c.Bad.Exchanges[p.Bad]
	const request, outcome = 36, 14
	line := pad(cut(d.shortRequest(bad), request), request) + "  "
	after := max(0, outcome-len([]rune(plainOutcomes(ok, bad))))
	names := strings.Join(changedNames(changes), ", ")
	names = cut(mask.Visible(names), d.width()-2-request-2-max(outcome, len([]rune(plainOutcomes(ok, bad))))-1)
	d.line(2, line+d.outcomes(ok, bad)+strings.Repeat(" ", after)+" "+d.paint(dim, names))
}

// changedNames names what changed and matters, each once.
func changedNames(changes []diff.Change) []string {
	var names []string
	seen := map[string]bool{}
	for _, c := range changes {
		if c.Noise != "" {
			continue
		}
		name := c.Name
		switch {
		case c.Part == diff.Body:
			name = "body"
		case c.Part == diff.Path:
			name = "path"
		case name == "" || c.Part != diff.Header && c.Part != diff.Cookie && c.Part != diff.Query:
			name = strings.TrimSpace(string(c.Part) + " " + name)
		case c.Part != diff.Header:
			name = string(c.Part) + " " + name
		}
		if c.Part == diff.Status || c.Part == diff.Failure || seen[name] {
			continue // the outcomes say it
		}
		seen[name] = true
		names = append(names, name)
	}
	return names
}

// shortRequest leaves the scheme away and keeps the end of a long path.
func (d *diffText) shortRequest(x *traffic.Exchange) string {
	url := d.mask.URL(x.Request.URL)
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	url, _, _ = strings.Cut(url, "?")
	return mask.Visible(x.Request.Method) + " " + url
}

func (d *diffText) oneSided(title string, c *traffic.Capture, indices []int) {
	if len(indices) == 0 {
		return
	}
	d.line(0, "")
	d.line(0, d.paint(bold, title))
	for n, i := range indices {
		if n == maxRows && !d.All {
			d.line(2, d.paint(dim, fmt.Sprintf("%s more (--all shows them)", count(len(indices)-n, "entry", "entries"))))
			break
		}
		x := c.Exchanges[i]
		d.line(2, cut(fmt.Sprintf("%-6s %s  %s", "#"+strconv.Itoa(i), d.shortRequest(x), diff.OutcomeOf(x)), d.width()-2))
	}
}

// summary counts what was compared, so that silence is not mistaken for
// blindness.
func (d *diffText) summary() {
	equal, quiet := 0, 0
	for _, p := range d.c.Pairs {
		switch {
		case p.Matter+p.Noise == 0:
			equal++
		case p.Matter == 0:
			quiet++
		}
	}
	text := count(len(d.c.Pairs), "pair", "pairs")
	if equal > 0 {
		text += fmt.Sprintf(", %d equal", equal)
	}
	if quiet > 0 {
		text += fmt.Sprintf(", %d with noise alone", quiet)
		if !d.All {
			text += " (--all shows it)"
		}
	}
	d.line(0, "")
	d.line(0, d.paint(dim, text))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}
