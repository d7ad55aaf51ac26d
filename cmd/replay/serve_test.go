package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestServe: a client asks, and in the end it is told what was not answered and
// what was not asked for, without a secret.
func TestServe(t *testing.T) {
	get := func(t *testing.T, client *http.Client, url string, cookie string) string {
		r, err := http.NewRequest("GET", url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if cookie != "" {
			r.Header.Set("Cookie", cookie)
		}
		response, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return response.Status + " " + string(body)
	}
	rows := []struct {
		reason string
		args   []string
		paths  []string
		code   int
		says   []string
	}{
		{"all is answered, as often as it is asked", nil, []string{"/login", "/login"}, exitSame, []string{"answered 2 of 2 requests", "never asked for", "entry 0 (GET /account)"}},
		{"what nothing answers", nil, []string{"/login", "/logon", "/logon"}, exitDiffers, []string{"answered 1 of 3", "2x  no recorded exchange for GET /logon: nearest is"}},
		{"each once", []string{"--once"}, []string{"/login", "/login", "/login"}, exitDiffers, []string{"serve without --once"}},
		{"in sequence", []string{"--mode", "sequence"}, []string{"/account", "/account"}, exitDiffers, []string{"but entry 0 (GET /account) comes first"}},
		{"leniently", []string{"--mode", "lenient"}, []string{"/api/orders?limit=5"}, exitSame, []string{"answered 1 of 1"}},
		{"all has to be asked for", []string{"--all-used"}, nil, exitDiffers, []string{"entry 25 (GET /api/stock)"}},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			out, told, err := servedTo(t, row.args, func(url string) {
				for _, path := range row.paths {
					cookie := ""
					if path == "/account" {
						cookie = "session=not-so-secret-17"
					}
					get(t, http.DefaultClient, url+path, cookie)
				}
			})
			var code exitCode
			if errors.As(err, &code); int(code) != row.code || err != nil && code == 0 {
				t.Errorf("ended with %v", err)
			}
			for _, text := range row.says {
				if !strings.Contains(out, text) {
					t.Errorf("%q is not in:\n%s", text, out)
				}
			}
			if strings.Contains(out+told, "not-so-secret") {
				t.Errorf("a secret is told:\n%s%s", out, told)
			}
		})
	}
	t.Run("TLS, with a certificate to trust", func(t *testing.T) {
		ca := filepath.Join(t.TempDir(), "ca.pem")
		_, _, err := servedTo(t, []string{"--tls", "--write-cacert", ca, "--all"}, func(url string) {
			pem, err := os.ReadFile(ca)
			if err != nil {
				t.Fatal(err)
			}
			pool := x509.NewCertPool()
			pool.AppendCertsFromPEM(pem)
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
			defer transport.CloseIdleConnections()
			if got := get(t, &http.Client{Transport: transport}, url+"/login", ""); !strings.HasPrefix(got, "200") {
				t.Error(got)
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// servedTo runs the command while a client asks.
func servedTo(t *testing.T, args []string, client func(url string)) (out, told string, err error) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	cmd := serveCommand()
	reader, tells := io.Pipe()
	var stdout bytes.Buffer
	cmd.SetArgs(append([]string{"../../examples/shop/ok.har", "--listen", "127.0.0.1:0"}, args...))
	cmd.SetErr(tells)
	cmd.SetOut(&stdout)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	done := make(chan error, 1)
	go func() {
		err := cmd.ExecuteContext(ctx)
		tells.Close()
		done <- err
	}()
	lines := bufio.NewReader(reader)
	line, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(<-done)
	}
	rest := make(chan string, 1)
	go func() {
		all, _ := io.ReadAll(lines)
		rest <- string(all)
	}()
	client(regexp.MustCompile(`at (\S+);`).FindStringSubmatch(line)[1])
	end()
	err = <-done
	return stdout.String(), line + <-rest, err
}

func TestServeRefusesFlags(t *testing.T) {
	for _, row := range []struct{ reason, args, says string }{
		{"no capture", "serve", "serve takes 1 file"},
		{"no mode", "serve ok.har --mode exact", "it is strict, lenient or sequence"},
		{"once is of strict", "serve ok.har --mode lenient --once", "--once is of --mode strict"},
		{"not for others", "serve ../../examples/shop/ok.har --listen 0.0.0.0:0", "on loopback alone"},
		{"no certificate to write", "serve ok.har --write-cacert ca.pem", "add --tls"},
		{"a page is an origin", "serve ../../examples/shop/ok.har --page localhost:3000", "write it as http://localhost:3000"},
		{"an unknown origin", "serve ../../examples/shop/ok.har --listen 127.0.0.1:0 --at https://other.test=127.0.0.1:0", "recorded were: http://shop.test"},
		{"no address", "serve ../../examples/shop/ok.har --listen 127.0.0.1:0 --at shop.test", "RECORDED=ADDRESS"},
		{"time does not run backwards", "serve ok.har --for -1s", "can't be negative"},
	} {
		var stderr bytes.Buffer
		if code := run(strings.Fields(row.args), strings.NewReader(""), io.Discard, &stderr); code != exitTrouble || !strings.Contains(stderr.String(), row.says) {
			t.Errorf("%s: exit code %d: %s", row.reason, code, stderr.String())
		}
	}
}
