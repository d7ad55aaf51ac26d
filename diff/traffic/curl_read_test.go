package traffic

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A curlRow is a file and the requests that it stands for, each as
// "METHOD URL", its fields, an empty line and the body.
type curlRow struct {
	reason, in string
	want       []string
	warnings   []string // parts of the texts, in order
}

const form = "content-type: application/x-www-form-urlencoded"

var curlRows = []curlRow{
	{"the least", `curl h.test`, []string{"GET http://h.test/\naccept: */*"}, nil},
	{"Chrome, bash", "curl 'https://h.test/a?b=c' \\\n  -H 'accept: x' \\\n  -H 'cookie: s=1; t=\"2\"' \\\n  --data-raw $'it\\'s \\u0021\\n\\x41\\101' \\\n  --compressed",
		[]string{"POST https://h.test/a?b=c\naccept-encoding: deflate, gzip, br, zstd\naccept: x\ncookie: s=1; t=\"2\"\n" + form + "\n\nit's !\nAA"}, nil},
	{"Chrome, cmd, since carets escape everything", "curl ^\"https://h.test/a?b=1^&c=^%^20d^\" ^\r\n  -H ^\"accept: x^\" ^\r\n  -H ^\"q: ^\\^\"v^\\^\"^\" ^\r\n  --data-raw ^\"^{^\\^\"a^\\^\":^\\^\"x^\r\n\r\ny\\\\z^\\^\"^}^\"\r\n",
		[]string{"POST https://h.test/a?b=1&c=%20d\naccept: x\nq: \"v\"\n" + form + "\n\n{\"a\":\"x\ny\\\\z\"}"}, nil},
	{"Chrome and Firefox, cmd, quotes doubled or with a backslash", "curl \"http://h.test/?a=1&b=%20\" ^\r\n -H \"accept: x\" --data-binary \"{\"\"a\"\":\\\"1\\\"}\" -H \"p: 100\"%\"\"\r\n",
		[]string{"POST http://h.test/?a=1&b=%20\naccept: x\np: 100%\n" + form + "\n\n{\"a\":\"1\"}"}, nil},
	{"cmd: prompt, comments, other commands, variables", "@echo off\r\nrem curl http://no.test\r\ncurl.exe -s ^\"http://h.test/%%20^\" -H ^\"accept: %TOKEN%^\" | findstr x\r\ncd x\r\n",
		[]string{"GET http://h.test/%20\naccept: %TOKEN%"}, []string{"commands other than curl", "%NAME%", "redirected"}},
	{"CRLF and a byte order mark", "\ufeffcurl 'http://h.test/' \\\r\n  -H 'accept: x'\r\n", []string{"GET http://h.test/\naccept: x"}, nil},
	{"prompts, paths, assignments, sudo", "$ curl a.test/\nme@box:~$ curl b.test\n/usr/bin/curl c.test\nA=b sudo -E env X=1 curl.exe d.test\ntime curl e.test\n% curl f.test",
		[]string{"GET http://a.test/\naccept: */*", "GET http://b.test/\naccept: */*", "GET http://c.test/\naccept: */*",
			"GET http://d.test/\naccept: */*", "GET http://e.test/\naccept: */*", "GET http://f.test/\naccept: */*"}, nil},
	{"wherever a command stands", "T=$(curl a.test)\nif true; then curl b.test && curl c.test; fi\nf() { curl d.test | jq . > out; }",
		[]string{"GET http://a.test/\naccept: */*", "GET http://b.test/\naccept: */*", "GET http://c.test/\naccept: */*", "GET http://d.test/\naccept: */*"},
		[]string{"commands other", "pipe"}},
	{"expansions are kept, never run", "curl \"http://h.test/$ID\" -H \"accept: $(touch x) `id` ${A:-b}\" -d '$lit' -d \\$lit",
		[]string{"POST http://h.test/$ID\naccept: $(touch x) `id` ${A:-b}\n" + form + "\n\n$lit&$lit"}, []string{"commands other", "can't be known"}},
	{"an address that begins with one is left as it is", `curl "$BASE/x" $OPTIONS`, []string{"GET $BASE/x\naccept: */*"}, []string{"can't be known", "left out"}},
	{"an unquoted & ends the command, as in a shell", `curl h.test/?a=1&b=2`, []string{"GET http://h.test/?a=1\naccept: */*"}, []string{"unquoted &"}},
	{"bodies the shell feeds", "curl h.test -H accept: -d @- <<EOF\n{\"a\":\n\\$x}\nEOF\ncurl h.test -H accept: --data-binary @- <<'EOF'\n$x\nEOF\ncurl h.test -H accept: --json @- <<< '{}'\nprintf 'a%%\\000b' | curl h.test -H accept: -T -\necho -n x y | curl h.test -H accept: --data-urlencode n@-",
		[]string{"POST http://h.test/\n" + form + "\n\n{\"a\":$x}", "POST http://h.test/\n" + form + "\n\n$x\n",
			"POST http://h.test/\ncontent-type: application/json\n\n{}\n", "PUT http://h.test/\n\na%\x00b", "POST http://h.test/\n" + form + "\n\nn=x+y"}, nil},
	{"a here-document inside $(cat) is only a way to quote", "curl h.test -H accept: -d \"$(cat <<'X'\n$a \"b\"\nX\n)\"", []string{"POST http://h.test/\n" + form + "\n\n$a \"b\""}, nil},
	{"files can't be known", "curl h.test -H accept: -d @f -d x\ncurl h.test -H accept: -T up/f.bin\ncurl h.test -d @f -H accept: -b jar",
		[]string{"POST http://h.test/\n" + form + "\n\n&x", "PUT http://h.test/f.bin", "POST http://h.test/\n" + form},
		[]string{"--data reads", "--upload-file reads", "--data reads", "--cookie reads"}},
	{"json pieces are joined without &, form pieces with", `curl h.test --json 1 --json 2 -H 'accept: q'; curl h.test -H accept: -d 1 --data-raw @2 --data-urlencode 'a b=c d'`,
		[]string{"POST http://h.test/\naccept: q\ncontent-type: application/json\n\n12", "POST http://h.test/\n" + form + "\n\n1&@2&a b=c+d"}, nil},
	{"methods", `curl -I h.test --next h.test -XPATCH -d '' --next -G h.test/?a -d b=c --next -sXwHat h.test --next -T '' h.test`,
		[]string{"HEAD http://h.test/\naccept: */*", "PATCH http://h.test/\naccept: */*\n" + form + "\n\n", "GET http://h.test/?a&b=c\naccept: */*",
			"wHat http://h.test/\naccept: */*", "GET http://h.test/\naccept: */*"}, nil},
	{"removed, empty and own fields", `curl h.test -H 'Accept;' -H 'User-Agent:' -A x -H 'X-Y:z ' -H 'Host: other' -e r -b a=1 -b b=2 -H 'Referer:'`,
		[]string{"GET http://h.test/\ncookie: a=1;b=2\naccept: \nx-y: z\nhost: other"}, nil},
	{"credentials", `curl u:p%40@h.test; curl -u a:b u:p@h.test; curl --oauth2-bearer t -u a:b h.test; curl -u a h.test; curl --digest -u a:b h.test; curl --anyauth -u a:b h.test`,
		[]string{"GET http://h.test/\nauthorization: Basic dTpwQA==\naccept: */*", "GET http://h.test/\nauthorization: Basic YTpi\naccept: */*",
			"GET http://h.test/\nauthorization: Bearer t\naccept: */*", "GET http://h.test/\naccept: */*", "GET http://h.test/\naccept: */*", "GET http://h.test/\naccept: */*"},
		[]string{"asks for one", "ask for one", "--digest", "--anyauth", "several"}[1:]},
	{"globbing, and what is none", `curl 'h.test/{a,b}[8-10]' 'http://[::1]:8/x[]' -H accept:; curl -g 'h.test/{a}' -H accept: --path-as-is h.test/a/../b`,
		[]string{"GET http://h.test/a8", "GET http://h.test/a9", "GET http://h.test/a10", "GET http://h.test/b8", "GET http://h.test/b9", "GET http://h.test/b10",
			"GET http://[::1]:8/x[]", "GET http://h.test/{a}", "GET http://h.test/a/../b"}, nil},
	{"newer and older spellings of options", `curl --request=PUT h.test; curl --globof -- h.test/{`,
		[]string{"PUT http://h.test/\naccept: */*", "GET http://h.test/{\naccept: */*"}, []string{"8.16", "written short"}},
	{"a form", `curl h.test -H accept: -F 'a="x;y"' -F 'f=@/dir/p.PNG' -F 'n=1;type=text/q; b=c;filename="z\"y"'`,
		[]string{"POST http://h.test/\ncontent-type: multipart/form-data; boundary=------------------------curlform\n\n" + strings.ReplaceAll(`--------------------------curlform
Content-Disposition: form-data; name="a"

x;y
--------------------------curlform
Content-Disposition: form-data; name="f"; filename="p.PNG"
Content-Type: image/png


--------------------------curlform
Content-Disposition: form-data; name="n"; filename="z%22y"
Content-Type: text/q; b=c

1
--------------------------curlform--
`, "\n", "\r\n")}, []string{"--form reads"}},
}

