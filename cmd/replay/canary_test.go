package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask/canary"
)

// canaryRows are the commands and how each is run over the captures of the
// canary; where it has --format, --to or --mode, that is once for each of their
// values, and --report too. A new command needs a row here.
//
// TARGET and OTHER in the arguments are servers that hand out and repeat
// secrets, PROXY one that forwards to BEHIND. A command that waits for clients is
// visited at the address that it prints, and ended. All files that it writes have
// to be in the folder of the test: they are searched.
var canaryRows = map[string][]canaryRow{
	"diff":    {{args: "--all ok.har bad.har"}, {args: "ok.yaml bad.har"}, {args: "ok.har bad.curl"}},
	"explain": {{args: "bad.har"}, {args: "ok.har bad.har"}, {args: "--log access.log --log app.jsonl ok.har bad.har"}},
	"causes":  {{args: "api-key-missing"}},
	"run": {
		{args: "--all --target TARGET --allow-unsafe --save run.har --write-baseline run.yaml ok.har"},
		{args: "--all --target TARGET --allow-unsafe --save pair.har ok.har bad.har", alone: true},
		{args: "--plan --target TARGET --allow-unsafe ok.har", alone: true},
		{args: "--plan --format json --target TARGET --allow-unsafe ok.har", alone: true},
	},
	"compare": {{args: "--all --before TARGET --after OTHER --allow-unsafe --save compare.har --write-baseline compare.yaml ok.har"}},
	"isolate": {{args: "--all --target TARGET --save isolate.har one.har two.har"}},
	"through": {{args: "PROXY ok.har --all --probe --listen BEHIND --write-baseline through.yaml"}},
	"merge":   {{args: "run.json"}},
	"new":     {{args: "ok.har bad.har --force -o suite.replay.yaml"}, {args: "ok.har --ginkgo --force -o suite_test.go"}, {args: "one.har two.har --force -o one.replay.yaml"}},
	"test":    {{args: "--all --target TARGET --allow-unsafe one.replay.yaml"}, {args: "--dry-run --target TARGET suite.replay.yaml", alone: true}},
	"watch":   {{args: "--target TARGET", visited: true}},
	"show":    {{args: "bad.har"}},
	"convert": {{args: "ok.har converted"}, {args: "ok.yaml -"}},
	"redact":  {{args: "ok.har ok.redacted.har bad.har bad.redacted.har"}, {args: "bad.curl -"}, {args: "--check bad.har"}},
	"serve":   {{args: "--listen 127.0.0.1:0 --all ok.har", visited: true}},
	"record":  {{args: "--target TARGET --listen 127.0.0.1:0 -o recorded.har", visited: true}, {args: "--forward --listen 127.0.0.1:0 -o forwarded.har", visited: true, alone: true}},
	"rates":   {{args: "ok.har bad.har access.log"}, {args: "app.jsonl"}},
}

type canaryRow struct {
	args    string
	alone   bool // not in all formats
	visited bool // it waits for clients
}

// canaryForms are the flags whose values are the forms of an output.
var canaryForms = []string{"format", "to", "mode"}

// TestNoOutputHoldsASecret runs every command in every format over captures with
// secrets of all kinds in all places, against servers that hand out others, and
// looks for them in all that is printed and written.
func TestNoOutputHoldsASecret(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	known, tried := map[string]bool{}, 0
	stage := newCanary(t)
	for _, cmd := range rootCommand().Commands() {
		name := cmd.Name()
		if name == "help" || name == "completion" {
			continue
		}
		known[name] = true
		if canaryRows[name] == nil {
			t.Errorf("replay %s has no row in canaryRows: add how it is run over ok.har and bad.har, so that no secret can be in what it writes", name)
		}
	}
	// In this order, for some read what others write.
	for _, name := range []string{"diff", "explain", "causes", "run", "compare", "isolate", "through", "merge", "new", "test", "watch", "show", "convert", "redact", "serve", "record", "rates"} {
		if !known[name] {
			continue
		}
		delete(known, name)
		for _, row := range canaryRows[name] {
			for _, args := range formed(t, name, row) {
				stage.try(t, row, args)
				tried++
			}
		}
	}
	for name := range known {
		t.Errorf("replay %s is not in the order of the commands: add it there", name)
	}
	t.Logf("%d runs of commands, %d secrets", tried, len(stage.secrets))
}

// formed are the arguments of a row, in all its forms.
func formed(t *testing.T, name string, row canaryRow) [][]string {
	t.Helper()
	base := append([]string{name}, strings.Fields(row.args)...)
	forms := [][]string{base}
	if row.alone {
		return forms
	}
	cmd, _, err := rootCommand().Find([]string{name})
	if err != nil {
		t.Fatal(err)
	}
	for _, flag := range canaryForms {
		complete, ok := cmd.GetFlagCompletionFunc(flag)
		if !ok {
			if cmd.Flags().Lookup(flag) != nil {
				t.Errorf("replay %s: --%s has no completion (cobra.FixedCompletions), so its values can't be tried one by one", name, flag)
			}
			continue
		}
		values, _ := complete(cmd, nil, "")
		for i, value := range values {
			value, _, _ = strings.Cut(value, "\t")
			args := append(slices.Clone(base), "--"+flag, value)
			if cmd.Flags().Lookup("report") != nil && flag == "format" {
				args = append(args, "--report", value+"="+name+"."+value)
			}
			if i == 0 {
				forms = nil
			}
			forms = append(forms, args)
		}
	}
	return forms
}

