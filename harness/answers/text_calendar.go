package answers

import (
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
)

// calendarNoise knows the pieces of dates and times in texts. A piece has to be
// what the calendar made of it since: the day of the month of both answers, the
// same time later.
func (p *pair) calendarNoise(a, b []string, i int) diff.Noise {
	old, new := a[i], b[i]
	if p.began.IsZero() || p.begins.IsZero() {
		return ""
	}
	if ago(a, i) && ago(b, i) {
		return clock
	}
	if x, ok := timeOfDay(old); ok {
		y, ok := timeOfDay(new)
		if ok && toTheSecond(old) && toTheSecond(new) {
			return clock // a replay is faster than the recording was
		}
		elapsed := p.begins.Sub(p.began)
		turn := (y - x - elapsed) % (12 * time.Hour)
		if turn < 0 {
			turn += 12 * time.Hour
		}
		if ok && (turn <= clockDrift || turn >= 12*time.Hour-clockDrift) {
			return clock
		}
		return ""
	}
	if halfOfDay(old) && halfOfDay(new) && i >= 2 {
		if _, ok := timeOfDay(a[i-2]); ok {
			return clock
		}
	}
	if wrote(old, p.began, a, i) && wrote(new, p.begins, b, i) {
		return clock
	}
	return ""
}

// clockDrift is how much later or earlier, in proportion, a page of a replay may
// come than that of the recording did.
const clockDrift = 10 * time.Minute

// toTheSecond tells a time that a clock wrote; people open at 10:15:00.
func toTheSecond(s string) bool {
	return strings.Count(s, ":") == 2 && !strings.HasSuffix(s, ":00")
}

// timeOfDay reads "10:15" and "10:15:33".
func timeOfDay(s string) (time.Duration, bool) {
	if len(s) < len("3:04") || len(s) > len("15:04:05") || !isDigit(s[0]) || strings.IndexByte(s, ':') < 0 {
		return 0, false
	}
	for _, layout := range []string{"15:04:05", "15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)), true
		}
	}
	return 0, false
}

func halfOfDay(s string) bool { return strings.EqualFold(s, "am") || strings.EqualFold(s, "pm") }

// wrote tells whether a word is a piece of the date of an answer, in any time
// zone: its weekday, its month, the day beside a month, the year.
func wrote(word string, at time.Time, tokens []string, i int) bool {
	if len(word) > len("02-Jan-2006") {
		return false
	}
	for _, zone := range []time.Duration{0, -12 * time.Hour, 12 * time.Hour} {
		t := at.UTC().Add(zone)
		switch {
		case !isDigit(word[0]):
			if names(word, t.Weekday().String()) || names(word, t.Month().String()) {
				return true
			}
		case len(word) >= len("1/2/2006"):
			for _, layout := range []string{"02.01.2006", "01/02/2006", "02/01/2006", "1/2/2006", "2/1/2006", "2.1.2006", "02.01.06", "02-Jan-2006"} {
				if word == t.Format(layout) {
					return true
				}
			}
		case word == strconv.Itoa(t.Year()):
			return true
		case strings.TrimLeft(strings.TrimRight(word, "stndrh"), "0") == strconv.Itoa(t.Day()) && (isMonth(near(tokens, i, -2)) || isMonth(near(tokens, i, 2))):
			return true
		}
	}
	return false
}

func near(tokens []string, i, step int) string {
	if i += step; 0 <= i && i < len(tokens) {
		return tokens[i]
	}
	return ""
}

// names tells a name or its first three letters.
func names(word, name string) bool {
	return strings.EqualFold(word, name) || strings.EqualFold(word, name[:3])
}

func isMonth(word string) bool {
	for m := time.January; m <= time.December; m++ {
		if names(word, m.String()) {
			return true
		}
	}
	return false
}

// ago tells a word of "3 minutes ago".
func ago(tokens []string, i int) bool {
	for k := i; k <= i+4 && k < len(tokens); k += 2 {
		if strings.EqualFold(tokens[k], "ago") {
			return allDigits(tokens[i]) || k == i+2 && i >= 2
		}
	}
	return false
}
