package traffic

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A wireRequest is what a server saw, or what a capture says it would see.
type wireRequest struct {
	Method, Target string
	Header         []string
	Body           string
}

// A wireServer records raw requests on the loopback interface.
type wireServer struct {
	address string
	mu      sync.Mutex
	seen    []wireRequest
}

func newWireServer(t *testing.T) *wireServer {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl on this machine to compare with")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	s := &wireServer{address: listener.Addr().String()}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			s.serve(conn)
		}
	}()
	return s
}

func (s *wireServer) serve(conn net.Conn) {
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute)) // a slow machine is no failure
	in := bufio.NewReader(conn)
	var request wireRequest
	length, chunked := 0, false
	for first := true; ; first = false {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			break
		}
		if first {
			request.Method, request.Target, _ = strings.Cut(strings.TrimSuffix(line, line[strings.LastIndexByte(line, ' '):]), " ")
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.Trim(value, formSpace)
		switch strings.ToLower(name) {
		case "content-length":
			length = int(mustInt(value))
		case "transfer-encoding":
			chunked = true
		case "expect":
			io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\n")
		}
		request.Header = append(request.Header, strings.Trim(name, formSpace)+": "+value)
	}
	body := make([]byte, length)
	if chunked {
		body, _ = io.ReadAll(httputil.NewChunkedReader(in))
	} else {
		io.ReadFull(in, body)
	}
	request.Body = string(body)
	s.mu.Lock()
	s.seen = append(s.seen, request)
	s.mu.Unlock()
	io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
}

func mustInt(s string) (n int64) {
	for _, c := range []byte(s) {
		n = n*10 + int64(c-'0')
	}
	return n
}

func (s *wireServer) take() []wireRequest {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.seen
	s.seen = nil
	return seen
}

// notCompared are fields that a capture of curl does not show.
var notCompared = map[string]bool{
	"host": true, "content-length": true, "expect": true, "transfer-encoding": true,
	"upgrade": true, "http2-settings": true,
}

var curlAgent = regexp.MustCompile(`^User-Agent: curl/`)
var boundaryText = regexp.MustCompile(`-{20,}[0-9A-Za-z]+`)

func normalised(requests []wireRequest) []wireRequest {
	var out []wireRequest
	for _, r := range requests {
		var header []string
		for _, line := range r.Header {
			name, _, _ := strings.Cut(line, ":")
			if notCompared[strings.ToLower(name)] || curlAgent.MatchString(line) ||
				line == "Connection: Upgrade, HTTP2-Settings" {
				continue
			}
			header = append(header, boundaryText.ReplaceAllString(line, "BOUNDARY"))
		}
		r.Header = header
		r.Body = boundaryText.ReplaceAllString(r.Body, "BOUNDARY")
		out = append(out, r)
	}
	return out
}

func wireOf(t interface{ Fatal(...any) }, c *Capture) []wireRequest {
	var out []wireRequest
	for _, e := range c.Exchanges {
		_, rest, _ := strings.Cut(e.Request.URL, "://")
		at := strings.IndexByte(rest, '/')
		target, _, _ := strings.Cut(rest[at:], "#")
		r := wireRequest{Method: e.Request.Method, Target: target}
		for _, f := range e.Request.Header {
			r.Header = append(r.Header, f.Name+": "+f.Value)
		}
		body, err := e.Request.Body.Bytes(0)
		if err != nil {
			t.Fatal(err)
		}
		r.Body = string(body)
		out = append(out, r)
	}
	return out
}

// run executes a command with an empty home, so that no .curlrc counts.
func run(t *testing.T, dir string, env []string, name string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "NO_PROXY=*", "LC_ALL=C.UTF-8"}, env...)
	return cmd.Run()
}

// What the suite's commands read; empty files stand for it, as in the capture.
var suiteFiles = []string{
	"add_params.xml", "cookies.txt", "cookie.txt", "NewDoc.pdf", "file.txt", "myfile.jpg",
	"input_redirected_file.txt", "my_file.txt", "myfile.jg", "start$FILENAMEend",
	"test/fixtures/curl_commands/delete.sh",
}

