package results_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"mvdan.cc/sh/v3/syntax"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/results"
)

func TestCurlLine(t *testing.T) {
	token := "eyJhbGciOiJIUzI1NiJ9." + base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"ada"}`)) + ".k3J9fQ2mZx7LpW4vR8tB1nYc"
	for _, tt := range []struct {
		request traffic.Request
		want    string
		reason  string
	}{
		{traffic.Request{Method: "GET", URL: "http://h.test/a?b=1", Header: traffic.Header{{Name: "Authorization", Value: "Bearer " + token}, {Name: "User-Agent", Value: "x"}, {Name: "Accept", Value: "*/*"}}},
			`curl 'http://h.test/a?b=1' -H 'Authorization: Bearer ‹jwt 1›' -H 'User-Agent: x' -H 'Accept: */*'`, "a mask with a blank stays in its quotes"},
		{traffic.Request{Method: "POST", URL: "http://h.test/login?next=%2F", Header: traffic.Header{{Name: "Content-Type", Value: "application/x-www-form-urlencoded"}},
			Body: traffic.NewBody("", []byte("user=o'hara&password=k3J9fQ2mZx7LpW4vR8"))},
			`curl 'http://h.test/login?next=%2F' -H 'Content-Type: application/x-www-form-urlencoded' -H User-Agent: -H Accept: --data-raw $'user=o\'hara&password=‹password 1›'`, "the body is masked too"},
		{traffic.Request{Method: "PUT", URL: "http://h.test/a", Body: traffic.NewBody("", []byte("a\x00b\xff"))},
			`curl http://h.test/a -X PUT -H User-Agent: -H Accept: -H Content-Type: --data-binary '@‹body of 4 bytes›'`, "what is no text has no place in a line"},
		{traffic.Request{Method: "PUT", URL: "http://h.test/a", Body: traffic.NewBody("", []byte(strings.Repeat("a", 5000)))},
			`curl http://h.test/a -X PUT -H User-Agent: -H Accept: -H Content-Type: --data-binary '@‹body of 5000 bytes›'`, "nor has what is long"},
		{traffic.Request{Method: "GET", URL: "/relative"}, "", "no curl can send it"},
		{traffic.Request{Method: "GET", URL: "http://h.test/", Header: traffic.Header{{Name: "A", Value: "b\r\nC: d"}}}, "", "a field that holds another"},
	} {
		if got := results.CurlLine(&tt.request, nil); got != tt.want {
			t.Errorf("%s:\ngot  %s\nwant %s", tt.reason, got, tt.want)
		}
	}
}

// TestCurlLineIsOneCommand: whatever the request holds, a shell sees one plain
// command, nothing in it is expanded, a terminal obeys none of it, and no
// secret is in it.
func TestCurlLineIsOneCommand(t *testing.T) {
	evil := rapid.OneOf(rapid.SampledFrom([]string{
		"", "'", `\`, `\'`, "$(id)", "`id`", "!x", "a b", "\x1b[31m", "\u202e", "\u2028", "\xff", "‹jwt 1›", "'; id #", "$'", "\t", "${HOME}", "\ufeff", "\u009b",
	}), rapid.String())
	lines, drawn := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringMatching(`[a-z]{4}[0-9]{4}[A-Z]{4}[a-z0-9]{12}`).Draw(t, "secret")
		text := func(label string) string {
			return strings.NewReplacer("\r", "", "\n", "", "\x00", "", "\v", "", "\f", "").Replace(evil.Draw(t, label))
		}
		r := &traffic.Request{
			Method: "P" + text("method"), URL: "https://a.test/" + text("path") + "?access_token=" + secret + "&q=" + text("query"),
			Header: traffic.Header{{Name: "Authorization", Value: text("scheme") + " " + secret}, {Name: "X-" + "a", Value: text("value")}, {Name: "Cookie", Value: "sid=" + secret}},
			Body:   traffic.NewBody("application/json", fmt.Appendf(nil, `{"password":"%s","note":%q}`, secret, text("note"))),
		}
		drawn++
		line := results.CurlLine(r, &mask.Masker{})
		if line == "" {
			return
		}
		lines++
		if strings.Contains(line, secret) {
			t.Fatalf("the secret is in %s", line)
		}
		for _, c := range line {
			if !unicode.IsPrint(c) {
				t.Fatalf("%U in %q", c, line)
			}
		}
		checkCommand(t, line)
	})
	if lines*2 < drawn {
		t.Errorf("%d lines of %d requests are too few to tell", lines, drawn)
	}
}

func checkCommand(t *rapid.T, line string) {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(line), "")
	if err != nil {
		t.Fatalf("no shell takes it: %v\n%s", err, line)
	}
	commands := 0
	syntax.Walk(file, func(node syntax.Node) bool {
		switch node.(type) {
		case nil, *syntax.File, *syntax.Word, *syntax.Lit, *syntax.SglQuoted, *syntax.CallExpr:
		case *syntax.Stmt:
			commands++
		default:
			t.Fatalf("the shell sees %T in %s", node, line)
		}
		return true
	})
	if commands != 1 {
		t.Fatalf("%d commands in %s", commands, line)
	}
}
