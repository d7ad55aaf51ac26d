package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/harness/rates"
)

// The columns of a table of rates, beside the key, which has the rest.
const (
	sparkWidth  = 16
	numberWidth = 9
	rateWidth   = 8
)

// table writes a breakdown as a table: key, requests, refused, rate, and the
// rate over time as a line.
func (t *ratesText) table(table *rates.Table) {
	if table.Unknown || len(table.Rows) == 0 || isAll(table) && len(t.r.Tables) > 1 {
		return
	}
	wide := t.sparkWidth()
	key := t.width() - 2*numberWidth - rateWidth
	head := ""
	if wide > 0 {
		key -= 2 + wide
		head = "  " + cut("rate over time", wide)
	}
	t.line(0)
	t.line(0, span{cyan, pad(strings.Join(table.By, "+"), key) + right("requests", numberWidth) + right("refused", numberWidth) + right("rate", rateWidth)},
		span{dim, head})
	for i := range table.Rows {
		if left := len(table.Rows) - i; i >= t.o.Top && left > 1 {
			t.line(0, span{dim, fmt.Sprintf("%d rows more (--top shows them)", left)})
			break
		}
		row := &table.Rows[i]
		t.row(strings.Join(shownParts(row.Key), "  "), key, row)
	}
	if table.Other != nil {
		t.row(otherKey, key, table.Other)
		t.line(2, span{dim, fmt.Sprintf("a row can lack up to %s, which %s in %s (--keep)", count(int(table.Missed), "request", "requests"), map[bool]string{true: "is", false: "are"}[table.Missed == 1], otherKey)})
	}
}

// sparkWidth is the room for the rate over time; on a narrow terminal the keys
// need it.
func (t *ratesText) sparkWidth() int { return min(sparkWidth, max(0, t.width()-60)) }

func (t *ratesText) row(name string, key int, row *rates.Row) {
	color := ""
	if row.Refused > 0 && row.Rate() > 2*t.r.Total.Rate() {
		color = red
	}
	t.line(0, plain(pad(cutMiddle(name, key-1), key)), plain(right(strconv.FormatInt(row.Requests, 10), numberWidth)+right(strconv.FormatInt(row.Refused, 10), numberWidth)),
		span{color, right(percent(row.Rate()), rateWidth)}, span{cyan, strings.TrimRight("  "+spark(row, t.sparkWidth(), t.o.ASCII), " ")})
}

func right(text string, n int) string {
	return strings.Repeat(" ", max(0, n-columns(text))) + text
}

// The heights of a line of rates; where no request was is a blank.
var (
	heights      = []rune("▁▂▃▄▅▆▇█")
	heightsASCII = []rune("_.-~=+*#")
)

// spark draws the rate over time, at most n columns wide: each column is one or
// more windows. The highest column is the row's own highest rate.
func spark(row *rates.Row, n int, ascii bool) string {
	windows := len(row.Seen)
	if windows == 0 || n < 1 {
		return ""
	}
	n = min(n, windows)
	level := heights
	if ascii {
		level = heightsASCII
	}
	values, highest := make([]float64, n), 0.0
	for i := range values {
		var seen, refused int64
		for at := i * windows / n; at < (i+1)*windows/n; at++ {
			seen += row.Seen[at]
			refused += row.Refusals[at]
		}
		values[i] = -1
		if seen > 0 {
			values[i] = float64(refused) / float64(seen)
			highest = max(highest, values[i])
		}
	}
	out := make([]rune, n)
	for i, v := range values {
		switch {
		case v < 0:
			out[i] = ' '
		case v == 0 || highest == 0:
			out[i] = level[0]
		default:
			out[i] = level[min(len(level)-1, 1+int(v/highest*float64(len(level)-2)))]
		}
	}
	return string(out)
}
