package scenarios

import (
	"net/http"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// dated is an exchange that the recorder started at local time and the server
// answered at date; zero times leave them out.
func dated(url string, local, date time.Time, wait float64) *traffic.Exchange {
	x := exchangeOf("GET", url)
	x.Recorded.Started = traffic.Timestamp{Time: local}
	x.Recorded.Timings = traffic.Timings{Blocked: -1, DNS: -1, Connect: -1, SSL: -1, Send: -1, Wait: wait, Receive: -1}
	x.Response = &traffic.Response{Status: 200}
	if !date.IsZero() {
		x.Response.Header = traffic.Header{{Name: "Date", Value: date.Format(http.TimeFormat)}}
	}
	return x
}

func viewOf(ok, bad *traffic.Capture) *View {
	for _, c := range []*traffic.Capture{ok, bad} {
		for i, x := range c.Exchanges {
			x.Index = i
		}
	}
	return &View{Comparison: diff.Compare(ok, bad, diff.Options{}), Decisive: -1}
}

func TestClock(t *testing.T) {
	const slow = 10 * time.Minute
	ahead := func(d time.Duration) *traffic.Exchange { return dated("https://a.test:8443/", noon, noon.Add(d), 0) }
	cached := ahead(-time.Hour)
	cached.Response.Header = append(cached.Response.Header, traffic.HeaderField{Name: "Age", Value: "3600"})
	kept := ahead(-time.Hour)
	kept.Unknown = traffic.Fields{{Pointer: "/_fromCache", Value: []byte(`"disk"`)}}
	unchanged := ahead(-time.Hour)
	unchanged.Response.Status = 304
	waited := dated("https://a.test/", noon, noon.Add(time.Minute), 120_000)
	for _, row := range []struct {
		reason    string
		xs        []*traffic.Exchange
		offset    time.Duration
		uncertain time.Duration
		samples   int
	}{
		{"the median, not the mean", []*traffic.Exchange{ahead(slow), ahead(slow), ahead(time.Hour)}, slow + time.Second/2, time.Second, 3},
		{"one sample is usable and less certain", []*traffic.Exchange{ahead(slow)}, slow + time.Second/2, 3 * time.Second, 1},
		{"answers of a cache tell another time", []*traffic.Exchange{cached, kept, unchanged, ahead(0), ahead(0), ahead(0)}, time.Second / 2, time.Second, 3},
		{"an answer was made while it was waited for", []*traffic.Exchange{waited, waited, waited}, time.Second / 2, 61 * time.Second, 3},
		{"no Date, no clock", []*traffic.Exchange{dated("https://a.test/", noon, time.Time{}, 0)}, 0, 0, 0},
		{"cassettes have no clock", []*traffic.Exchange{dated("https://a.test/", time.Time{}, noon, 0)}, 0, 0, 0},
	} {
		v := viewOf(&traffic.Capture{}, &traffic.Capture{Exchanges: row.xs})
		c, ok := v.Clock(Bad, "A.test:443")
		if ok != (row.samples > 0) || c != (Clock{row.offset, row.uncertain, row.samples}) {
			t.Errorf("%s: got %v %v", row.reason, c, ok)
		}
	}
}

func TestServerTime(t *testing.T) {
	zero := time.Time{}
	a := func(local, date time.Time) *traffic.Exchange { return dated("https://a.test/", local, date, 0) }
	b := func(local, date time.Time) *traffic.Exchange { return dated("https://b.test/", local, date, 0) }
	hour := noon.Add(time.Hour)
	for _, row := range []struct {
		reason string
		xs     []*traffic.Exchange
		want   time.Time
		within time.Duration
	}{
		{"its own Date", []*traffic.Exchange{a(noon, hour)}, hour.Add(time.Second / 2), time.Second},
		{"without a Date: the recorder's time, as the server's clock has it", []*traffic.Exchange{a(noon, hour), a(noon, hour), a(noon, hour),
			a(noon.Add(time.Minute), zero)}, hour.Add(time.Minute + time.Second/2), time.Second},
		{"a host that never says: as the client's clock is wrong for others", []*traffic.Exchange{b(noon, hour), b(noon, hour), b(noon, hour),
			a(noon, zero)}, hour.Add(time.Second / 2), time.Second},
		{"nothing but the recorder", []*traffic.Exchange{a(noon, zero)}, noon, unknownClock},
		{"a cassette: the last Date before", []*traffic.Exchange{b(zero, hour), a(zero, zero)}, hour, nearby},
		{"nothing at all", []*traffic.Exchange{a(zero, zero)}, zero, 0},
	} {
		v := viewOf(&traffic.Capture{}, &traffic.Capture{Exchanges: row.xs})
		at, within, ok := v.ServerTime(Bad, row.xs[len(row.xs)-1])
		if !at.Equal(row.want) || within != row.within || ok != !row.want.IsZero() {
			t.Errorf("%s: got %v ± %v", row.reason, at, within)
		}
	}
}
