package report

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"mvdan.cc/sh/v3/syntax"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/results"
)

// TestWrapCurl: broken over lines it is the same command to a shell.
func TestWrapCurl(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := results.CurlLine(drawRequest(t), nil)
		if line == "" {
			return
		}
		room := rapid.IntRange(10, 100).Draw(t, "room")
		wrapped := wrapCurl(line, room-5, room)
		if d := cmp.Diff(shellWords(t, line), shellWords(t, strings.Join(wrapped, "\n  "))); d != "" {
			t.Fatalf("in one line (-), broken (+):\n%s", d)
		}
		for _, piece := range wrapped[:len(wrapped)-1] {
			if columns(piece) > room && len(curlArguments(strings.TrimSuffix(piece, ` \`))) > 2 {
				t.Fatalf("%d columns, %d are there: %s", columns(piece), room, piece)
			}
		}
	})
}

// shellWords are the words of the one command that a text is to a shell.
func shellWords(t fataler, text string) []string {
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		t.Fatalf("no shell takes %q: %v", text, err)
	}
	if len(file.Stmts) != 1 {
		t.Fatalf("%d commands in %q", len(file.Stmts), text)
	}
	call, ok := file.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(file.Stmts[0].Redirs) > 0 || len(call.Assigns) > 0 || file.Stmts[0].Background {
		t.Fatalf("not a plain command: %q", text)
	}
	var words []string
	for _, word := range call.Args {
		var b strings.Builder
		for _, part := range word.Parts {
			switch part := part.(type) {
			case *syntax.Lit:
				b.WriteString(part.Value)
			case *syntax.SglQuoted:
				b.WriteString(part.Value)
			default:
				t.Fatalf("the shell would expand %T in %q", part, text)
			}
		}
		words = append(words, b.String())
	}
	if words[0] != "curl" {
		t.Fatalf("the command is %q", words[0])
	}
	return words
}

func drawRequest(t *rapid.T) *traffic.Request {
	value := func(label string) string {
		return strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(rapid.OneOf(rapid.SampledFrom(injections), rapid.String()).Draw(t, label))
	}
	r := &traffic.Request{
		Method: rapid.SampledFrom([]string{"GET", "POST", "HEAD", "X$(id)'", "A\u202eB"}).Draw(t, "method"),
		URL:    "https://a.test/" + value("path") + "?token=" + value("token"),
		Header: traffic.Header{
			{Name: "Authorization", Value: "Bearer " + value("bearer")}, {Name: "Cookie", Value: "sid=" + value("cookie")}, {Name: "X-A", Value: value("header")},
		},
	}
	if rapid.Bool().Draw(t, "with a body") {
		r.Body = traffic.NewBody("", []byte(rapid.OneOf(rapid.SampledFrom(injections), rapid.String()).Draw(t, "body")))
	}
	return r
}

func TestCurlArguments(t *testing.T) {
	for _, tt := range []struct {
		line   string
		want   []string
		reason string
	}{
		{`curl http://h/ -H 'A: b c'`, []string{"curl", "http://h/", "-H", "'A: b c'"}, "a space in quotes"},
		{`curl $'it\'s b' x`, []string{"curl", `$'it\'s b'`, "x"}, "an escaped quote does not end it"},
		{`curl 'a\' b`, []string{"curl", `'a\'`, "b"}, "a backslash in simple quotes is one"},
		{`curl $'\\' b`, []string{"curl", `$'\\'`, "b"}, "an escaped backslash before the end"},
		{`curl  a`, []string{"curl", "a"}, "two spaces"}, {"", nil, "nothing"},
	} {
		if d := cmp.Diff(tt.want, curlArguments(tt.line)); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.reason, d)
		}
	}
}