// Commands that can't reach a server of plain HTTP, or read files by a path
// that is not ours to make.
var suiteNotRun = map[string]string{
	"get_cert_key_capath.sh": "asks for https",
	"get_proxy.sh":           "asks a proxy",
	"form_quotes.sh":         "reads files outside the folder; its forms are in the table",
}

func TestCurlSuiteOnTheWire(t *testing.T) {
	server := newWireServer(t)
	dir := t.TempDir()
	for _, name := range suiteFiles {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob("testdata/curl/*.sh")
	if len(files) < 50 {
		t.Fatalf("found %d cases in testdata/curl, want 50 or more", len(files))
	}
	// A variable that stands for its own name makes a shell agree with us.
	env := []string{"MYVARIABLE=$MYVARIABLE", "DO_API_TOKEN=$DO_API_TOKEN", "FILENAME=$FILENAME"}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			if reason, ok := suiteNotRun[name]; ok {
				t.Skip(reason)
			}
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			script = bytes.ReplaceAll(script, []byte("localhost:28139"), []byte(server.address))
			script = bytes.ReplaceAll(script, []byte("httpbin.org"), []byte(server.address))
			run(t, dir, env, "bash", "-c", string(script))
			seen := normalised(server.take())
			capture, err := readCurl(script, file, Options{})
			if err != nil {
				if len(seen) > 0 {
					t.Fatalf("curl sent %d requests, but reading failed: %v", len(seen), err)
				}
				return
			}
			if diff := cmp.Diff(seen, normalised(wireOf(t, capture))); diff != "" {
				t.Errorf("curl sends (-), the capture says (+):\n%s", diff)
			}
		})
	}
}

// The fragments of which random command lines are made.
var curlFragments = [][]string{
	{"-d", "a=1"}, {"--data", ""}, {"--data-raw", "@x"}, {"--data-binary", "x\ny"}, {"--data-urlencode", "k=é /&"},
	{"--data-urlencode", "=v w"}, {"--data-urlencode", "plain~._-"}, {"--json", `{"a":1}`}, {"--json", "2"},
	{"-d", "@body.txt"}, {"--data-binary", "@body.txt"},
	{"-G"}, {"-I"}, {"-X", "PATCH"}, {"-X", "get"}, {"-XPOST"}, {"-sSL"}, {"-T", "up.bin"}, {"-T", ""},
	{"-F", "f=v"}, {"-F", "f=v;type=text/x; charset=u"}, {"-F", `f="a;b\"c"`}, {"-F", "u=@up.bin"},
	{"-F", `u=@up.bin;filename="q\"r.png"`}, {"-F", "x= sp ;filename=a b"}, {"--form-string", "s=@no;type=x"},
	{"-F", `h=1;headers="X-Part: 2"`}, {"-F", "n=1;encoder=8bit"}, {"--form-escape"}, {"-F", "q\"\\=1"},
	{"-H", "X-One: 1"}, {"-H", "X-Empty;"}, {"-H", "Accept:"}, {"-H", "accept: text/x"}, {"-H", "User-Agent: me"},
	{"-H", "Content-Type: text/plain"}, {"-H", "content-type:"}, {"-H", "NoColon"}, {"-H", "Cookie: h=1"},
	{"-H", "Authorization: X y"}, {"-H", "authorization:"}, {"-H", "Referer:"}, {"-H", "X-Tab:\tv "},
	{"-A", "agent/1"}, {"-A", ""}, {"-e", "http://r.test/;auto"}, {"-e", ";auto"}, {"-b", "a=1"}, {"-b", "b=2; c=3"},
	{"-u", "me:pa:ss"}, {"-u", ":pw"}, {"--oauth2-bearer", "tok"}, {"--basic"}, {"--no-basic"},
	{"-r", "0-9"}, {"-C", "7"}, {"--compressed"}, {"--no-compressed"}, {"--tr-encoding"},
	{"-z", "Tue, 15 Nov 1994 08:12:31 GMT"}, {"-z", "-Tue, 15 Nov 1994 08:12:31 GMT"},
	{"--url-query", "q=a b/É"}, {"--url-query", "+raw=%2F"}, {"--path-as-is"}, {"--request-target", "/other?x=1"},
	{"-g"}, {"--http1.1"}, {"-0"}, {"--next"}, {"--max-time", "50"}, {"-w", "%{json}"}, {"-o", "/dev/null"},
	{"--refere", "r"}, {"--globof"}, {"--nonsense"},
}

