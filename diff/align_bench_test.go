package diff

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// generated returns a flow of n small exchanges as a browser makes them; other
// seeds give other ids, hashes and cache-busters to the same flow.
func generated(n int, seed int64) *traffic.Capture {
	r := rand.New(rand.NewSource(seed))
	c := &traffic.Capture{Exchanges: make([]*traffic.Exchange, 0, n)}
	for i := range n {
		method, url := "GET", ""
		switch i % 8 {
		case 0:
			url = fmt.Sprintf("https://app.shop.test/assets/chunk-%d.%08x.js", i%97, r.Uint32())
		case 1:
			url = fmt.Sprintf("https://api.shop.test/v1/orders/%d/items?limit=20", r.Intn(5*n))
		case 2:
			url = fmt.Sprintf("https://api.shop.test/v1/notifications?_=%d", 1793511897750+int64(i))
		case 3:
			url = fmt.Sprintf("https://api.shop.test/v1/customers/%08x-1c2d-4e3f-8a9b-%012x", r.Uint32(), r.Int63()>>16)
		case 4:
			method, url = "POST", "https://metrics.partner.test/t/collect?v=2&cid=7b430fd22009d2b1&e=page_view"
		case 5:
			url = fmt.Sprintf("https://app.shop.test/search?q=word%d&page=%d", i/8%1000, i%5)
		case 6:
			url = fmt.Sprintf("https://app.shop.test/products/number-%d-of-many", i)
		case 7:
			url = "https://api.shop.test/v1/me"
		}
		x := &traffic.Exchange{Index: i, Response: &traffic.Response{Status: 200}}
		x.Request = traffic.Request{Method: method, URL: url, Header: benchHeader}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

var benchHeader = traffic.Header{
	{Name: "Accept", Value: "*/*"}, {Name: "User-Agent", Value: "Mozilla/5.0"},
	{Name: "Authorization", Value: "Bearer x"}, {Name: "Referer", Value: "https://app.shop.test/"},
}

func benchmarkAlign(b *testing.B, ok, bad *traffic.Capture) {
	b.ReportAllocs()
	for b.Loop() {
		Align(ok, bad)
	}
}

func BenchmarkAlign10k(b *testing.B) { benchmarkAlign(b, generated(10_000, 1), generated(10_000, 2)) }
func BenchmarkAlign100k(b *testing.B) {
	benchmarkAlign(b, generated(100_000, 1), generated(100_000, 2))
}

// BenchmarkAlignOneKey has one request over and over, once more in ok.
func BenchmarkAlignOneKey(b *testing.B) {
	benchmarkAlign(b, repeated(100_000, 200), repeated(99_999, 401))
}

// BenchmarkAlignNothing has nothing in common: each stage looks at everything.
func BenchmarkAlignNothing(b *testing.B) {
	benchmarkAlign(b, unlike(100_000, "a"), unlike(100_000, "b"))
}

// BenchmarkAlignFailures has failures alone, each on one side only.
func BenchmarkAlignFailures(b *testing.B) {
	benchmarkAlign(b, repeated(50_000, 200), repeated(100_000, 401))
}

func BenchmarkFirstDivergence100k(b *testing.B) {
	ok, bad := generated(100_000, 1), generated(100_000, 2)
	bad.Exchanges[99_999].Response.Status = 401
	a := Align(ok, bad)
	b.ReportAllocs()
	for b.Loop() {
		FirstDivergence(ok, bad, a)
	}
}

func repeated(n, status int) *traffic.Capture {
	c := &traffic.Capture{}
	for i := range n {
		x := &traffic.Exchange{Index: i, Response: &traffic.Response{Status: status}}
		x.Request = traffic.Request{Method: "GET", URL: "https://api.shop.test/v1/me", Header: benchHeader}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

func unlike(n int, word string) *traffic.Capture {
	c := repeated(n, 200)
	for i, x := range c.Exchanges {
		letters := []byte(fmt.Sprintf("%06d", i))
		for k := range letters {
			letters[k] += 'a' - '0'
		}
		x.Request.URL = fmt.Sprintf("https://api.shop.test/shared/%s%s", word, letters)
	}
	return c
}
