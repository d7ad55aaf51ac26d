package report

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/harness/rates"
)

// RatesOpenMetrics writes counts as OpenMetrics 1.0 text, for a node exporter's
// textfile collector or a push gateway. All are counters of what the files hold:
// a log that is rotated begins anew, which is a counter's reset.
func RatesOpenMetrics(w io.Writer, r *rates.Report) error {
	b := bufio.NewWriter(w)
	requests, refusals := family{}, family{}
	requests.add(nil, r.Total.Requests)
	refusals.addRow(nil, r.Status, &r.Total)
	for i := range r.Tables {
		table := &r.Tables[i]
		for j := range table.Rows {
			labels := rowLabels(table, table.Rows[j].Key)
			requests.add(labels, table.Rows[j].Requests)
			refusals.addRow(labels, r.Status, &table.Rows[j])
		}
		if table.Other != nil {
			labels := rowLabels(table, slices.Repeat([]string{otherKey}, len(table.By)))
			requests.add(labels, table.Other.Requests)
			refusals.addRow(labels, r.Status, table.Other)
		}
	}
	undecoded := family{}
	for _, s := range r.Sources {
		undecoded.add([]string{label("file", safe(s.Name))}, s.Undecoded)
	}
	requests.write(b, "replay_log_requests", "requests", "counter", "Answered requests in the files that were read, by breakdown.")
	refusals.write(b, "replay_log_refusals", "refusals", "counter", "Requests that were refused, by breakdown and status.")
	undecoded.write(b, "replay_log_undecoded_lines", "lines", "counter", "Lines of no known format.")
	spikes := family{}
	spikes.add(nil, int64(len(r.Spikes)))
	spikes.write(b, "replay_log_spikes", "spikes", "gauge", "Rows with a spike, where --alert looked for them.")
	b.WriteString("# EOF\n")
	return b.Flush()
}

// A family is the samples of one metric, by their labels.
type family map[string]int64

// add adds to a sample: no two may have the same labels.
func (f family) add(labels []string, n int64) { f[strings.Join(labels, ",")] += n }

func (f family) addRow(labels []string, status []int, row *rates.Row) {
	for i, s := range status {
		f.add(append(slices.Clone(labels), label("status", strconv.Itoa(s))), row.Watched[i])
	}
}

func (f family) write(b *bufio.Writer, name, unit, kind, help string) {
	fmt.Fprintf(b, "# TYPE %s %s\n# UNIT %s %s\n# HELP %s %s\n", name, kind, name, unit, name, help)
	if kind == "counter" {
		name += "_total"
	}
	keys := make([]string, 0, len(f))
	for labels := range f {
		keys = append(keys, labels)
	}
	slices.Sort(keys)
	for _, labels := range keys {
		if b.WriteString(name); labels != "" {
			b.WriteString("{" + labels + "}")
		}
		b.WriteString(" " + strconv.FormatInt(f[labels], 10) + "\n")
	}
}

// rowLabels are the breakdown and what it is of; a value that is unknown has no
// label, which is how Prometheus sees an empty one.
func rowLabels(table *rates.Table, key []string) []string {
	labels := []string{label("by", strings.Join(table.By, "+"))}
	for i, by := range table.By {
		if key[i] != "" {
			labels = append(labels, label(by, safe(key[i])))
		}
	}
	return labels
}

var labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

func label(name, value string) string {
	return name + `="` + labelEscapes.Replace(strings.ToValidUTF8(value, "\ufffd")) + `"`
}
