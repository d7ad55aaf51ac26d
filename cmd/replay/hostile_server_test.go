package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/damage"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// hostileServer answers request n of a hostile capture with value n+turn in
// every place of the answer.
func hostileServer(t testing.TB, turn int) string {
	t.Helper()
	values := hostileValues()
	s, err := rawserver.Listen(rawserver.Config{MaxHeader: 4 << 20, Answer: func(_ context.Context, r *rawserver.Request) *wire.Answer {
		n, _ := strconv.Atoi(strings.Split(r.Target+"/", "/")[1])
		v := values[(n+turn)%len(values)]
		field, body := v.inField(), `{"`+v.inJSON()+`":"`+v.inJSON()+`"}`
		header := traffic.Header{
			{Name: "Content-Type", Value: "application/json; charset=" + field}, {Name: "WWW-Authenticate", Value: `Bearer realm="` + field + `", error="invalid_token", error_description="` + field + `"`},
			{Name: "Set-Cookie", Value: field + "=" + field + "; Path=/" + field + "; SameSite=" + field}, {Name: "Server", Value: field}, {Name: "Via", Value: "1.1 " + field},
			{Name: "Access-Control-Allow-Origin", Value: field}, {Name: "X-" + fieldName(v.text, true), Value: field}, {Name: "Link", Value: field}, {Name: "Date", Value: field}, {Name: "Content-Encoding", Value: field},
		}
		if n%3 == 0 {
			header = append(header[:len(header)-1], traffic.HeaderField{Name: "Location", Value: field})
		}
		if n%4 == 1 {
			header[0].Value, body = "text/html", "<title>"+v.text+"</title><h1>"+v.text+"</h1>"
		}
		return &wire.Answer{Status: []int{200, 401, 302, 500, 403}[(n+turn)%5], Reason: field, Header: header, Body: []byte(body)}
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s.URL
}

// TestHostileServers: the same for what a server answers, in every command that
// sends, and in every form of a report.
func TestHostileServers(t *testing.T) {
	if testing.Short() {
		t.Skip("long; the packages below are tested with the race detector: go test without -short runs it")
	}
	folder := t.TempDir()
	values := slices.DeleteFunc(hostileValues(), func(v hostileValue) bool { return strings.Contains(v.text, "masked-") }) // what was masked can't be sent
	ok, bad, suite := filepath.Join(folder, "ok.har"), filepath.Join(folder, "bad.har"), filepath.Join(folder, "flow.replay.yaml")
	write(t, ok, hostileHAR(values, 200, true))
	write(t, bad, hostileHAR(append(values[1:len(values):len(values)], values[0]), 401, true))
	if _, stderr, code := outputs(t, "new", ok, "-o", suite); code != exitSame {
		t.Fatal(stderr)
	}
	one, other := hostileServer(t, 1), hostileServer(t, 7)
	rows := []struct {
		args  string
		forms []string
	}{
		{"run OK --target ONE --max-401 0 --allow-unsafe --all", runFormats[1:]},
		{"run OK --target ONE --max-401 0 --follow --learn 1 --color always --dangerously-show-secrets --all", runFormats[1:]},
		{"run OK BAD --target ONE --max-401 0 --allow-unsafe", runFormats[1:]},
		{"compare OK --before ONE --after TWO --max-401 0 --allow-unsafe --all", runFormats[1:]},
		{"isolate OK BAD --target ONE --allow-unsafe --all", nil},
		{"isolate OK BAD --target ONE --allow-unsafe --format json", nil},
		{"test SUITE --target ONE --allow-unsafe --all", runFormats[1:]},
		{"test SUITE --target ONE --allow-unsafe --dry-run", nil},
	}
	if runtime.GOOS == "linux" { // where all of 127.0.0.0/8 is this machine
		here := fmt.Sprintf("127.77.%d.%d:9077", 1+os.Getpid()>>8&0x7f, 1+os.Getpid()&0x7f)
		proxy := mangling(t, "http://"+here)
		rows = append(rows, struct {
			args  string
			forms []string
		}{"through " + proxy + " OK --listen " + here + " --all", throughFormats[1:]})
	}
	for _, row := range rows {
		t.Run(row.args, func(t *testing.T) {
			folder := t.TempDir()
			args := strings.Fields(strings.NewReplacer("OK", ok, "BAD", bad, "ONE", one, "TWO", other, "SUITE", suite).Replace(row.args))
			for _, as := range row.forms {
				args = append(args, "--report", as+"="+filepath.Join(folder, "report."+as))
			}
			stdout, stderr, code := outputs(t, args...)
			inert(t, stdout)
			inert(t, stderr)
			if code == exitTrouble && !strings.HasPrefix(row.args, "isolate") || code == exitRefused || stdout == "" {
				t.Errorf("ended with %d: %s", code, stderr)
			}
			for _, as := range row.forms {
				inertForms[as](t, read(t, filepath.Join(folder, "report."+as)))
			}
			if strings.HasPrefix(row.args, "run OK --target") {
				merged, stderr, _ := outputs(t, "merge", filepath.Join(folder, "report.json"))
				inert(t, merged)
				inert(t, stderr)
			}
		})
	}
}

func read(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Error(err)
	}
	return string(content)
}

// mangling is a proxy that puts a hostile value into requests and answers.
func mangling(t testing.TB, target string) string {
	t.Helper()
	var all []scenarios.Damage
	for i, v := range hostileValues() {
		if v.inField() != "" && i%5 == 0 {
			all = append(all, scenarios.Damage{Do: scenarios.SetRequestField, Name: "X-A", Value: v.inField()}, scenarios.Damage{Do: scenarios.SetRequestField, Name: "User-Agent", Value: v.inField()})
		}
	}
	l, err := damage.Listen(target, damage.Options{Damage: all})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l.URL
}