func bodyTextOf(e *Exchange) string {
	var b strings.Builder
	b.WriteString(e.Request.Method + " " + e.Request.URL)
	for _, f := range e.Request.Header {
		b.WriteString("\n" + strings.ToLower(f.Name) + ": " + f.Value)
	}
	if e.Request.Body.Present() {
		content, _ := e.Request.Body.Bytes(0)
		b.WriteString("\n\n" + string(content))
	}
	return b.String()
}

func TestReadCurl(t *testing.T) {
	for _, row := range curlRows {
		capture, err := readCurl([]byte(row.in), "x.sh", Options{})
		if err != nil {
			t.Errorf("%s: %v", row.reason, err)
			continue
		}
		var got []string
		for i, e := range capture.Exchanges {
			got = append(got, bodyTextOf(e))
			if e.Index != i || e.Response != nil || e.Recorded.Millis != -1 || e.Request.Sizes != noSizes {
				t.Errorf("%s: entry %d claims to know what no command line says", row.reason, i)
			}
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.reason, diff)
		}
		var texts []string
		for _, w := range capture.Warnings {
			texts = append(texts, w.Text)
		}
		if len(texts) != len(row.warnings) {
			t.Errorf("%s: warnings %q, want %q", row.reason, texts, row.warnings)
			continue
		}
		for i := range texts {
			if !strings.Contains(texts[i], row.warnings[i]) {
				t.Errorf("%s: warning %q, want %q in it", row.reason, texts[i], row.warnings[i])
			}
		}
	}
}

