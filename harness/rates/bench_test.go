package rates_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/replaydiff/replay/harness/accesslog"
	"github.com/replaydiff/replay/harness/rates"
)

// generated is about size bytes of log of a shop, with as many clients, ids and
// slugs as real ones have. It says nothing of nobody.
func generated(size int) string {
	agents := []string{
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36", "curl/8.5.0", "okhttp/4.12.0",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
	}
	paths := []string{"/api/orders/%d", "/api/users/%d/cart", "/login?next=%d", "/articles/how-to-bake-%d-rolls", "/static/app.js?v=%d", "/api/v1/items?page=%d"}
	status := []int{200, 200, 200, 200, 200, 200, 200, 200, 200, 304, 401, 404}
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for i := 0; b.Len() < size; i++ {
		s := i / 20
		fmt.Fprintf(&b, "198.51.%d.%d - - [%02d/Nov/2026:%02d:%02d:%02d +0000] \"GET %s HTTP/1.1\" %d %d \"https://shop.test/\" \"%s\" 0.%03d\n", r.IntN(256), r.IntN(256), 1+s/86400%28, s/3600%24, s/60%60, s%60,
			fmt.Sprintf(paths[r.IntN(len(paths))], r.IntN(100_000)), status[r.IntN(len(status))], r.IntN(90_000), agents[r.IntN(len(agents))], r.IntN(1000))
	}
	return b.String()
}

func BenchmarkRates(b *testing.B) {
	text := generated(16 << 20)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		c, err := rates.NewCollector(rates.Options{})
		if err != nil {
			b.Fatal(err)
		}
		l, err := accesslog.Read(strings.NewReader(text), "big.log", accesslog.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if s, err := c.AddLog(l); err != nil || s.Undecoded > 0 {
			b.Fatal(s, err)
		}
	}
}
