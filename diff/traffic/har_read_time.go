package traffic

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// timeLayouts are those seen in captures, RFC 3339 first (HAR 1.2 asks for
// it). A fraction of a second is read after any of them.
var timeLayouts = []string{
	time.RFC3339,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02T15:04:05Z07",
	"2006-01-02T15:04Z07:00",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05Z0700",
	"2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05 Z0700",
	"2006-01-02 15:04:05 UTC",
	"2006-01-02 15:04:05 -0700 MST",
	"Mon, 02 Jan 2006 15:04:05 GMT", // RFC 9110 section 5.6.7
	"Mon, 02 Jan 2006 15:04:05 UTC",
	time.RFC1123Z,
	"Mon Jan 02 2006 15:04:05 GMT-0700", // Date.prototype.toString, without its comment
}

var zonelessLayouts = []string{
	"2006-01-02T15:04:05",
	"2006-01-02 15:04:05",
	"2006-01-02T15:04",
	"2006-01-02",
	time.ANSIC,
}

// parseTime reads a time; zoned tells whether it names its zone.
func parseTime(text string) (t time.Time, zoned, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, false, false
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, true, true
	}
	if t, ok := epoch(text); ok {
		return t, true, true
	}
	text, _, _ = strings.Cut(text, " (")
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true, true
		}
	}
	for _, layout := range zonelessLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, false, true
		}
	}
	return time.Time{}, false, false
}

// epoch reads a count since 1970. Its size tells the unit: nobody captured
// HTTP before 1973, which is 1e8 seconds or 1e11 milliseconds.
func epoch(text string) (time.Time, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || !(n >= 1e8 && n < 1e19) {
		return time.Time{}, false
	}
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
		switch {
		case n < 1e11:
			return time.Unix(whole, 0).UTC(), true
		case n < 1e14:
			return time.UnixMilli(whole).UTC(), true
		case n < 1e17:
			return time.UnixMicro(whole).UTC(), true
		}
		return time.Unix(0, whole).UTC(), true
	}
	seconds := n
	if n >= 1e11 {
		seconds = n / 1e3
	}
	if seconds >= 1e11 {
		return time.Time{}, false
	}
	whole, fraction := math.Modf(seconds)
	return time.Unix(int64(whole), int64(fraction*1e9)).Round(time.Microsecond).UTC(), true
}
