package traffic

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadCassetteCut cuts a cassette at some hundred places: each piece is an error
// that says how much is readable, or reads as a beginning of the whole.
func TestReadCassetteCut(t *testing.T) {
	for _, file := range []string{"testdata/cassette/v1-form.yaml", "testdata/cassette/v2-http2.yaml", "testdata/cassette/v2-middleware.yaml"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		whole := mustReadCassette(t, string(data))
		told, tried, step := 0, 0, len(data)/400+1
		start := strings.Index(string(data), "interactions:")
		for at := start + len("interactions:\n"); at < len(data)-1; at += step {
			tried++
			c, err := readCassette(data[:at], "t.yaml", Options{})
			complete := strings.Count(string(data[:at]), "        duration: ")
			switch {
			case err == nil:
				if len(c.Exchanges) > complete+1 {
					t.Errorf("%s cut at %d: %d exchanges of %d complete ones", file, at, len(c.Exchanges), complete)
				}
			case !errors.Is(err, ErrTruncated):
				t.Errorf("%s cut at %d: %v", file, at, err)
			default:
				told++
				partial, err := readCassette(data[:at], "t.yaml", Options{Partial: true})
				if err != nil || len(partial.Warnings) == 0 {
					t.Errorf("%s cut at %d, partial: %v", file, at, err)
					continue
				}
				if diff := cmp.Diff(whole.Exchanges[:len(partial.Exchanges)], partial.Exchanges, sameCassette); diff != "" {
					t.Errorf("%s cut at %d, partial differs:\n%s", file, at, diff)
				}
			}
		}
		if told < tried*9/10 {
			t.Errorf("%s: %d of %d cuts were told", file, told, tried)
		}
	}
}

func TestReadCassetteCutMessage(t *testing.T) {
	two := "version: 2\ninteractions:\n" + interactionV2("", "") + interactionV2("", "")
	tests := []struct {
		reason, text string
		readable     int
	}{
		{"inside a quote", two + "- request:\n    url: \"http://a", 2},
		{"behind a quote that was lost earlier", "version: 2\ninteractions:\n" + interactionV2("", "") + "- request: {url: \"x, method: GET}\n  response: {}\n" + strings.Repeat("- request: {}\n  response: {}\n", 3), 1},
		{"inside a key", two + "- request:\n    ur", 2},
		{"behind the request", two + "- request:\n    url: http://a.test/\n    method: GET\n", 2},
		{"in the headers of the answer", two + "- request: {}\n  response:\n    headers:\n      A: [b]\n", 2},
		{"the first", "version: 1\ninteractions:\n- request:\n    body: |\n      some", 0},
		{"before the list", "version: 1\ninter", 0},
		{"the dash alone", two + "- ", 2},
		{"JSON style", `{"version": 1, "interactions": [{"request": {"url": "}]"}, "response": {"code": 200}}, {"request": {"ur`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			_, err := readCassette([]byte(tt.text), "t.yaml", Options{})
			if !errors.Is(err, ErrTruncated) || !strings.Contains(err.Error(), fmt.Sprintf("%d complete interactions are readable", tt.readable)) {
				t.Fatalf("got %v", err)
			}
			c, err := readCassette([]byte(tt.text), "t.yaml", Options{Partial: true})
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Exchanges) != tt.readable || len(c.Warnings) == 0 {
				t.Errorf("%d exchanges, %v; want %d and a warning", len(c.Exchanges), c.Warnings, tt.readable)
			}
		})
	}
}
