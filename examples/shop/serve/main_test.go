package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/replaydiff/replay/examples/shop"
)

func TestServe(t *testing.T) {
	out, opened := io.Pipe()
	go run([]string{"--listen", "127.0.0.1:0", "--fault", "no-rotation, exp-not-checked"}, opened, io.Discard)
	line := make([]byte, 200)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	_, url, found := strings.Cut(strings.TrimSpace(string(line[:n])), " at ")
	if !found {
		t.Fatalf("it said %q", line[:n])
	}
	client := &http.Client{Timeout: 10 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("login page: %d", resp.StatusCode)
	}
}

func TestFlags(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	tests := []struct {
		reason string
		args   []string
		code   int
		stderr string
	}{
		{"a fault with a typing mistake names the nearest", []string{"--fault", "no-rotatoin"}, 2, `fault "no-rotatoin" is unknown; the nearest is no-rotation`},
		{"a port that is taken", []string{"--listen", busy.Addr().String()}, 2, "address already in use"},
		{"an unknown flag", []string{"--lissen", "x"}, 2, "-lissen"},
		{"a word that is no flag", []string{"8080"}, 2, "unexpected 8080"},
		{"help is no error", []string{"--help"}, 0, "-fault"},
	}
	for _, test := range tests {
		var stderr bytes.Buffer
		if code := run(test.args, io.Discard, &stderr); code != test.code || !strings.Contains(stderr.String(), test.stderr) {
			t.Errorf("%s: code %d, said\n%s", test.reason, code, stderr.String())
		}
	}
}

func TestFaultsAreListed(t *testing.T) {
	var stdout bytes.Buffer
	if code := run([]string{"--faults"}, &stdout, io.Discard); code != 0 || strings.Count(stdout.String(), "\n") != len(shop.Faults()) {
		t.Errorf("code %d\n%s", code, stdout.String())
	}
}
