package mask

import (
	"fmt"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

func capture(x ...*traffic.Exchange) *traffic.Capture { return &traffic.Capture{Exchanges: x} }

func TestLearnCapture(t *testing.T) {
	const value = "Zk3v9Qm1xT7"
	for _, r := range []struct {
		reason string
		x      traffic.Exchange
	}{
		{"header", traffic.Exchange{Request: traffic.Request{Header: traffic.Header{{Name: "X-Api-Key", Value: value}}}}},
		{"scheme", traffic.Exchange{Request: traffic.Request{Header: traffic.Header{{Name: "Authorization", Value: "Bearer " + value}}}}},
		{"session cookie", traffic.Exchange{Request: traffic.Request{Header: traffic.Header{{Name: "Cookie", Value: "a=1; sid=" + value}}}}},
		{"recorder's cookie list", traffic.Exchange{Request: traffic.Request{Cookies: []traffic.Cookie{{Name: "sid", Value: value}}}}},
		{"query", traffic.Exchange{Request: traffic.Request{URL: "https://a.test/?token=" + value}}},
		{"userinfo", traffic.Exchange{Request: traffic.Request{URL: "https://ops:" + value + "@a.test/"}}},
		{"fragment", traffic.Exchange{Response: &traffic.Response{Location: "/#access_token=" + value}}},
		{"form", traffic.Exchange{Request: traffic.Request{Body: traffic.NewBody("application/x-www-form-urlencoded", []byte("password="+value))}}},
		{"recorder's form", traffic.Exchange{Request: traffic.Request{Body: traffic.Body{Params: []traffic.Param{{Name: "password", Value: value}}}}}},
		{"JSON", traffic.Exchange{Response: &traffic.Response{Body: traffic.NewBody("application/json", []byte(`{"a":{"accessToken":"`+value+`"}}`))}}},
	} {
		t.Run(r.reason, func(t *testing.T) {
			var m Masker
			m.LearnCapture(capture(&r.x))
			if got := m.Text("x" + value + "y"); strings.Contains(got, value) || !strings.Contains(got, " 1›") {
				t.Errorf("got %s", got)
			}
		})
	}
}

func TestLearnCaptureLeavesWordsAlone(t *testing.T) {
	var m Masker
	m.LearnCapture(capture(&traffic.Exchange{Request: traffic.Request{Header: traffic.Header{
		{Name: "Cookie", Value: "landing=https://shop.test/; theme=dark-mode; sid=password"},
		{Name: "Content-Type", Value: "application/json"},
	}}}))
	const text = "GET https://shop.test/ dark-mode password application/json"
	if got := m.Text(text); got != text {
		t.Errorf("got %s", got)
	}
}

// many is a capture of n exchanges as an API client makes them.
func many(n int) *traffic.Capture {
	c := &traffic.Capture{}
	for i := range n {
		c.Exchanges = append(c.Exchanges, &traffic.Exchange{Index: i,
			Request: traffic.Request{Method: "GET", URL: fmt.Sprintf("https://api.test/v1/orders/%d?page=%d", i, i), Header: traffic.Header{
				{Name: "Host", Value: "api.test"}, {Name: "Accept", Value: "application/json"},
				{Name: "Authorization", Value: "Bearer " + jwt}, {Name: "User-Agent", Value: "curl/8"},
				{Name: "Cookie", Value: fmt.Sprintf("sid=abcdefgh%d; a=%d", i/10, i)}, {Name: "X-Request-Id", Value: fmt.Sprint(i)},
			}},
			Response: &traffic.Response{Status: 200, Header: traffic.Header{
				{Name: "Content-Type", Value: "application/json"}, {Name: "Date", Value: "Mon, 23 Nov 2026 16:03:00 GMT"},
				{Name: "Server", Value: "nginx"}, {Name: "Cache-Control", Value: "no-store"},
			}, Body: traffic.NewBody("application/json", fmt.Appendf(nil, `{"id":%d,"items":[{"sku":"a%d","n":1}],"status":"open"}`, i, i))},
		})
	}
	return c
}

func BenchmarkLearnCapture(b *testing.B) {
	c := many(100_000)
	for b.Loop() {
		var m Masker
		m.LearnCapture(c)
	}
}

func BenchmarkVisible(b *testing.B) {
	s := strings.Repeat("GET /v1/orders?page=1 ", 50_000)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Visible(s)
	}
}

// hard are texts that a careless scanner reads again and again.
var hard = map[string]string{
	"prose":    "the order 64f0c2dd was not found; ",
	"equals":   "=",
	"names":    "token=",
	"quotes":   `token="`,
	"jwts":     "eyJ",
	"parts":    "eyJhbGciOiJI.",
	"urls":     "?a=//b@c;d&e#",
	"percent":  "%22",
	"tags":     "<a b=",
	"json":     `{"a":[`,
	"learnt":   "abcdefgh",
	"comma":    ", Bearer ",
	"pem":      "-----BEGIN PRIVATE KEY-----",
	"base64":   "aaaa",
	"masks":    "‹",
	"newlines": "a=b\n",
	"bearer":   "Bearer Bearer ",
	"strings":  `\"a\":\"`,
}

func BenchmarkHard(b *testing.B) {
	for name, piece := range hard {
		text := strings.Repeat(piece, (1<<20)/len(piece))
		b.Run(name, func(b *testing.B) {
			b.SetBytes(1 << 20)
			for b.Loop() {
				allDoors(text)
			}
		})
	}
}

func allDoors(text string) {
	var m Masker
	m.Learn(strings.Repeat("abcdefgh", 100)+"x", kindToken)
	m.Text(text)
	m.URL(text)
	for _, name := range []string{"Authorization", "Cookie", "Set-Cookie", "WWW-Authenticate", "X-Api-Key", "X-Note"} {
		m.Header(name, text)
	}
	m.Body("application/json", []byte(text))
	m.Body("text/html", []byte(text))
	m.Body("application/x-www-form-urlencoded", []byte(text))
}

// TestLinear: eight times as much text takes eight times as long, about, and
// not 64 times. Processor time counts: how much of it others leave does not.
func TestLinear(t *testing.T) {
	cost := func(piece string, size int) time.Duration {
		text := strings.Repeat(piece, size/len(piece))
		runtime.GC()
		before := cpuTime()
		allDoors(text)
		return cpuTime() - before
	}
	const small, large = 16 << 10, 128 << 10
	for name, piece := range hard {
		// A short time says nothing of a ratio.
		few, many := cost(piece, small), cost(piece, large)
		if many > time.Second && many > 24*few {
			t.Errorf("%s: ten doors took %v for 16 KiB each, and %v for 128 KiB", name, few, many)
		} else {
			t.Logf("%s: %v, %v", name, few, many)
		}
	}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
