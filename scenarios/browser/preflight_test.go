package browser

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var safelistRows = []struct {
	name, value        string
	chromium, standard bool
	reason             string
}{
	{"Accept", "text/html, */*;q=0.8", true, true, "plain"},
	{"Accept", strings.Repeat("a", 128), true, true, "128 bytes are still fine"},
	{"Accept", strings.Repeat("a", 129), false, false, "129 are not"},
	{"Accept", "a\x1fb", false, false, "a control"},
	{"Accept", "a\tb", true, true, "a tab is no unsafe byte"},
	{"Accept", "a\x7fb", false, false, "DEL"},
	{"Accept", "a\x80b", true, true, "bytes above 7F are fine here"},
	{"Accept-Language", "de-DE,de;q=0.9, *", true, true, "the usual"},
	{"Accept-Language", "de_DE", false, false, "an underscore is not in the list"},
	{"Content-Language", "d\xc3", false, false, "and no byte above 7F"},
	{"Content-Type", "text/plain;charset=utf-8", true, true, "parameters do not count"},
	{"Content-Type", "TEXT/PLAIN ; x", true, true, "case and white space do not count"},
	{"Content-Type", "text/plain, application/json", false, false, "a list is no MIME type"},
	{"Content-Type", "application/json", false, false, "the usual reason for a preflight"},
	{"Content-Type", "text/plain; a=\"b\"", false, false, "a quote is an unsafe byte"},
	{"Content-Type", "", false, false, "empty is no MIME type"},
	{"Range", "bytes=0-", true, true, "open range"},
	{"Range", "bytes=7-3", false, false, "backwards"},
	{"Range", "bytes=-5", false, false, "suffix"},
	{"Range", "bytes=0-1,3-4", false, false, "two"},
	{"Range", "bytes=0-18446744073709551616", false, true, "too large a number for Chromium"},
	{"Range", "bytes=0-9223372036854775807", false, true, "the largest of 64 bits is one too many"},
	{"Range", "bytes=9223372036854775806-9223372036854775806", true, true, "one less is not"},
	{"DPR", "1.5", true, false, "client hint"},
	{"DPR", "1.", false, false, "not a number"},
	{"Save-Data", "ON", true, false, "client hint"},
	{"ECT", "5g", false, false, "not one of the four"},
	{"User-Agent", "x", true, false, "Chromium changes it without a preflight"},
	{"Cookie", "a=b", true, true, "forbidden: dropped"},
	{"Sec-Anything", "x", true, true, "forbidden by prefix"},
	{"X-HTTP-Method-Override", "GET, trace", true, true, "forbidden by a forbidden method in it"},
	{"X-HTTP-Method-Override", "\"GET, trace\"", false, false, "quoted, it is no member"},
	{"X-Requested-With", "XMLHttpRequest", false, false, "any other name"},
}

func TestSafelist(t *testing.T) {
	for _, row := range safelistRows {
		r := CORSRequest{Header: Fields{{row.name, row.value}}}
		for p, want := range map[Profile]bool{Chromium: row.chromium, Standard: row.standard} {
			need := NeedsPreflight(r, p)
			if need.Needed == want {
				t.Errorf("profile %d, %s: %q: preflight %v, safelisted should be %v: %s", p, row.name, row.value, need.Needed, want, row.reason)
			}
		}
	}
}

func TestSafelistTotal(t *testing.T) {
	full := strings.Repeat("a", 128)
	r := CORSRequest{Via: ViaFetch}
	for range 8 {
		r.Header = append(r.Header, Field{"Accept", full})
	}
	if need := NeedsPreflight(r, Standard); need.Needed {
		t.Errorf("8 times 128 bytes are 1024: %+v", need)
	}
	r.Header = append(r.Header, Field{"Accept-Language", "d"})
	want := []string{"accept", "accept-language"}
	if need := NeedsPreflight(r, Standard); !slices.Equal(need.Headers, want) {
		t.Errorf("one byte more makes all of them unsafe: %v", need.Headers)
	}
	r.Header = r.Header[:2]
	if need := NeedsPreflight(r, Chromium); !slices.Equal(need.Headers, want[:1]) {
		t.Errorf("Chromium combines before it counts 128 bytes: %v", need.Headers)
	}
}