var curlMistakes = []struct{ reason, in, want string }{
	{"all mistakes of a file, each with its place", "curl --hedaer x h.test\ncurl -X\ncurl -K cfg h.test",
		"x.sh:1:6: curl has no option --hedaer; did you mean --header?\n" +
			"x.sh:2:6: option --request needs a value after it\n" +
			"x.sh:2:1: this command has no URL; add the address that it requests\n" +
			"x.sh:3:6: --config reads further options from a file; write them into the command"},
	{"a value glued to an option is not repeated", "curl --SECRET:value h.test", "x.sh:1:6: curl has no option of that name; see curl --help all"},
	{"letters", "curl -sé h.test", "x.sh:1:6: curl has no option -(a byte that is no letter); see curl --help all"},
	{"two bodies", "curl h.test -d a -F b=c", "x.sh:1:18: --data and --form can't both make the body; keep one of them"},
	{"curl does not ask for the head of an upload", "curl h.test -I -T a", "x.sh:1:19: --head and --upload-file can't go together; keep one of them"},
	{"a query that curl refuses, though another would be sent", "curl h.test -G -d 'a b' --request-target /x", "x.sh:1:6: the query has a space or a control character, which curl refuses; use --data-urlencode"},
	{"a length that nobody knows", "curl h.test -r 0-9 -d @f", "x.sh:1:1: --range with a body from a file can't be expressed in a capture: its Content-Range has the length of the file"},
	{"no HTTP", "curl ftp.h.test", "x.sh:1:6: the URL is not of http or https, and a capture holds nothing else"},
	{"a pattern too large", "curl 'h.test/[1-999999999]'", "x.sh:1:6: " + globTooMany},
	{"a broken pattern", "curl 'h.test/[9-1]'", "x.sh:1:6: " + globBroken},
	{"no port before an expansion", "curl http:d//h.test/$ID", "x.sh:1:6: the URL has a port that is no number, which curl refuses"},
	{"a space", "curl 'h.test/a b'", "x.sh:1:6: the URL has a space or a control character, which curl refuses; write it as %20"},
	{"no path as a target", "curl --request-target '*' h.test", "x.sh:1:23: --request-target with anything but a path can't be expressed in a capture"},
	{"an open quote", "curl 'h.test\n", "x.sh:1:6: a quote is opened here and never closed; copy the whole command"},
	{"PowerShell", "$session = New-Object Microsoft.PowerShell.Commands.WebRequestSession\nInvoke-WebRequest -Uri x",
		`x.sh:1:1: this is PowerShell, not curl; in the browser choose "Copy as cURL (bash)"`},
	{"nothing", "echo hello", "x.sh: no curl command found; expected lines like: curl 'https://host/path'"},
	{"deep", strings.Repeat("$(", 50_000), "x.sh:1:40002: the shell syntax nests too deep from here on"},
}

