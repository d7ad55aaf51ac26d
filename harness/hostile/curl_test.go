package hostile

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

func curl(args string) []byte { return []byte("curl " + args + "\n") }

func TestCurl(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	scripts := []reader{capture}
	check(t, []row{
		{name: "quotes that never end", reason: "a copy that was cut off", readers: scripts, want: "in:1:",
			inputs: func() [][]byte {
				var all [][]byte
				for _, open := range []string{`'`, `"`, `$'`, "`", "$(", "${", "$((", "<<EOF\n", "(", `"$(`, `"${a:-"`} {
					all = append(all, curl("https://a.test/ -H "+open+canary), curl("https://a.test/ -H "+open+strings.Repeat(canary, 100_000)))
				}
				return all
			}},
		{name: "commands in it", reason: "a script is read and never run", readers: scripts, want: ends,
			inputs: func() [][]byte {
				var all [][]byte
				for _, run := range []string{"$(touch " + canary + ")", "`touch x`", `"$(touch x)"`, "<(touch x)", ">(touch x)", "$((1+1))", "${x:=$(touch x)}", "$(<x)"} {
					all = append(all, curl("https://a.test/ -H "+run), []byte("touch x; curl https://a.test/ && touch x"), []byte("curl https://a.test/ | sh"), curl("https://a.test/?"+run))
				}
				return all
			}},
		{name: "nested substitutions", reason: "each level may be looked at twice", readers: scripts, want: ends, time: 20e9,
			inputs: func() [][]byte {
				return [][]byte{
					curl("https://a.test/ -d " + nested("$(echo ", ")", 5_000)),
					curl("https://a.test/ -d \"" + nested(`$(echo "`, `")`, 2_000) + "\""),
					curl("https://a.test/ -d " + nested("$(cat <<<", ")", 2_000)),
					curl("https://a.test/ -d " + nested("${a:-", "}", 15_000)),
					curl("https://a.test/ -d " + nested("$((", "))", 9_000)),
					curl("https://a.test/ -d " + nested("$(", ")", 1_000_000)),
					[]byte(strings.Repeat("if ", 1_000_000)), []byte(nested("( ", ")", 15_000)), []byte(nested("{ ", "; }", 15_000)),
				}
			}, memory: 4 << 30},
		{name: "here-documents", reason: "their ends are looked for", readers: scripts, want: ends, time: 20e9,
			inputs: func() [][]byte {
				return [][]byte{
					curl("https://a.test/ -d @- <<EOF\n" + strings.Repeat(canary+"\n", 100_000) + "EOF"),
					curl("https://a.test/ -d @- " + strings.Repeat("<<EOF ", 2_000) + "\n" + strings.Repeat("EOF\n", 2_000)),
					curl("https://a.test/ -d @- <<EOF\n" + strings.Repeat("EO\n", 100_000)),
					[]byte(strings.Repeat("curl https://a.test/ -d @- <<E\nx\nE\n", 10_000)),
				}
			}, memory: 4 << 30},
		{name: "a long pipe", reason: "the parser makes a tree of it as deep as it is long", readers: scripts, want: ends, time: 20e9,
			inputs: func() [][]byte {
				const n = 50_000
				return [][]byte{
					[]byte("curl https://a.test/" + strings.Repeat(" | cat", n)), []byte(strings.Repeat("echo x | ", n) + "curl https://a.test/ -d @-"),
					[]byte("curl https://a.test/" + strings.Repeat(" && curl https://a.test/", n)), []byte("curl https://a.test/" + strings.Repeat(" || true", n)),
				}
			}, memory: 4 << 30},
		{name: "ranges", reason: "one line stands for a hundred million requests", readers: scripts, want: "stands for more requests",
			inputs: func() [][]byte {
				var all [][]byte
				for _, glob := range []string{"[1-100000000]", "[0-9][0-9][0-9][0-9][0-9][0-9]", strings.Repeat("{a,b}", 40), "[0-999999999999999999]", strings.Repeat("{a,b,c}", 30) + "[1-9]", "{" + list(200_000, "a") + "}"} {
					all = append(all, curl("'https://a.test/"+glob+"'"))
				}
				return all
			}},
		{name: "ranges of much text", reason: "few requests, and each is as long as the line", readers: scripts, want: "too much text", memory: 2 << 30,
			inputs: func() [][]byte {
				long := strings.Repeat("x", 1<<20)
				return [][]byte{
					curl("'https://a.test/" + long + "[1-99999]'"), curl("'https://a.test/[" + strings.Repeat("0", 1<<20) + "1-99999]'"),
					curl("'https://a.test/[1-99999]' -d '" + long + "'"), curl("'https://a.test/[1-99999]' -F 'a=" + long + "'"),
					curl("'https://a.test/[1-99999]'" + strings.Repeat(" -H 'a: b'", 100_000)), curl("'https://a.test/[1-99999]'" + strings.Repeat(" -F a=b", 100_000)),
					curl("'https://a.test/" + strings.Repeat("{a}", 100_000) + "[1-90000]'"),
				}
			}},
		{name: "patterns of one each", reason: "a step for each of them, of all the text before it", readers: scripts, want: ends,
			inputs: func() [][]byte {
				return [][]byte{curl("'https://a.test/" + strings.Repeat("{a}", 200_000) + "'"), curl("'https://a.test/" + strings.Repeat("[1-1]", 200_000) + "'")}
			}, memory: 1 << 30},
		{name: "broken patterns", reason: "curl refuses them", readers: scripts, want: "in:1:",
			inputs: func() [][]byte {
				var all [][]byte
				for _, glob := range []string{"[", "{", "]", "}", "{}", "{{a}}", "[9-1]", "[a-Z]", "[1-2:0]", "[1-2:9]", "[-]", strings.Repeat("[", 300_000), strings.Repeat("{", 300_000), "[" + strings.Repeat("9", 300_000) + "-1]"} {
					all = append(all, curl("'https://a.test/"+glob+"'"))
				}
				return all
			}},
		{name: "300,000 options", reason: "each is looked up", readers: scripts, want: ends, time: 30e9, memory: 8 << 30,
			inputs: func() [][]byte {
				const n = 300_000 / slow
				return [][]byte{
					curl("https://a.test/" + strings.Repeat(" -s", n)), curl("https://a.test/" + strings.Repeat(" -H a:b", n)), curl("https://a.test/" + strings.Repeat(" -d a", n)),
					curl("https://a.test/ -" + strings.Repeat("s", n)), curl("https://a.test/" + strings.Repeat(" --compressed", n/4)), curl("https://a.test/" + strings.Repeat(" -F a=b", n/4)),
					curl("https://a.test/" + strings.Repeat(" --next https://a.test/", 90_000/slow)),
				}
			}},
		{name: "100,000 mistakes", reason: "each is worth an error, and nobody reads so many", readers: scripts, want: "more mistakes", time: 30e9, memory: 4 << 30,
			inputs: func() [][]byte {
				const n = 100_000 / slow
				return [][]byte{
					curl("https://a.test/" + strings.Repeat(" --kompressed", n)), curl("https://a.test/" + strings.Repeat(" -Ä", n)), []byte(strings.Repeat("curl -X\n", n)),
					[]byte(strings.Repeat("curl --"+canary+"\n", n)),
				}
			}},
		{name: "a boundary in a form", reason: "one that is in no part has to be found", readers: scripts, want: safe,
			inputs: func() [][]byte {
				return [][]byte{curl("https://a.test/ -F 'a=------------------------curlform" + strings.Repeat("0", 1_000_000) + "'"), curl("https://a.test/ -F 'a=" + strings.Repeat("------------------------curlform0", 30_000) + "'")}
			}},
		{name: "NUL and controls", reason: "no argument can hold them", readers: scripts, want: ends,
			inputs: func() [][]byte {
				return [][]byte{curl("https://a.test/\x00 -H 'a: \x00" + canary + "'"), curl("$'https://a.test/\\x00" + canary + "'"), curl("\x1b]0;x\a"), curl("'https://a.test/\r\nX: y'"), curl("https://a.test/ -X $'G\\r\\nX: y'")}
			}},
		{name: "cmd.exe", reason: "it has quoting of its own", readers: scripts, want: ends,
			inputs: func() [][]byte {
				return [][]byte{
					curl(`^"https://a.test/^" ^` + "\r\n" + strings.Repeat("  -H ^\"a: b^\" ^\r\n", 50_000)), curl(`"https://a.test/" -H "` + strings.Repeat("^", 1_000_000)),
					curl(`"https://a.test/" -d "%PATH%` + strings.Repeat("%", 1_000_000) + `"`), curl(`^"https://a.test/^" & del x`), curl(`^"` + strings.Repeat(`\`, 1_000_000) + `^"`),
				}
			}, memory: 2 << 30},
		{name: "strange addresses", reason: "no scheme, another scheme, none at all", readers: scripts, want: ends,
			inputs: func() [][]byte {
				var all [][]byte
				for _, u := range []string{"file:///etc/passwd", "gopher://a/_x", "a:" + canary + "@b", "https://a:" + canary + "@b/", "-", "--", "''", "https://", "https://[::1", "https://a.test:99999999/", "https://" + strings.Repeat("a", 1<<20), "https://a.test/" + strings.Repeat("%", 1<<20), "https://a.test/" + strings.Repeat("../", 300_000)} {
					all = append(all, curl("'"+u+"'"))
				}
				return all
			}, memory: 1 << 30},
		{name: "other shells", reason: "PowerShell is named, the rest is no shell", readers: scripts, want: "in",
			inputs: func() [][]byte {
				return [][]byte{[]byte("Invoke-WebRequest -Uri 'https://" + canary + "' # curl\ncurl x"), []byte("$a = 1\n$s = New-Object Microsoft.PowerShell.Commands.WebRequestSession\ncurl x")}
			}},
	})
}

// No file that a script names is opened: what stands in it would become part
// of a capture that is passed on.
func TestCurlOpensNoFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(canary), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"-d @F", "--data-binary @F", "--data-urlencode a@F", "--json @F", "-F a=@F", "-F a=<F", "-F 'a=b;headers=@F'", "-H @F", "-b F", "-K F", "--config F", "--netrc-file F", "--netrc", "-T F", "-T -", "--variable a@F", "--expand-data '{{a}}'",
		"--cacert F", "-E F", "--url-query a@F", "-u a:@F", "--etag-compare F", "-d @- <F", "-d @- < F", "-d \"$(cat F)\"", "-d \"$(<F)\"", "-d @- <<<\"$(cat F)\"", "-q", "-o F", "-D F", "-c F", "--trace F"} {
		t.Run(args, func(t *testing.T) {
			before, err := os.Stat(file)
			if err != nil {
				t.Fatal(err)
			}
			script := curl("https://a.test/ " + strings.ReplaceAll(args, "F", file))
			if strings.Contains(args, "-F ") {
				script = curl("https://a.test/ -F " + strings.ReplaceAll(strings.TrimPrefix(args, "-F "), "F", file))
			}
			c, err := traffic.Read(bytes.NewReader(script), "in", traffic.Options{})
			if err != nil {
				if strings.Contains(err.Error(), canary) {
					t.Errorf("the error holds what the file does: %v", err)
				}
				return
			}
			defer c.Close()
			var b bytes.Buffer
			if err := traffic.Write(&b, c, traffic.HAR); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(b.String(), canary) {
				t.Error("the file was read into the capture")
			}
			after, err := os.Stat(file)
			if err != nil || !after.ModTime().Equal(before.ModTime()) {
				t.Errorf("the file was changed: %v", err)
			}
		})
	}
}