var curlPaths = []string{
	"", "/", "/a/b?c=d", "?q", "/x?", "/x?y&", "/a/../b/./c/..", "/..", "/a/.", "/{a,b}/[1-3]", "/[01-10:4]", "/[a-e:2]",
	"/%7e%41", "/é?ü=1", "/p#frag", "/x[]y", "/b{", "/sp ace", "/\\{x", "/dir/",
}

func TestCurlOptionsOnTheWire(t *testing.T) {
	server := newWireServer(t)
	dir := t.TempDir()
	os.WriteFile(filepath.Join(dir, "body.txt"), nil, 0o600)
	os.WriteFile(filepath.Join(dir, "up.bin"), nil, 0o600)
	var sent, refused int
	rapid.Check(t, func(rt *rapid.T) {
		var args []string
		for range rapid.IntRange(1, 2).Draw(rt, "urls") {
			prefix := rapid.SampledFrom([]string{"http://", "", "HTTP://", "http://u:p%40@"}).Draw(rt, "prefix")
			args = append(args, prefix+server.address+rapid.SampledFrom(curlPaths).Draw(rt, "path"))
			for range rapid.IntRange(0, 4).Draw(rt, "options") {
				args = append(args, rapid.SampledFrom(curlFragments).Draw(rt, "option")...)
			}
		}
		quoted := []string{"curl"}
		for _, arg := range args {
			quoted = append(quoted, bashQuote(arg))
		}
		line := strings.Join(quoted, " ")
		capture, err := readCurl([]byte(line), "random.sh", Options{})
		complaint := run(t, dir, nil, "curl", append([]string{"-s"}, args...)...)
		seen := normalised(server.take())
		if err != nil {
			refused++
			if complaint == nil && !strings.Contains(err.Error(), "can't be expressed") &&
				!strings.Contains(err.Error(), "curl refuses") && // of one URL, and takes the other
				!strings.Contains(err.Error(), "no URL stands before --next") { // before 8.1 curl leaves out the --next
				rt.Fatalf("%s\ncurl is content and sent %d requests, but reading failed: %v", line, len(seen), err)
			}
			return
		}
		sent++
		if diff := cmp.Diff(seen, normalised(wireOf(t, capture))); diff != "" {
			rt.Fatalf("%s\ncurl sends (-), the capture says (+):\n%s", line, diff)
		}
	})
	t.Logf("%d command lines compared, %d refused by both", sent, refused)
	if sent == 0 {
		t.Error("no command line was compared")
	}
}

// What is written is run by a real shell and a real curl, and sends the same.
func TestCurlWrittenOnTheWire(t *testing.T) {
	server := newWireServer(t)
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("no bash on this machine")
	}
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		capture := drawCurlCapture(rt, "http://"+server.address)
		for _, e := range capture.Exchanges { // a server of HTTP/1.1, one that does not know our Host
			e.Request.Proto = ""
		}
		var script bytes.Buffer
		if err := writeCurl(&script, capture); err != nil {
			rt.Fatal(err)
		}
		file := filepath.Join(dir, "written.sh")
		if err := os.WriteFile(file, script.Bytes(), 0o600); err != nil {
			rt.Fatal(err)
		}
		run(t, dir, nil, "bash", file)
		want := normalised(wireOf(t, capture))
		if diff := cmp.Diff(want, normalised(server.take())); diff != "" {
			rt.Fatalf("captured (-), sent (+):\n%s\n%s", diff, script.String())
		}
	})
}
