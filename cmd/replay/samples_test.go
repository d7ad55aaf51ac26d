package main

import (
	"bytes"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/examples/shop"
)

// TestSamplesRun: the commands of converted sample requests, pasted into bash in
// their order with the reader's values set, get the answers that the document
// shows.
func TestSamplesRun(t *testing.T) {
	for _, program := range []string{"bash", "curl", "sed"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is missing: apt-get install %s", program, program)
			}
			t.Skipf("%s is missing", program)
		}
	}
	var document bytes.Buffer
	if code := run([]string{"convert", "../../examples/shop/ok.har", "-", "--to", "markdown"}, nil, &document, io.Discard); code != exitSame {
		t.Fatal("convert failed")
	}
	app, err := shop.New(shop.Config{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(app)
	defer server.Close()

	blocks := regexp.MustCompile("(?s)```bash\n(.*?)\n```").FindAllStringSubmatch(document.String(), -1)
	status := regexp.MustCompile(`(?m)^Answers (\d+):$`).FindAllStringSubmatch(document.String(), -1)
	if len(blocks) != len(status)+1 || len(status) < 10 {
		t.Fatalf("%d blocks, %d answers", len(blocks), len(status))
	}
	var script strings.Builder
	script.WriteString(setValues(t, blocks[0][1], server.URL))
	for _, block := range blocks[1:] {
		// What a block prints, and what it writes, begins with the status line.
		script.WriteString("rm -f answer.txt\n{ " + block[1] + "\n} > shown.txt\nhead -n 1 $(if [ -f answer.txt ]; then echo answer.txt; else echo shown.txt; fi)\n")
	}
	bash := exec.Command("bash", "-u")
	bash.Stdin = strings.NewReader(script.String())
	bash.Env = append(os.Environ(), "TMPDIR="+t.TempDir(), "http_proxy=", "NO_PROXY=*")
	out, err := bash.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, script.String(), out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(status) {
		t.Fatalf("%d answers of %d:\n%s", len(lines), len(status), out)
	}
	for i, line := range lines {
		if got := strings.Fields(line + " - -")[1]; got != status[i][1] {
			t.Errorf("request %d: %s, the document says %s\n%s", i+1, got, status[i][1], blocks[i+1][1])
		}
	}
}

// setValues sets what the reader has to: the shop's address, and the recorded
// password and key.
func setValues(t *testing.T, block, base string) string {
	t.Helper()
	c, err := traffic.Open("../../examples/shop/ok.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	values := map[string]string{"BASE": base}
	for _, x := range c.Exchanges {
		if key := x.Request.Header.Get("Api_key"); key != "" {
			values["API_KEY"] = key
		}
		form, _ := x.Request.Body.Form(0)
		for pair := range strings.SplitSeq(string(form), "&") {
			if value, found := strings.CutPrefix(pair, "password="); found {
				values["PASSWORD"] = strings.ReplaceAll(value, "+", " ")
			}
		}
	}
	return regexp.MustCompile(`(?m)^([A-Z_0-9]+)='.*'$`).ReplaceAllStringFunc(block, func(line string) string {
		name, _, _ := strings.Cut(line, "=")
		value, known := values[name]
		if !known {
			t.Errorf("nobody told this test about %s", name)
		}
		return name + "='" + value + "'"
	}) + "\n"
}
