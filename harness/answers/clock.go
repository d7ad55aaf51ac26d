package answers

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// timeOf is when an answer was made: by its own Date, else by the recorder.
func timeOf(x *traffic.Exchange) time.Time {
	if x.Response != nil {
		if date, err := http.ParseTime(x.Response.Header.Get("date")); err == nil {
			return date
		}
	}
	return x.Recorded.Started.Time
}

// A form is how a time is written. Times of one form look alike.
type form uint8

const (
	noTime form = iota
	epochSeconds
	epochMillis
	epochMicros
	epochNanos
	ticks // of .NET: 100 ns since the year 1
	isoForm
	httpForm
	dateForm // without a time of day
)

// minEpoch is from when numbers are taken for times: 2001, ten digits.
const minEpoch = 1_000_000_000

// parseTime reads a value that is a time and nothing else.
func parseTime(s string) (time.Time, form) {
	switch {
	case len(s) < 10 || len(s) > 40:
		return time.Time{}, noTime
	case !isDigit(s[0]):
		return tryLayouts(s, httpForm, httpLayouts, strings.IndexByte(s, ':') > 0)
	case s[4] == '-' || s[4] == '/':
		if len(s) == len(time.DateOnly) {
			return tryLayouts(s, dateForm, dateLayouts, true)
		}
		return tryLayouts(s, isoForm, isoLayouts, true)
	}
	return parseEpoch(s)
}

// ticksAtEpoch is 1970 in ticks.
const ticksAtEpoch = 621_355_968_000_000_000

// parseEpoch reads a number of seconds or of parts of them since 1970.
func parseEpoch(s string) (time.Time, form) {
	if strings.Trim(s, "0123456789.") != "" {
		return time.Time{}, noTime
	}
	n, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil:
	case minEpoch <= n && n < 10*minEpoch:
		return time.UnixMicro(int64(n * 1e6)), epochSeconds
	case minEpoch*1000 <= n && n < 10*minEpoch*1000:
		return time.UnixMilli(int64(n)), epochMillis
	case minEpoch*1e6 <= n && n < 10*minEpoch*1e6:
		return time.UnixMicro(int64(n)), epochMicros
	case minEpoch*1e9 <= n && n < 10*minEpoch*1e9:
		return time.Unix(0, int64(n)), epochNanos
	case ticksAtEpoch+minEpoch*1e7 <= n && n < ticksAtEpoch+10*minEpoch*1e7:
		return time.UnixMicro((int64(n) - ticksAtEpoch) / 10), ticks
	}
	return time.Time{}, noTime
}

func tryLayouts(s string, f form, layouts []string, worth bool) (time.Time, form) {
	if worth {
		for _, layout := range layouts {
			if t, err := time.Parse(layout, s); err == nil {
				return t, f
			}
		}
	}
	return time.Time{}, noTime
}

var (
	isoLayouts = []string{
		time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999",
		"2006-01-02T15:04:05.999999999-0700", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST",
	}
	httpLayouts = []string{http.TimeFormat, time.RFC1123Z, time.RFC850, "Mon, 02-Jan-2006 15:04:05 MST", time.ANSIC} // the fourth: cookies of old
	dateLayouts = []string{time.DateOnly, "2006/01/02"}
)

// sameDistance tells whether two lifetimes are the same but for what computing
// them takes, and for Date having seconds only.
func sameDistance(a, b time.Duration) bool {
	return (a - b).Abs() <= max(time.Minute, a.Abs()/100)
}

// clockNoise compares two times as seen from their own answers. An expiry has
// to be as far away as it was; of other times only the form counts, for they
// say when something happened. Without a clock a distance can't be told, and
// two times of one form are taken for the same.
func (p *pair) clockNoise(old, new string, expiry bool) bool {
	x, formOld := parseTime(old)
	y, formNew := parseTime(new)
	if formOld == noTime || formOld != formNew {
		return false
	}
	if p.began.IsZero() || p.begins.IsZero() {
		return formOld == isoForm || formOld == httpForm
	}
	a, b := x.Sub(p.began), y.Sub(p.begins)
	switch {
	case formOld == dateForm:
		return p.movedDays(int(y.Sub(x) / (24 * time.Hour)))
	case sameDistance(a, b):
		return true
	case expiry:
		return a < 0 && b < 0 // both over
	case formOld != isoForm && formOld != httpForm:
		// Other numbers may have as many digits.
		return a.Abs() <= 24*time.Hour && b.Abs() <= 24*time.Hour
	}
	return true
}

// movedDays tells whether a date that is some days later only went with the
// calendar: it moved as many days as lie between the answers, in some time zone.
func (p *pair) movedDays(days int) bool {
	const day = 24 * time.Hour
	elapsed := p.begins.Sub(p.began)
	least := int(elapsed / day)
	if elapsed < day/2 && p.began.UTC().Day() == p.begins.UTC().Day() {
		return days == 0
	}
	return days == least || days == least+1
}
