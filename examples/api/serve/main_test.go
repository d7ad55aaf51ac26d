package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestServe(t *testing.T) {
	out, opened := io.Pipe()
	go run([]string{"--listen", "127.0.0.1:0", "--fault", "exp-not-checked, no-challenge"}, opened, io.Discard)
	line := make([]byte, 300)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	url := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).Find(line[:n])
	client := &http.Client{Timeout: 30 * time.Second}
	resp, err := client.Get(string(url) + "/v1/me")
	if err != nil {
		t.Fatalf("it said %q: %v", line[:n], err)
	}
	resp.Body.Close()
	if resp.StatusCode != 401 {
		t.Errorf("status %d", resp.StatusCode)
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
		says   string
	}{
		{"the list of mistakes", []string{"--faults"}, 0, "key-confusion"},
		{"help is no mistake", []string{"--help"}, 0, "-fault"},
		{"a flag that is none", []string{"--port", "1"}, 2, "-port"},
		{"a mistake that is none", []string{"--fault", "exp-checked"}, 2, "exp-checked"},
		{"an address that is taken", []string{"--listen", busy.Addr().String()}, 2, "in use"},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			var out bytes.Buffer
			if code := run(test.args, &out, &out); code != test.code || !strings.Contains(out.String(), test.says) {
				t.Errorf("code %d, %q", code, out.String())
			}
		})
	}
}
