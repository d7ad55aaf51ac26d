package correlate

import (
	"fmt"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// long is a capture of n entries with answers of 1 KiB of JSON; one request in
// ten carries the id that the answer before gave.
func long(n int) *traffic.Capture {
	c := &traffic.Capture{}
	c.Exchanges = append(c.Exchanges, &traffic.Exchange{Request: traffic.Request{Method: "POST", URL: "https://app.example/login"}, Response: &traffic.Response{Status: 200,
		Body: traffic.NewBody("application/json", []byte(`{"access_token":"6f1c5b2a9d8e7f30415263748596a7b8"}`))}})
	for i := 1; i < n; i++ {
		url := fmt.Sprintf("https://app.example/api/v1/orders?page=%d&size=50", i%100)
		if i%10 == 9 {
			url = fmt.Sprintf("https://app.example/api/v1/orders/%032x", uint64(i-1)*0x9E3779B97F4A7C15)
		}
		body := fmt.Sprintf(`{"access_token":"6f1c5b2a9d8e7f30415263748596a7b8","items":[{"id":"%032x","total":%d}`, uint64(i)*0x9E3779B97F4A7C15, i)
		for k := 0; len(body) < 1000; k++ {
			body += fmt.Sprintf(`,{"id":%d,"name":"item %d","state":"open","at":"2026-11-23T10:%02d:00Z"}`, 100000+i*16+k, k, k)
		}
		header := traffic.Header{{Name: "X-Entry", Value: fmt.Sprint(i)}, {Name: "Authorization", Value: "Bearer 6f1c5b2a9d8e7f30415263748596a7b8"}, {Name: "Accept", Value: "application/json"},
			{Name: "User-Agent", Value: "bench"}, {Name: "Cookie", Value: "sid=0a1b2c3d4e5f60718293"}, {Name: "Referer", Value: "https://app.example/"}}
		c.Exchanges = append(c.Exchanges, &traffic.Exchange{Index: i, Request: traffic.Request{Method: "GET", URL: url, Header: header},
			Response: &traffic.Response{Status: 200, Header: traffic.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Request-Id", Value: fmt.Sprintf("%016x", i)}},
				Body: traffic.NewBody("application/json", []byte(body+"]}"))}})
	}
	return c
}

func BenchmarkFind(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := long(n)
			b.ReportAllocs()
			for b.Loop() {
				p, err := Find(c, Options{})
				if err != nil || len(p.Links()) < n/10 {
					b.Fatal(len(p.Links()), err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/entry")
		})
	}
}

func BenchmarkLive(b *testing.B) {
	c := long(1000)
	p, err := Find(c, Options{})
	if err != nil {
		b.Fatal(err)
	}
	live := p.Start()
	b.Run("answer without links", func(b *testing.B) { benchAnswer(b, live, c, 1) })
	b.Run("answer with a link", func(b *testing.B) { benchAnswer(b, live, c, 8) })
	b.Run("request without links", func(b *testing.B) { benchRequest(b, live, c, 8) })
	b.Run("request with a link", func(b *testing.B) { benchRequest(b, live, c, 9) })
	b.Run("translate 1 KiB", func(b *testing.B) {
		text := bodyOf(c.Exchanges[8].Response)
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			live.TranslateAt(8, text)
		}
	})
}

func benchAnswer(b *testing.B, live *Live, c *traffic.Capture, entry int) {
	b.ReportAllocs()
	r := c.Exchanges[entry].Response
	for b.Loop() {
		live.Answer(entry, r, r)
	}
}

func benchRequest(b *testing.B, live *Live, c *traffic.Capture, entry int) {
	b.ReportAllocs()
	for b.Loop() {
		live.Request(entry, &c.Exchanges[entry].Request)
	}
}