func TestReadCurlMistakes(t *testing.T) {
	for _, row := range curlMistakes {
		capture, err := readCurl([]byte(row.in), "x.sh", Options{})
		if got := fmt.Sprint(err); got != row.want || capture != nil {
			t.Errorf("%s:\n got %s\nwant %s", row.reason, got, row.want)
		}
	}
}

func TestReadCurlLimits(t *testing.T) {
	for _, limits := range []Limits{{Entries: 2}, {WholeFile: 10}} {
		_, err := readCurl([]byte("curl a.test; curl b.test; curl c.test"), "x.sh", Options{Limits: limits})
		if !errors.Is(err, ErrLimit) {
			t.Errorf("limits %+v: error %v, want a limit", limits, err)
		}
	}
}

// Whatever the bytes, reading does not panic, and what was read and written
// reads back as the same requests.
func FuzzReadCurl(f *testing.F) {
	for _, row := range curlRows {
		f.Add([]byte(row.in))
	}
	for _, row := range curlMistakes {
		f.Add([]byte(row.in))
	}
	f.Add([]byte("curl a.test -F'=0;type'"))
	f.Fuzz(func(t *testing.T, data []byte) {
		first, err := readCurl(data, "x.sh", Options{Limits: Limits{Entries: 100}})
		if err != nil {
			return
		}
		var script bytes.Buffer
		if err := writeCurl(&script, first); err != nil {
			return
		}
		second, err := readCurl(script.Bytes(), "y.sh", Options{})
		if err != nil {
			t.Fatalf("what was written can't be read: %v\n%s", err, script.String())
		}
		for i := range first.Exchanges {
			// Curl counts the length itself, and an address with an expansion
			// is escaped so that it can be sent.
			first.Exchanges[i].Request.Header = withoutLength(&first.Exchanges[i].Request)
			if strings.ContainsFunc(first.Exchanges[i].Request.URL, notInURL) {
				return
			}
		}
		if diff := cmp.Diff(requestsOf(first), requestsOf(second), compareRequests); diff != "" {
			t.Fatalf("read (-), written and read (+):\n%s\n%s", diff, script.String())
		}
	})
}

// WithoutLength is the section without what writing leaves out.
func withoutLength(r *Request) (out Header) {
	_, rest, _ := strings.Cut(r.URL, "://")
	host, _, _ := strings.Cut(rest, "/")
	for _, f := range r.Header {
		pseudo := strings.HasPrefix(f.Name, ":")
		if !pseudo && !strings.EqualFold(f.Name, "Content-Length") && !(strings.EqualFold(f.Name, "Host") && f.Value == host) {
			out = append(out, f)
		}
	}
	return out
}
