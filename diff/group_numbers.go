package diff

import (
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

func number(n int64) string { return strconv.FormatInt(n, 10) }

func parseNumber(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

func sizesText(s traffic.Sizes) string {
	return number(s.Header) + " " + number(s.Body) + " " + number(s.Content) + " " + number(s.Compression)
}

func parseSizes(text string) traffic.Sizes {
	f := append(strings.Fields(text), "", "", "", "")
	return traffic.Sizes{Header: parseNumber(f[0]), Body: parseNumber(f[1]), Content: parseNumber(f[2]), Compression: parseNumber(f[3])}
}

// timingFields are the numbers of an exchange in the order of their text.
func timingFields(r *traffic.Recorded) []*float64 {
	t := &r.Timings
	return []*float64{&r.Millis, &t.Blocked, &t.DNS, &t.Connect, &t.SSL, &t.Send, &t.Wait, &t.Receive}
}

func timingsText(r *traffic.Recorded) string {
	var text []string
	for _, f := range timingFields(r) {
		text = append(text, strconv.FormatFloat(*f, 'g', -1, 64))
	}
	return strings.Join(text, " ")
}

func parseTimings(r *traffic.Recorded, text string) {
	words := strings.Fields(text)
	for i, f := range timingFields(r) {
		*f = 0
		if i < len(words) {
			*f, _ = strconv.ParseFloat(words[i], 64)
		}
	}
}

// timestampText keeps what a recorder wrote beside the time it means.
func timestampText(t traffic.Timestamp) string {
	if !t.Known() {
		return strings.TrimSuffix("- "+t.Text, "- ")
	}
	return t.Time.Format(time.RFC3339Nano) + " " + t.Text
}

func parseTimestamp(text string) traffic.Timestamp {
	at, written, _ := strings.Cut(text, " ")
	t, _ := time.Parse(time.RFC3339Nano, at)
	return traffic.Timestamp{Time: t, Text: written}
}