func TestPreflightHeader(t *testing.T) {
	need := NeedsPreflight(CORSRequest{
		Method: "patch", Header: Fields{{"X-Two", "1"}, {"Authorization", "x"}, {"x-two", "2"}, {"Accept", "x"}, {"Host", "y"}},
	}, Chromium)
	want := Fields{{"Origin", "https://a.test"}, {"Access-Control-Request-Method", "patch"}, {"Access-Control-Request-Headers", "authorization,x-two"}}
	if diff := cmp.Diff(want, need.PreflightHeader(Origin{"https", "a.test", 443})); diff != "" {
		t.Errorf("sorted, lower case, once each, the safelisted left out (-want +got):\n%s", diff)
	}
}

func TestMaxAge(t *testing.T) {
	for _, row := range []struct {
		values                      []string
		chromium, standard, firefox time.Duration
		reason                      string
	}{
		{nil, 5, 5, 5, "no header"},
		{[]string{"600"}, 600, 600, 600, "plain"},
		{[]string{"86401"}, 7200, 86401, 86400, "caps"},
		{[]string{"+600"}, 600, 5, 0, "a sign"},
		{[]string{"-1"}, 0, 5, 0, "negative"},
		{[]string{"0"}, 0, 0, 0, "zero is not kept"},
		{[]string{"600s"}, 5, 5, 0, "unreadable"},
		{[]string{"600", "600"}, 5, 5, 0, "two fields make one unreadable value"},
		{[]string{""}, 5, 5, 5, "empty"},
		{[]string{" 0600 "}, 600, 600, 600, "leading zero, white space"},
	} {
		var answer Fields
		for _, value := range row.values {
			answer = append(answer, Field{"Access-Control-Max-Age", value})
		}
		got := []time.Duration{MaxAge(answer, Chromium) / time.Second, MaxAge(answer, Standard) / time.Second, MaxAge(answer, Firefox) / time.Second}
		if want := []time.Duration{row.chromium, row.standard, row.firefox}; !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v: %s", row.values, got, want, row.reason)
		}
	}
}

// TestLawFewerHeaders: a request with fewer headers of its own, or none of
// its forcing parts, never needs a preflight that the fuller one did not.
func TestLawFewerHeaders(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		field := rapid.Custom(func(t *rapid.T) Field {
			name := rapid.SampledFrom([]string{"Accept", "Accept-Language", "Content-Language", "Content-Type", "Range", "DPR", "X-One", "Authorization", "User-Agent", "Cookie", "X-HTTP-Method"}).Draw(t, "name")
			return Field{name, rapid.SampledFrom([]string{"", "x", "text/plain", "bytes=0-1", "1.5", "a(b", "TRACE", strings.Repeat("a", 120), strings.Repeat("a", 129)}).Draw(t, "value")}
		})
		r := CORSRequest{
			Method: rapid.SampledFrom([]string{"GET", "POST", "PUT"}).Draw(t, "method"),
			Header: rapid.SliceOfN(field, 1, 12).Draw(t, "header"),
			Via:    rapid.SampledFrom([]FetchAPI{ViaFetch, ViaXHR}).Draw(t, "via"),
		}
		p := rapid.SampledFrom([]Profile{Chromium, Standard, Firefox}).Draw(t, "profile")
		i := rapid.IntRange(0, len(r.Header)-1).Draw(t, "removed")
		fewer := r
		// All of one name: taking one of two values may make the rest a
		// valid, shorter or longer one.
		fewer.Header = slices.DeleteFunc(slices.Clone(r.Header), func(f Field) bool { return strings.EqualFold(f.Name, r.Header[i].Name) })
		if NeedsPreflight(fewer, p).Needed && !NeedsPreflight(r, p).Needed {
			t.Fatalf("without %s a preflight is needed, with it not", r.Header[i].Name)
		}
	})
}
