package credential_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/credential"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

func command(t *testing.T, line string) (credential.Credential, error) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("the lines are for sh")
	}
	return (&credential.Command{Line: line, Now: atNoon}).Fetch(context.Background())
}

func TestCommand(t *testing.T) {
	token := credential.Credential{Token: "tok-4711"}
	bearer := field("Authorization", "Bearer tok-4711")
	hour := bearer
	hour.Expires = noon.Add(time.Hour)
	for _, row := range []struct {
		prints string
		want   credential.Credential
		reason string
	}{
		{"tok-4711", token, "a token"},
		{"\n tok-4711\r\n\n", token, "with lines around it"},
		{`"tok-4711"`, token, "as jq prints it"},
		{"Bearer tok-4711", bearer, "with its scheme"},
		{"Authorization: Bearer tok-4711", bearer, "a line"},
		{"X-A: 1\nX-B: 2: 3", credential.Credential{Fields: []traffic.HeaderField{{Name: "X-A", Value: "1"}, {Name: "X-B", Value: "2: 3"}}}, "lines"},
		{"Cookie: a=1; b=2", credential.Credential{Cookies: []traffic.Param{{Name: "a", Value: "1"}, {Name: "b", Value: "2"}}}, "cookies"},
		{`{"access_token":"tok-4711","token_type":"bearer","expires_in":3600}`, hour, "a token endpoint"},
		{`{"access_token":"tok-4711","token_type":"Bearer","expires_in":"3600"}`, hour, "which writes the number as a text"},
		{`{"accessToken":"tok-4711","tokenType":"Bearer","expires_on":1795438800}`, hour, "a cloud's tool"},
		{`{"kind":"ExecCredential","status":{"token":"tok-4711","expirationTimestamp":"2026-11-23T13:00:00Z"}}`,
			credential.Credential{Token: "tok-4711", Expires: noon.Add(time.Hour)}, "a plugin of kubectl"},
	} {
		file := filepath.Join(t.TempDir(), "out")
		if err := os.WriteFile(file, []byte(row.prints), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := command(t, "cat "+file)
		if d := cmp.Diff(row.want, got, visible, cmpopts.IgnoreFields(credential.Credential{}, "Issued")); d != "" || err != nil {
			t.Errorf("%s: %v %s", row.reason, err, d)
		}
		if !got.Issued.Equal(noon) {
			t.Errorf("%s: issued at %s", row.reason, got.Issued)
		}
	}
}

func TestCommandErrors(t *testing.T) {
	for _, row := range []struct{ line, want, reason string }{
		{"", "--auth-from: the command is empty", "nothing to run"},
		{"exit 3", "--auth-from: the command ended with exit code 3", "silent"},
		{"echo please log in >&2; exit 1", "--auth-from: the command ended with exit code 1; it said: please log in", "its words are passed on"},
		{"echo tok-4711-tok-4711; echo got tok-4711-tok-4711 >&2; exit 1", "--auth-from: the command ended with exit code 1; it said: got ‹token 1›", "but not what it fetched"},
		{"for i in 1 2 3 4 5 6 7; do echo line $i >&2; done; exit 1", "--auth-from: the command ended with exit code 1; it said: line 3 · line 4 · line 5 · line 6 · line 7", "the last lines"},
		{"printf 'a\\033[31mb\\n' >&2; exit 1", `--auth-from: the command ended with exit code 1; it said: a\x1b[31mb`, "nothing that steers a terminal"},
		{"/nowhere/at/all 2>/dev/null", "--auth-from: the command ended with exit code 127: it was not found", "misspelt"},
		{"true", "--auth-from: the command printed nothing on standard output", "no output"},
		{"echo you are not logged in", `--auth-from: the command printed a sentence: it has to print a token, lines "Header: value" or JSON with access_token`, "words on the wrong stream"},
		{`printf 'X-A: 1\nnope\n'`, `--auth-from: line 2 of what the command printed is no "Header: value"`, "half a header"},
		{"echo 'Content-Length: 3'", "--auth-from: the command printed the field Content-Length, which is computed for each request", "framing"},
		{`printf '{"error":"x"}'`, "--auth-from: the command printed JSON without access_token", "an error of its own"},
		{`printf '{"access_token":'`, "--auth-from: the command printed JSON that can't be read as a token: it needs access_token, and may have token_type and expires_in", "cut off"},
		{`printf '{"access_token":"a","token_type":"DPoP"}'`, "--auth-from: the token is of the type dpop, which takes a proof for each request: ask for a Bearer token", "a token that is bound"},
		{"head -c 2000000 /dev/zero", "--auth-from: the command printed more than 1024 KiB: that is no credential", "without end"},
	} {
		_, err := command(t, row.line)
		if err == nil || err.Error() != row.want {
			t.Errorf("%s:\n got %v\nwant %s", row.reason, err, row.want)
		}
	}
}

func TestCommandThatLeavesAnAgentBehind(t *testing.T) {
	got, err := command(t, "echo tok-4711; sleep 3 &")
	if err != nil || got.Token != "tok-4711" {
		t.Errorf("%v %v", got, err)
	}
}

func TestCommandTimeout(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the lines are for sh")
	}
	c := &credential.Command{Line: "echo waiting for you >&2; sleep 60", Timeout: 300 * time.Millisecond}
	begun := time.Now()
	_, err := c.Fetch(context.Background())
	if err == nil || !strings.HasPrefix(err.Error(), "--auth-from: the command did not end within 300ms") {
		t.Errorf("got %v", err)
	}
	if time.Since(begun) > 30*time.Second {
		t.Error("it waited for the children of the shell")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Fetch(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}
