package diff

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
)

// equalExchanges compares exchanges by what they hold, bodies by their bytes.
var equalExchanges = cmp.Options{
	cmpopts.EquateEmpty(),
	cmpopts.IgnoreFields(traffic.Exchange{}, "Index"),
	cmp.Comparer(func(a, b traffic.Body) bool {
		return a.MediaType == b.MediaType && slices.Equal(a.Params, b.Params) && a.Equal(b)
	}),
}

// checkLaw checks that all edits give bad, in any order, that every subset
// applies and that its order does not matter, and that none are found exactly
// where both are equal.
func checkLaw(t interface{ Fatalf(string, ...any) }, ok, bad *traffic.Exchange, seed uint64) {
	edits := Between(ok, bad)
	if equal := cmp.Equal(ok, bad, equalExchanges); equal != (len(edits) == 0) {
		t.Fatalf("equal is %v, but there are %d edits", equal, len(edits))
	}
	r := rand.New(rand.NewPCG(seed, 2))
	for range 3 {
		r.Shuffle(len(edits), func(i, j int) { edits[i], edits[j] = edits[j], edits[i] })
		got, err := Apply(ok, edits)
		if err != nil {
			t.Fatalf("apply all: %v", err)
		}
		if d := cmp.Diff(bad, got, equalExchanges); d != "" {
			t.Fatalf("apply all gives another exchange (-want +got):\n%s\nedits: %+v", d, edits)
		}
		subset := edits[:r.IntN(len(edits)+1)]
		one, err := Apply(ok, subset)
		if err != nil {
			t.Fatalf("apply subset: %v", err)
		}
		turned := slices.Clone(subset)
		slices.Reverse(turned)
		two, err := Apply(ok, turned)
		if err != nil || !cmp.Equal(one, two, equalExchanges) {
			t.Fatalf("the order of a subset matters (%v):\n%s", err, cmp.Diff(one, two, equalExchanges))
		}
	}
}

func TestLawApplyBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ok := drawExchange(t, "ok")
		bad := drawExchange(t, "bad")
		checkLaw(t, ok, bad, rapid.Uint64().Draw(t, "seed"))
		checkLaw(t, ok, ok, 1)
	})
}

func drawExchange(t *rapid.T, label string) *traffic.Exchange {
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, label+" "+name) }
	x := &traffic.Exchange{
		Request: traffic.Request{
			Method: pick("method", "GET", "POST", ""),
			URL: pick("url", "https://api.kite.test/v1/orders/7?page=1&page=2", "https://api.kite.test/v2/orders/8?page=2",
				"http://kite.test:81/", "/relative", ""),
			Proto:  pick("proto", "HTTP/1.1", "h2"),
			Header: drawHeader(t, label+" request header"),
			Body:   drawBody(t, label+" request body"),
			Sizes:  traffic.Sizes{Header: rapid.Int64Range(-1, 2).Draw(t, label+" size")},
		},
		Recorded: traffic.Recorded{
			Millis:   rapid.SampledFrom([]float64{-1, 0.25, 12}).Draw(t, label+" millis"),
			ServerIP: pick("ip", "", "192.0.2.1"),
			Started:  traffic.Timestamp{Time: time.Unix(rapid.Int64Range(1, 3).Draw(t, label+" started"), 5).UTC()},
		},
	}
	if rapid.Bool().Draw(t, label+" unknown") {
		x.Unknown = traffic.Fields{{Pointer: "/_a", Value: []byte(pick("unknown", `{"b":1}`, `{"b":2}`, `[]`))}}
	}
	x.Request.Cookies = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) traffic.Cookie {
		return traffic.Cookie{Name: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "name"),
			Value: rapid.String().Draw(t, "value"), Secure: rapid.Bool().Draw(t, "secure")}
	}), 0, 3).Draw(t, label+" cookies")
	x.Request.Query = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) traffic.Param {
		return traffic.Param{Name: rapid.SampledFrom([]string{"", "a"}).Draw(t, "name"), Value: rapid.SampledFrom([]string{"", "\x00", `\0`, "="}).Draw(t, "value")}
	}), 0, 3).Draw(t, label+" query")
	if rapid.IntRange(0, 4).Draw(t, label+" answered") > 0 {
		x.Response = &traffic.Response{
			Status:     rapid.SampledFrom([]int{0, 200, 401}).Draw(t, label+" status"),
			StatusText: pick("reason", "", "OK"),
			Header:     drawHeader(t, label+" response header"),
			Body:       drawBody(t, label+" response body"),
			Error:      pick("error", "", "net::ERR_FAILED"),
		}
	}
	return x
}

func drawHeader(t *rapid.T, label string) traffic.Header {
	return rapid.SliceOfN(rapid.SampledFrom(traffic.Header{
		{Name: "Accept", Value: "*/*"}, {Name: "accept", Value: "text/html, */*"}, {Name: "Host", Value: "kite.test"},
		{Name: "Cookie", Value: "sid=1; theme=dark"}, {Name: "cookie", Value: "theme=dark; sid=2"}, {Name: "Cookie", Value: ";;"},
		{Name: "Authorization", Value: "Bearer abc"}, {Name: "authorization", Value: "abc"}, {Name: "Authorization", Value: "Basic YTpi"},
		{Name: "Set-Cookie", Value: "sid=1; Path=/"}, {Name: "set-cookie", Value: "sid=2; Path=/; Secure"}, {Name: "Set-Cookie", Value: "other=1"},
		{Name: "WWW-Authenticate", Value: `Bearer realm="a", error="invalid_token"`}, {Name: "www-authenticate", Value: "Basic realm=x"},
		{Name: "Content-Type", Value: "application/json"}, {Name: "Content-Type", Value: "application/x-www-form-urlencoded"},
		{Name: "X-Empty", Value: ""}, {Name: "Vary", Value: "Origin"}, {Name: "Vary", Value: "Origin,Accept"},
	}), 0, 6).Draw(t, label)
}

func drawBody(t *rapid.T, label string) traffic.Body {
	mediaType := rapid.SampledFrom([]string{"", "application/json", "text/plain", "application/x-www-form-urlencoded"}).Draw(t, label+" type")
	text := rapid.SampledFrom([]string{
		"-", "", `{"a":1,"b":[1,2]}`, `{"b":[2],"a":1}`, "{\n \"a\": 1\n}", "a=1&b=2", "b=2", "one\ntwo\n", "two\n", "\xff\x00", "[1]", `"x"`,
	}).Draw(t, label)
	if text == "-" {
		return traffic.Body{MediaType: mediaType}
	}
	b := traffic.NewBody(mediaType, []byte(text))
	if rapid.Bool().Draw(t, label+" params") {
		b.Params = []traffic.Param{{Name: "a", Value: text}}
	}
	return b
}
