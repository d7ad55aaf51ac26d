package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/shown"
)

// maxRows bounds the lists of other pairs and of entries without one.
const maxRows = 20

// elsewhere lists the pairs that differ too.
func (d *diffText) elsewhere() {
	rows := 0
	for _, i := range d.byWeight() {
		p := d.c.Pairs[i]
		if i == d.shown || p.Matter+p.Noise == 0 || !d.all && !p.Matters() {
			continue
		}
		if rows++; rows == 1 {
			d.line(0)
			d.line(0, span{bold, d.pairsTitle()})
		}
		if rows > maxRows && !d.all {
			continue
		}
		changes := p.Changes()
		d.row(p, changes)
		if d.all {
			d.changed(p, changes)
		}
	}
	if rows > maxRows && !d.all {
		d.line(2, span{dim, "  " + count(rows-maxRows, "more pair", "more pairs") + " (--all shows them)"})
	}
}

func (d *diffText) pairsTitle() string {
	if d.c.First < 0 {
		return "pairs"
	}
	return "elsewhere"
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
// changed. The request gets three parts in five of what is left beside the
// outcomes, 36 columns of 80.
func (d *diffText) row(p diff.Compared, changes []diff.Change) {
	ok, bad := p.OKExchange, p.BadExchange
	const indent, gap, outcome = 2, 2, 14
	room := d.width() - indent - 2*gap - outcome
	request := room * 3 / 5
	spans := []span{plain("  " + pad(cutMiddle(d.shortRequest(bad), request), request+gap))}
	spans = append(spans, outcomes(ok, bad)...)
	left := d.width() - spanColumns(spans)
	space := max(indent+request+gap+outcome+gap-spanColumns(spans), gap)
	if names := cut(strings.Join(changedNames(changes, shown.PairDoor(d.mask, ok, bad)), ", "), left-space); names != "" {
		spans = append(spans, plain(strings.Repeat(" ", space)), span{dim, names})
	}
	d.line(indent+2, spans...)
}

// changedNames names what changed and matters, each once.
func changedNames(changes []diff.Change, values shown.Door) []string {
	var names []string
	seen := map[string]bool{}
	for _, c := range changes {
		if c.Noise != "" || c.Part == diff.Status || c.Part == diff.Failure {
			continue // the outcomes say it
		}
		name := values.Name(c.Edit)
		switch c.Part {
		case diff.Body, diff.Path:
			name = string(c.Part)
		case diff.Header:
		default:
			name = strings.TrimSpace(string(c.Part) + " " + name)
		}
		if !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// shortRequest leaves scheme and query away.
func (d *diffText) shortRequest(x *traffic.Exchange) string {
	url := d.mask.URL(x.Request.URL)
	if _, rest, ok := strings.Cut(url, "://"); ok {
		url = rest
	}
	url, _, _ = strings.Cut(url, "?")
	return mask.Visible(x.Request.Method) + " " + url
}

// oneSided lists the exchanges that one capture alone has.
func (d *diffText) oneSided(c *traffic.Capture, indices []int) {
	if len(indices) == 0 {
		return
	}
	d.line(0)
	d.line(2, span{bold, "only in " + mask.Visible(c.File)})
	for n, i := range indices {
		if left := len(indices) - n; n == maxRows && left > 1 && !d.all {
			d.line(2, span{dim, "  " + count(left, "more entry", "more entries") + " (--all shows them)"})
			return
		}
		x := c.Exchanges[i]
		number, outcome := pad("  #"+strconv.Itoa(i), 9), "  "+diff.OutcomeOf(x).String()
		d.line(4, plain(number+cutMiddle(d.shortRequest(x), d.width()-len(number)-columns(outcome))+outcome))
	}
}
