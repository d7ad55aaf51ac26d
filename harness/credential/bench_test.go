package credential_test

import (
	"context"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
)

func typical() *traffic.Request {
	return request("https://api.example.com/orders/17?page=2&sort=name", "Host: api.example.com", "Accept: application/json", "Accept-Language: en", "Accept-Encoding: gzip",
		"Authorization: Bearer "+oldJWT, "Cookie: theme=dark; sid=886095f5bb6f6136", "Origin: https://example.com", "Referer: https://example.com/a", "User-Agent: Mozilla/5.0",
		"Sec-Fetch-Mode: cors", "Sec-Fetch-Site: same-site", "X-Request-Id: 6e88918f-6323-4fcf-a8da-5b5b07b2c51a")
}

func BenchmarkPlace(b *testing.B) {
	r, c := typical(), field("Authorization", "Bearer new")
	for b.Loop() {
		c.Place(r, credential.Placing{Mapped: true})
	}
}

func BenchmarkKeeper(b *testing.B) {
	k := &credential.Keeper{Source: numbered(0)}
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			c, _ := k.Get(context.Background())
			k.Worked(c)
		}
	})
}

func BenchmarkRedacted(b *testing.B) {
	var pairs []any
	for range 1000 {
		pairs = append(pairs, typical(), "200")
	}
	c := talk(pairs...)
	b.ReportAllocs()
	for b.Loop() {
		credential.Redacted(c)
	}
}
