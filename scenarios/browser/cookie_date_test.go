package browser

import (
	"testing"
	"time"
)

const noDate = "unreadable"

// dateRows were measured in Chromium 156 in the column of Chromium, and read off
// RFC 6265bis §5.1.1 in the other.
var dateRows = []struct{ date, chromium, standard, reason string }{
	{"Fri, 01 Jan 2027 10:10:10 GMT", "2027-01-01T10:10:10Z", "2027-01-01T10:10:10Z", "IMF-fixdate"},
	{"Friday, 01-Jan-27 10:10:10 GMT", "2027-01-01T10:10:10Z", "2027-01-01T10:10:10Z", "RFC 850"},
	{"Fri Jan  1 10:10:10 2027", "2027-01-01T10:10:10Z", "2027-01-01T10:10:10Z", "asctime"},
	{"01st Jan 2027 10:10:10", noDate, "2027-01-01T10:10:10Z", "text after the day"},
	{"01 Jan 2027x 10:10:10", noDate, "2027-01-01T10:10:10Z", "text after the year"},
	{"01 Jan 2027 10:10:10pm", noDate, "2027-01-01T10:10:10Z", "text after the time"},
	{"01 Jan 2027x 2026 10:10:10", "2026-01-01T10:10:10Z", "2027-01-01T10:10:10Z", "Chromium skips what it cannot read"},
	{"01st 02 Jan 2027 10:10:10", "2027-01-02T10:10:10Z", "2002-01-01T10:10:10Z", "the same for the day: to the text 02 is the year"},
	{"01 Jan 2027 010:10:10", "2027-01-01T10:10:10Z", noDate, "an hour of three digits"},
	{"01 Jan 2027 10:10:10:10", noDate, "2027-01-01T10:10:10Z", "a fourth part of the time"},
	{"01 Jan 2027 10:10:100 11:11:11", noDate, "2027-01-01T11:11:11Z", "Chromium takes the first time and finds it out of range"},
	{"01 Jan 2027 10:10:10 11:11:11", "2027-01-01T10:10:10Z", "2027-01-01T10:10:10Z", "the first time counts"},
	{"01 Jan 2027 10:10", noDate, noDate, "no seconds"},
	{"01 Jan 20270 10:10:10", "20270-01-01T10:10:10Z", noDate, "a year of five digits"},
	{"01 Jan 002027 10:10:10", noDate, noDate, "a year of six"},
	{"001 02 Jan 2027 10:10:10", "2001-01-02T10:10:10Z", "2001-01-02T10:10:10Z", "three digits are a year"},
	{"Jan 27 01 10:10:10", "2001-01-27T10:10:10Z", "2001-01-27T10:10:10Z", "the first of two numbers is the day"},
	{"2027 Jan 01 10:10:10", "2027-01-01T10:10:10Z", "2027-01-01T10:10:10Z", "any order"},
	{"2027-01-01T10:10:10Z", noDate, noDate, "ISO 8601 has no month name"},
	{"01 Janx 2027 10:10:10", "2027-01-01T10:10:10Z", "2027-01-01T10:10:10Z", "three letters make a month"},
	{"01 xJan 2027 10:10:10", noDate, noDate, "at its beginning"},
	{"31 Feb 2027 10:10:10", noDate, noDate, "no such day"},
	{"29 Feb 2028 10:10:10", "2028-02-29T10:10:10Z", "2028-02-29T10:10:10Z", "a leap year"},
	{"00 Jan 2027 10:10:10", noDate, noDate, "days count from 1"},
	{"01 Jan 2027 24:00:00", noDate, noDate, "no such hour"},
	{"01 Jan 2027 23:59:60", noDate, noDate, "no leap seconds"},
	{"01 Jan 1600 10:10:10", "1600-01-01T10:10:10Z", noDate, "before 1601"},
	{"01 Jan 69 10:10:10", "2069-01-01T10:10:10Z", "2069-01-01T10:10:10Z", "the last of this century"},
	{"01 Jan 70 10:10:10", "1970-01-01T10:10:10Z", "1970-01-01T10:10:10Z", "the first of the last one"},
	{"01 Jan 0 10:10:10", "2000-01-01T10:10:10Z", noDate, "the text wants two digits"},
	{"\xe901 Jan 2027 10:10:10", noDate, noDate, "octets above 7F delimit nothing"},
	{"01 Jan 2027 10:10:10 GMT+0100", "2027-01-01T10:10:10Z", "2027-01-01T10:10:10Z", "zones are ignored"},
	{"\"Fri, 01 Jan 2027 10:10:10 GMT\"", "2027-01-01T10:10:10Z", "2027-01-01T10:10:10Z", "quotes delimit"},
	{"", noDate, noDate, "nothing"},
}

func TestCookieDates(t *testing.T) {
	for _, row := range dateRows {
		for p, want := range map[Profile]string{Chromium: row.chromium, Standard: row.standard} {
			got := noDate
			if at, ok := ParseCookieDate(row.date, p); ok {
				got = at.Format(time.RFC3339)
			}
			if got != want {
				t.Errorf("%v %q: %s, want %s (%s)", p, row.date, got, want, row.reason)
			}
		}
	}
}
