package accesslog

import (
	"strings"
	"time"
)

// A clock reads the times of one log.
type clock struct{ *time.Location }

func (c clock) location() *time.Location {
	if c.Location == nil {
		return time.UTC
	}
	return c.Location
}

// A stamp is a time as a line has it.
type stamp struct {
	time     time.Time
	zoneless bool
}

// read reads a time in any of the forms of logs.
func (c clock) read(s string) (stamp, bool) {
	if t, rest, ok := c.clf(s); ok && rest == "" {
		return t, true
	}
	if t, rest, ok := c.iso(s); ok && rest == "" {
		return t, true
	}
	if t, ok := epoch(s); ok {
		return stamp{time: t}, true
	}
	return stamp{}, false
}

// clf reads "24/Nov/2026:13:55:36 -0700", with or without zone and fraction
// (the %t of Apache, HAProxy's %tr), and returns what follows it.
func (c clock) clf(s string) (stamp, string, bool) {
	if len(s) < 20 || s[2] != '/' || s[6] != '/' || s[11] != ':' {
		return stamp{}, s, false
	}
	day, ok1 := digits(s[:2])
	year, ok2 := digits(s[7:11])
	month := monthOf(s[3:6])
	if !ok1 || !ok2 || month == 0 {
		return stamp{}, s, false
	}
	return c.ofDay(year, month, day, s[12:])
}

// iso reads RFC 3339 and what is near it: a space for the T, a comma before
// the fraction, no zone, slashes in the date; and returns what follows it.
func (c clock) iso(s string) (stamp, string, bool) {
	if len(s) < 19 || s[4] != '-' && s[4] != '/' || s[7] != s[4] || s[10] != 'T' && s[10] != ' ' && s[10] != 't' {
		return stamp{}, s, false
	}
	year, ok1 := digits(s[:4])
	month, ok2 := digits(s[5:7])
	day, ok3 := digits(s[8:10])
	if !ok1 || !ok2 || !ok3 || month < 1 || month > 12 {
		return stamp{}, s, false
	}
	return c.ofDay(year, time.Month(month), day, s[11:])
}

// ctime reads "Tue Nov 24 01:30:00.123456 2026", of Apache's error log.
func (c clock) ctime(s string) (stamp, bool) {
	if len(s) < 24 {
		return stamp{}, false
	}
	s, year := s[:len(s)-5], s[len(s)-4:]
	y, ok1 := digits(year)
	month := monthOf(s[4:7])
	day, ok2 := digits(strings.TrimLeft(s[8:10], " "))
	if !ok1 || !ok2 || month == 0 || s[10] != ' ' {
		return stamp{}, false
	}
	t, rest, ok := c.ofDay(y, month, day, s[11:])
	return t, ok && rest == ""
}

// ofDay reads the time of a day: "13:55:36.123 -0700".
func (c clock) ofDay(year int, month time.Month, day int, s string) (stamp, string, bool) {
	if len(s) < 8 || s[2] != ':' || s[5] != ':' {
		return stamp{}, s, false
	}
	hour, ok1 := digits(s[:2])
	minute, ok2 := digits(s[3:5])
	second, ok3 := digits(s[6:8])
	if !ok1 || !ok2 || !ok3 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 {
		return stamp{}, s, false
	}
	nanos, s := fraction(s[8:])
	offset, s, zoned := zone(s)
	if !zoned {
		return stamp{time.Date(year, month, day, hour, minute, second, nanos, c.location()).UTC(), true}, s, true
	}
	return stamp{time.Date(year, month, day, hour, minute, second-offset, nanos, time.UTC), false}, s, true
}

// fraction reads ".123" or ",123" as nanoseconds.
func fraction(s string) (int, string) {
	if len(s) < 2 || s[0] != '.' && s[0] != ',' || s[1] < '0' || s[1] > '9' {
		return 0, s
	}
	nanos, unit, i := 0, 100_000_000, 1
	for ; i < len(s) && '0' <= s[i] && s[i] <= '9'; i++ {
		nanos += int(s[i]-'0') * unit
		unit /= 10
	}
	return nanos, s[i:]
}

// zone reads "Z", "+01:00" or " -0700" as seconds east of UTC.
func zone(s string) (offset int, rest string, ok bool) {
	z := s
	if z != "" && z[0] == ' ' {
		z = z[1:]
	}
	switch {
	case z == "":
		return 0, s, false
	case z[0] == 'Z' || z[0] == 'z':
		return 0, z[1:], true
	case strings.HasPrefix(z, "UTC"), strings.HasPrefix(z, "GMT"):
		return 0, z[3:], true
	case z[0] != '+' && z[0] != '-' || len(z) < 5:
		return 0, s, false
	}
	minutes, rest := z[3:5], z[5:]
	if z[3] == ':' {
		if len(z) < 6 {
			return 0, s, false
		}
		minutes, rest = z[4:6], z[6:]
	}
	h, ok1 := digits(z[1:3])
	m, ok2 := digits(minutes)
	if !ok1 || !ok2 || h > 15 || m > 59 {
		return 0, s, false
	}
	offset = h*3600 + m*60
	if z[0] == '-' {
		offset = -offset
	}
	return offset, rest, true
}

// epoch reads the time since 1970 in seconds, with or without a fraction, or in
// milli-, micro- or nanoseconds, told by its length: each holds for the years
// 2001 to 2286.
func epoch(s string) (time.Time, bool) {
	whole, rest := s, ""
	if i := strings.IndexByte(s, '.'); i >= 0 {
		whole, rest = s[:i], s[i:]
	}
	n, ok := digits(whole)
	if !ok {
		return time.Time{}, false
	}
	t := int64(n)
	switch len(whole) {
	case 10:
		nanos, rest := fraction(rest)
		return time.Unix(t, int64(nanos)).UTC(), rest == ""
	case 13:
		return time.UnixMilli(t).UTC(), true
	case 16:
		return time.UnixMicro(t).UTC(), true
	case 19:
		return time.Unix(0, t).UTC(), true
	}
	return time.Time{}, false
}

// monthOf is the month of an English abbreviation, 0 of anything else.
func monthOf(s string) time.Month {
	switch s {
	case "Jan":
		return time.January
	case "Feb":
		return time.February
	case "Mar":
		return time.March
	case "Apr":
		return time.April
	case "May":
		return time.May
	case "Jun":
		return time.June
	case "Jul":
		return time.July
	case "Aug":
		return time.August
	case "Sep":
		return time.September
	case "Oct":
		return time.October
	case "Nov":
		return time.November
	case "Dec":
		return time.December
	}
	return 0
}

// digits reads a number of digits alone that fits 63 bits.
func digits(s string) (int, bool) {
	if s == "" || len(s) > 19 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = n*10 + int(c)
	}
	return n, n >= 0
}
