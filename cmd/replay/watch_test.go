package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

// TestWatch: a client that asks again and again with a token that is refused is
// told of; one of which nothing is seen is not called good.
func TestWatch(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	t.Cleanup(server.Close)
	rows := []struct {
		reason string
		calls  int
		code   exitCode
		says   string
	}{
		{"the same call is refused ten times", 10, exitDiffers, "refused-again"},
		{"nobody came", 0, exitTrouble, ""},
	}
	for _, row := range rows {
		said, err := watched(t, server.URL, func(url string) {
			for range row.calls {
				request, err := http.NewRequest(http.MethodGet, url+"/api/orders", nil)
				if err != nil {
					t.Fatal(err)
				}
				request.Header.Set("Authorization", "Bearer not-so-secret-token-17")
				answer, err := http.DefaultClient.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				_ = answer.Body.Close()
			}
		})
		var code exitCode
		if !errors.As(err, &code) || code != row.code || !strings.Contains(said, row.says) || strings.Contains(said, "not-so-secret") {
			t.Errorf("%s: %v\n%s", row.reason, err, said)
		}
	}
}

// watched runs the command while a client does something.
func watched(t *testing.T, target string, client func(url string)) (string, error) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	cmd := watchCommand()
	told, tells := io.Pipe()
	var out bytes.Buffer
	cmd.SetContext(ctx)
	cmd.SetArgs([]string{"--target", target})
	cmd.SetErr(tells)
	cmd.SetOut(&out)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	done := make(chan error, 1)
	go func() { done <- cmd.ExecuteContext(ctx) }()
	line, err := bufio.NewReader(told).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	client(regexp.MustCompile(`give the client (\S+),`).FindStringSubmatch(line)[1])
	end()
	err = <-done
	return out.String(), err
}

func TestWatchRefusesMistakes(t *testing.T) {
	for _, row := range []struct{ reason, args, says string }{
		{"no server", "watch", "--target URL"},
		{"a capture is no server", "watch ok.har --target http://127.0.0.1:1", "watch takes no file"},
		{"time does not run backwards", "watch --target http://127.0.0.1:1 --for -1s", "can't be negative"},
		{"a target is a URL", "watch --target nonsense", ""},
	} {
		var stderr bytes.Buffer
		if code := run(strings.Fields(row.args), strings.NewReader(""), io.Discard, &stderr); code != exitTrouble || !strings.Contains(stderr.String(), row.says) {
			t.Errorf("%s: exit code %d: %s", row.reason, code, stderr.String())
		}
	}
}
