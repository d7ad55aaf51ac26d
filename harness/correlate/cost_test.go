package correlate

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// TestCost counts what is visited in texts that are made to cost: the number
// grows with the length, not with its square.
func TestCost(t *testing.T) {
	nested := func(n int) string {
		text := strings.Repeat("a1/", n)
		for range 4 {
			text = base64.StdEncoding.EncodeToString([]byte(text))
		}
		return text
	}
	for name, text := range map[string]func(n int) string{
		"words":     func(n int) string { return strings.Repeat("a1=b2;c3:d4/", n) },
		"escapes":   func(n int) string { return strings.Repeat("%2525a1/", n) },
		"entities":  func(n int) string { return strings.Repeat("&amp;amp;a1 ", n) },
		"base64":    nested,
		"brackets":  func(n int) string { return strings.Repeat("[", n) + "1" + strings.Repeat("]", n) },
		"open tags": func(n int) string { return strings.Repeat("<form action=/a1><input name=a value=b1><script>x='", n) },
		"names":     func(n int) string { return "<script>" + strings.Repeat("a={b:'c1',", n) },
		"queries":   func(n int) string { return "/a1?" + strings.Repeat("u=/b1?u=/c2&", n) },
	} {
		short, long := visits(text(200)), visits(text(1600))
		if long > 10*max(short, 200) {
			t.Errorf("%s: %d visits became %d in a text eight times as long", name, short, long)
		}
	}
}

func visits(text string) int {
	n := 0
	w := walker{visit: func(*spot, string) (string, bool) { n++; return "", false }}
	body := traffic.NewBody("", []byte(text))
	w.response(&traffic.Response{Body: body}, 1<<20)
	w.answer = false
	w.request(&traffic.Request{URL: "https://app.example" + text, Header: traffic.Header{{Name: "X", Value: text}}, Body: body}, 1<<20)
	return n
}
