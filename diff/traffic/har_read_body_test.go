package traffic

import (
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"
)

// What is taken for Base64 while it is passed over is what can be decoded.
func TestIsBase64(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"A", "z9", "+", "/", "-", "_", "=", " ", "\n", "\t", "!", "\\", "é"}), 0, 8).Draw(t, "text"), "")
		raw, err := jsontext.AppendQuote(nil, text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = decodeBase64([]byte(text))
		if got := isBase64(strings.NewReader(string(raw[1:len(raw)-1])), 7); got != (err == nil) {
			t.Fatalf("%q: got %v, decoding says %v", text, got, err)
		}
	})
}

// The end of a string is found wherever the text is split.
func TestScanString(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"plain text ", "a", `\"`, `\\`, `\u00e9`, `\ud83d\ude00`, `\ud800`, "é", "😀", "\x80"}), 0, 12).Draw(t, "parts")
		text := strings.Join(parts, "") + `"`
		at := rapid.IntRange(0, len(text)).Draw(t, "split")
		n, why, odd := scanString([]byte(text[:at]))
		if why == stopMore {
			var rest int
			var oddRest bool
			rest, why, oddRest = scanString([]byte(text[n:]))
			n, odd = n+rest, odd || oddRest
		}
		if n != len(text) || why != stopClosed {
			t.Fatalf("%q split at %d: passed %d, %v", text, at, n, why)
		}
		if _, whole, oddWhole := scanString([]byte(text)); whole != stopClosed || odd != oddWhole {
			t.Fatalf("%q split at %d: a lone surrogate %v, else %v", text, at, odd, oddWhole)
		}
	})
}