// A canaryStage is a folder with captures, and servers.
type canaryStage struct {
	folder  string
	address *strings.Replacer
	live    *traffic.Capture // what the servers answer
	secrets []canary.Secret
	hunter  *canary.Hunter
	seen    map[[sha256.Size]byte]bool
	read    map[string]string // files that were searched, or are the input
}

func newCanary(t *testing.T) *canaryStage {
	t.Helper()
	s := &canaryStage{folder: t.TempDir(), seen: map[[sha256.Size]byte]bool{}, read: map[string]string{}}
	t.Chdir(s.folder)
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("HOME", os.Getenv("XDG_CONFIG_HOME"))
	t.Setenv("JOB_COMPLETION_INDEX", "")
	har := func(generation, status int) []byte {
		har, secrets := canary.HAR(canary.Plantings(), generation, status)
		s.secrets = append(s.secrets, secrets...)
		return har
	}
	s.write(t, "ok.har", har(0, 200))
	s.write(t, "bad.har", har(1, 401))
	live, err := traffic.Read(bytes.NewReader(har(2, 200)), "live.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = live.Close() })
	s.live = live
	s.lone(t)
	s.logs(t)
	for _, to := range []string{"ok.yaml", "bad.curl"} {
		from := strings.TrimSuffix(to, filepath.Ext(to)) + ".har"
		if code := run([]string{"convert", "--dangerously-show-secrets", from, to}, nil, io.Discard, os.Stderr); code != exitSame {
			t.Fatalf("convert %s %s: exit code %d", from, to, code)
		}
	}
	s.eachFile(t, func(name, content string) { s.read[name] = content })
	s.hunter = canary.NewHunter(s.secrets, canary.KnownTexts()...)
	s.servers(t)
	return s
}

func (s *canaryStage) write(t *testing.T, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.folder, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// lone are two captures of one request that lost its scheme: what isolate and
// test need.
func (s *canaryStage) lone(t *testing.T) {
	t.Helper()
	token := canary.Secret{Reason: "the token of isolate", Value: "b9TnW4sKq7Zr2XcV8mLd5P"}
	s.secrets = append(s.secrets, token)
	for name, value := range map[string]string{"one.har": "Bearer " + token.Value, "two.har": token.Value} {
		status := 200
		if name == "two.har" {
			status = 401
		}
		s.write(t, name, fmt.Appendf(nil, `{"log":{"version":"1.2","creator":{"name":"c","version":"1"},"entries":[{"startedDateTime":"2026-01-01T00:00:00Z","time":1,
"request":{"method":"GET","url":"http://b.test/lone","httpVersion":"HTTP/1.1","cookies":[],"headers":[{"name":"Authorization","value":%q}],"queryString":[],"headersSize":-1,"bodySize":-1},
"response":{"status":%d,"statusText":"","httpVersion":"HTTP/1.1","cookies":[],"headers":[],"content":{"size":0,"mimeType":""},"redirectURL":"","headersSize":-1,"bodySize":-1},
"cache":{},"timings":{"send":0,"wait":1,"receive":0}}]}}`, value, status))
	}
}

// logs are lines of servers of the failing requests, with secrets in them.
func (s *canaryStage) logs(t *testing.T) {
	t.Helper()
	secret := func(reason, value string) string {
		s.secrets = append(s.secrets, canary.Secret{Reason: reason, Value: value})
		return value
	}
	query := secret("the query of a line of a log", "u4RkZ8vGh2Wq6JtY3bNc7D")
	message := secret("the message of a line of a log", "x6PmF3kTz9Qw5BrH8dVs2L")
	var access, app strings.Builder
	for i := range 40 {
		fmt.Fprintf(&access, "127.0.0.1 - - [01/Jan/2026:00:00:%02d +0000] \"POST /e%d?token=%s HTTP/1.1\" 401 17 \"https://a.test/cb?code=%s\" \"curl/8\"\n", i%60, i, query, query)
		fmt.Fprintf(&app, `{"time":"2026-01-01T00:00:%02dZ","level":"error","msg":"denied: Authorization: Bearer %s","method":"POST","path":"/e%d","status":401}`+"\n", i%60, message, i)
	}
	s.write(t, "access.log", []byte(access.String()))
	s.write(t, "app.jsonl", []byte(app.String()))
}

// servers answer with what they hand out in the live capture, and repeat what they were sent.
func (s *canaryStage) servers(t *testing.T) {
	t.Helper()
	target, other := httptest.NewServer(s), httptest.NewServer(s)
	behind := loneHost(t)
	proxy := httptest.NewServer(proxyOf(behind))
	for _, server := range []*httptest.Server{target, other, proxy} {
		t.Cleanup(server.Close)
	}
	s.address = strings.NewReplacer("TARGET", target.URL, "OTHER", other.URL, "PROXY", proxy.URL, "BEHIND", behind)
}

func (s *canaryStage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/lone" {
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
			w.Header().Set("WWW-Authenticate", "Bearer")
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprintf(w, `{"echo":%q}`, r.Header.Get("Authorization"))
		return
	}
	for _, x := range s.live.Exchanges {
		if !strings.HasSuffix(x.Request.URL, r.URL.Path) {
			continue
		}
		for _, f := range x.Response.Header {
			if f.Name != "Content-Encoding" && !strings.Contains(f.Value, "\n") {
				w.Header().Add(f.Name, f.Value)
			}
		}
		w.WriteHeader(http.StatusForbidden)
		if text, err := x.Response.Body.Text(1 << 20); err == nil {
			_, _ = io.WriteString(w, text)
		}
		fmt.Fprintf(w, "\nyou sent Authorization: %s", r.Header.Get("Authorization"))
		return
	}
	http.Error(w, "nothing here", http.StatusNotFound)
}

// try runs a command, and looks into what it printed and wrote.
func (s *canaryStage) try(t *testing.T, row canaryRow, args []string) {
	t.Helper()
	for i := range args {
		args[i] = s.address.Replace(args[i])
	}
	line := "replay " + strings.Join(args, " ")
	ctx, end := context.WithCancel(t.Context())
	defer end()
	var stdout bytes.Buffer
	stderr := &heard{line: make(chan string, 1)}
	done := make(chan int, 1)
	go func() { done <- runUntil(ctx, args, strings.NewReader(""), &stdout, stderr) }()
	if row.visited {
		select {
		case url := <-stderr.line:
			s.visit(t, url)
		case code := <-done:
			done <- code
		}
		end()
	}
	if code := <-done; code == exitTrouble && !row.visited || code == exitRefused {
		t.Errorf("%s: exit code %d, so nothing was tried: %s", line, code, stderr.text())
	}
	s.search(t, line, "standard output", stdout.String())
	s.search(t, line, "standard error", stderr.text())
	s.eachFile(t, func(name, content string) {
		if s.read[name] != content {
			s.read[name] = content
			s.search(t, line, name, content)
		}
	})
}

func (s *canaryStage) search(t *testing.T, line, place, content string) {
	t.Helper()
	sum := sha256.Sum256([]byte(content))
	if s.seen[sum] {
		return // a report in two places
	}
	s.seen[sum] = true
	for i, leak := range s.hunter.Hunt(content) {
		if i == 40 {
			t.Errorf("%s: and more in %s", line, place)
			return
		}
		t.Errorf("%s: %s has %s (%s): …%.150q", line, place, leak.Reason, leak.How, leak.Found)
	}
}

func (s *canaryStage) eachFile(t *testing.T, each func(name, content string)) {
	t.Helper()
	err := filepath.WalkDir(s.folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		each(path, string(content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// visit sends some of the live requests to a command that waits for clients.
func (s *canaryStage) visit(t *testing.T, base string) {
	t.Helper()
	for i := range 12 {
		x := s.live.Exchanges[i]
		r, err := http.NewRequestWithContext(t.Context(), "POST", fmt.Sprintf("%s/e%d?access_token=%s", base, i, s.secrets[len(canary.Plantings())*2+i].Value), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range x.Request.Header {
			r.Header.Add(f.Name, f.Value)
		}
		if answer, err := http.DefaultClient.Do(r); err == nil {
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
		}
	}
}

// heard keeps what is written to it, and sends the first address in it.
type heard struct {
	mu   sync.Mutex
	all  strings.Builder
	told bool
	line chan string
}

var address = regexp.MustCompile(`http://(?:127\.0\.0\.1|localhost|\[::1\]):(\d+)`)

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, err := h.all.Write(p)
	if found := address.FindAllString(h.all.String(), -1); !h.told && len(found) > 0 && strings.HasSuffix(h.all.String(), "\n") {
		h.told = true
		h.line <- found[len(found)-1]
	}
	return n, err
}

func (h *heard) text() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.all.String()
}

// TestFormsAreSeen: the canary tries what the commands can.
func TestFormsAreSeen(t *testing.T) {
	has := func(cmd *cobra.Command, flag string) bool { return cmd.Flags().Lookup(flag) != nil }
	n := 0
	for _, cmd := range rootCommand().Commands() {
		for _, flag := range canaryForms {
			if has(cmd, flag) {
				n++
			}
		}
	}
	if n < 10 {
		t.Errorf("%d flags of forms: have they other names now? canaryForms has to know them", n)
	}
}
