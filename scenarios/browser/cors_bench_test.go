package browser

import "testing"

func benchmarkCORS(b *testing.B, r CORSRequest, hops []CORSHop) {
	b.ReportAllocs()
	for b.Loop() {
		if v := Decide(r, hops, Chromium); !v.Allowed {
			b.Fatal(v.Rule)
		}
	}
}

func BenchmarkDecideSimple(b *testing.B) {
	benchmarkCORS(b, CORSRequest{Origin: Origin{"https", "app.shop.test", 443}, URL: "https://api.shop.test/orders?page=2"}, []CORSHop{{Answer: corsAllow()}})
}

func BenchmarkDecidePreflight(b *testing.B) {
	answer := corsAllow()
	answer.Header = append(answer.Header, Field{"Access-Control-Allow-Methods", "GET, PUT"}, Field{"Access-Control-Allow-Headers", "content-type, authorization"})
	benchmarkCORS(b, CORSRequest{
		Origin: Origin{"https", "app.shop.test", 443}, URL: "https://api.shop.test/orders/7", Method: "PUT", Credentials: CredentialsInclude,
		Header: Fields{{"Content-Type", "application/json"}, {"Authorization", "Bearer x"}}, Body: TextBody,
	}, []CORSHop{{Preflight: &answer, Answer: corsAllow()}})
}

func corsAllow() CORSAnswer {
	return CORSAnswer{Status: 200, Header: Fields{
		{"Content-Type", "application/json"}, {"Content-Length", "120"}, {"Date", "Mon, 23 Nov 2026 12:00:00 GMT"},
		{"Access-Control-Allow-Origin", "https://app.shop.test"}, {"Access-Control-Allow-Credentials", "true"}, {"Vary", "Origin"},
	}}
}
