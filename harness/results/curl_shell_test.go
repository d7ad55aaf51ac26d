package results

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
)

// expanded are texts that a shell, curl or a terminal would make something of.
var expanded = []string{
	"plain", "$(touch owned)", "`touch owned`", "${HOME} $HOME $$ $?", "!! !x", "'; touch owned; '", `"; touch owned; "`, `\`, `\\'`, "a\\\nb", "@/etc/passwd", "@-", "<x", "-o owned", "--next",
	"{a,b}", "[1-3]", "*?~", "~root", "a;b&c|d>owned", "# no comment", "%00%0a%s%n", "$'x'", "\x1b[31m\x9b", "\u202egnp\u2066", "\u200b\ufeff\u00ad", "\ufe0f\U000e0101", "e" + strings.Repeat("\u0301", 20), "\u0336x",
	"::error::x", "##vso[task.x]y", "\xff\xfe", "é ü 漢", "\t tab", "a: b", "a=b; c=d", "\x7f\x01\x02", "\u2028\u2029", "␍␊⇥", `\u202e\x1b`, "''", "it's \"so\"", "=", ";", ",", "\v\f x",
}

// TestCurlLinesInAShell: a curl line of a report does nothing in a terminal that
// shows it, and nothing in bash but to call curl with the request; curl then
// sends that request, byte for byte.
func TestCurlLinesInAShell(t *testing.T) {
	for _, program := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not on this machine")
		}
	}
	came := make(chan *rawserver.Request, 1)
	s, err := rawserver.Listen(rawserver.Config{Answer: func(_ context.Context, r *rawserver.Request) *wire.Answer {
		came <- r
		return &wire.Answer{Status: 204}
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i, text := range expanded {
		if !testing.Short() || i%4 == 0 {
			t.Run(fmt.Sprintf("%q", text), func(t *testing.T) { sendsItself(t, s.URL, text, came) })
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) })).Draw(t, "text")
		argumentsOf(t, requestWith("http://127.0.0.1:1", text))
	})
}

// requestWith has a text in all its places, as far as they can hold it.
func requestWith(base, text string) *traffic.Request {
	field := strings.Trim(strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(text), " \t\v\f")
	return &traffic.Request{
		Method: "POST", URL: base + "/" + url.PathEscape(text) + "/{a,b}/[1-3]?q=" + url.QueryEscape(text) + "&r={1..2}",
		Header: traffic.Header{{Name: "X-Text", Value: field}, {Name: "Cookie", Value: "c=" + field}, {Name: "Content-Type", Value: "text/plain"}, {Name: "User-Agent", Value: "x"}, {Name: "Accept", Value: "*/*"}},
		Body:   traffic.NewBody("text/plain", []byte(strings.ReplaceAll(text, "\x00", ""))),
	}
}

// argumentsOf checks that bash calls curl with the request, and returns the line.
func argumentsOf(t rapid.TB, r *traffic.Request) string {
	t.Helper()
	line, err := traffic.CurlLine(r, &mask.Masker{Show: true})
	if err != nil {
		t.Fatal(err)
	}
	if mask.Visible(line) != line {
		t.Fatalf("a terminal would act on %q", line)
	}
	script := "curl() { printf '%s\\0' \"$@\"; }\n" + line + "\n"
	out, err := exec.Command("bash", "-c", script).Output()
	if err != nil {
		t.Fatalf("bash: %v\n%s", err, line)
	}
	arguments := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	want := []string{r.URL}
	for _, f := range r.Header {
		if f.Value == "" {
			want = append(want, f.Name+";")
		} else {
			want = append(want, f.Name+": "+f.Value)
		}
	}
	if body, _ := r.Body.Bytes(1 << 20); !strings.Contains(line, "@‹body") {
		want = append(want, string(body))
	}
	for _, w := range want {
		if !slices.Contains(arguments, w) {
			t.Fatalf("no argument is %q: bash made %q\nof %s", w, arguments, line)
		}
	}
	return line
}

func sendsItself(t *testing.T, base, text string, came chan *rawserver.Request) {
	r := requestWith(base, text)
	line := argumentsOf(t, r)
	body, _ := r.Body.Bytes(1 << 20)
	if strings.Contains(line, "@‹body") {
		return // the line says that the body has to be put in
	}
	cmd := exec.Command("bash", "-c", strings.Replace(line, "curl ", "curl -q --silent --show-error --noproxy '*' ", 1))
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s\n%s", err, out, line)
	}
	got := <-came
	if path := strings.TrimPrefix(r.URL, base); got.Target != path {
		t.Errorf("asked for %q, meant %q", got.Target, path)
	}
	for _, f := range r.Header {
		if v := got.Header.Get(f.Name); v != f.Value {
			t.Errorf("%s is %q, meant %q", f.Name, v, f.Value)
		}
	}
	if string(got.Body) != string(body) {
		t.Errorf("the body is %q, meant %q", got.Body, body)
	}
	if made, _ := exec.Command("ls", "-A", cmd.Dir).Output(); len(made) > 0 {
		t.Errorf("the shell made %s", made)
	}
}
