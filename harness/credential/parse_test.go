package credential_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/net/http/httpguts"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/credential"
)

var visible = cmpopts.IgnoreUnexported(credential.Credential{})

func env(name string) string {
	return map[string]string{
		"TOKEN": "tok-4711", "PW": "s3cr:et", "USERPASS": "ada:s3cret", "ENCODED": "YWRhOnMzY3JldA==", "SID": "abc123",
		"SCHEMED": "Bearer tok-4711", "QUOTED": `"tok-4711"`, "BLANKS": "  tok-4711\n", "SPLIT": "tok\r\nX-Evil: 1", "WORD": "ada", "SPACED": "tok 4711",
		"COLON": "a:da", "EMPTY": "", "WHITE": " \n",
	}[name]
}

func field(name, value string) credential.Credential {
	return credential.Credential{Fields: []traffic.HeaderField{{Name: name, Value: value}}}
}

func TestParse(t *testing.T) {
	for _, row := range []struct {
		auth   string
		want   credential.Credential
		reason string
	}{
		{"Bearer env:TOKEN", field("Authorization", "Bearer tok-4711"), "the common case"},
		{" Bearer  env:TOKEN ", field("Authorization", "Bearer tok-4711"), "blanks around and between are a matter of typing"},
		{"bearer env:TOKEN", field("Authorization", "bearer tok-4711"), "the scheme stays as given"},
		{"Token env:TOKEN", field("Authorization", "Token tok-4711"), "any scheme"},
		{"Token token=env:TOKEN", field("Authorization", "Token token=tok-4711"), "the parameter of Rails"},
		{`Token token="env:TOKEN"`, field("Authorization", `Token token="tok-4711"`), "with its quotes"},
		{"Bearer tok-4711", field("Authorization", "Bearer tok-4711"), "a literal"},
		{"Bearer env:BLANKS", field("Authorization", "Bearer tok-4711"), "blanks around a value are none of it (RFC 9110 section 5.5)"},
		{"Basic ada:env:PW", field("Authorization", "Basic YWRhOnMzY3I6ZXQ="), "a password may have a colon"},
		{"Basic env:WORD:env:PW", field("Authorization", "Basic YWRhOnMzY3I6ZXQ="), "both are kept elsewhere"},
		{"Basic env:TOKEN:", field("Authorization", "Basic dG9rLTQ3MTE6"), "a key as user, no password"},
		{"Basic :env:TOKEN", field("Authorization", "Basic OnRvay00NzEx"), "a token as password, no user"},
		{"Basic env:USERPASS", field("Authorization", "Basic YWRhOnMzY3JldA=="), "both in one variable"},
		{"Basic env:ENCODED", field("Authorization", "Basic YWRhOnMzY3JldA=="), "which is encoded already"},
		{"Basic ada:s3cret", field("Authorization", "Basic YWRhOnMzY3JldA=="), "as curl -u has it"},
		{"X-Api-Key: env:TOKEN", field("X-Api-Key", "tok-4711"), "any field"},
		{"x-api-key:env:TOKEN", field("x-api-key", "tok-4711"), "with its case, and no blank"},
		{"X-Api-Key: a:b", field("X-Api-Key", "a:b"), "a literal with a colon"},
		{"Authorization: Bearer env:TOKEN", field("Authorization", "Bearer tok-4711"), "as a header line"},
		{"Authorization: env:SCHEMED", field("Authorization", "Bearer tok-4711"), "scheme and token in the variable"},
		{"env:SCHEMED", field("Authorization", "Bearer tok-4711"), "the same without a field"},
		{"env:TOKEN", credential.Credential{Token: "tok-4711"}, "a token without a place"},
		{"tok-4711", credential.Credential{Token: "tok-4711"}, "a literal one"},
		{"cookie:sid=env:SID", credential.Credential{Cookies: []traffic.Param{{Name: "sid", Value: "abc123"}}}, "a cookie"},
		{"Cookie: sid=env:SID; theme=dark", credential.Credential{Cookies: []traffic.Param{{Name: "sid", Value: "abc123"}, {Name: "theme", Value: "dark"}}}, "cookies as a header line"},
		{"query:api_key=env:TOKEN", credential.Credential{Query: []traffic.Param{{Name: "api_key", Value: "tok-4711"}}}, "a parameter"},
	} {
		source, err := credential.Parse(row.auth, env)
		if err != nil {
			t.Errorf("%s (%s): %v", row.auth, row.reason, err)
			continue
		}
		got, err := source.Fetch(context.Background())
		if err != nil {
			t.Errorf("%s (%s): %v", row.auth, row.reason, err)
		}
		if d := cmp.Diff(row.want, got, visible); d != "" {
			t.Errorf("%s (%s):\n%s", row.auth, row.reason, d)
		}
	}
}

// The texts are what a user reads who is in a hurry: they are pinned.
func TestParseErrors(t *testing.T) {
	for _, row := range []struct{ auth, want, reason string }{
		{"", "--auth: it is empty; give 'Bearer env:TOKEN', 'Basic user:env:PW', 'X-Api-Key: env:KEY', 'cookie:sid=env:SID' or 'query:key=env:KEY'", "nothing"},
		{"Bearer", "--auth: behind the scheme Bearer its credentials are missing; give 'Bearer env:TOKEN', 'Basic user:env:PW', 'X-Api-Key: env:KEY', 'cookie:sid=env:SID' or 'query:key=env:KEY'", "an unset variable in double quotes leaves this"},
		{"Bearer env:NOPE", "--auth: the variable NOPE is not set, or empty: export it", "missing"},
		{"Bearer env:WHITE", "--auth: the variable WHITE is not set, or empty: export it", "blanks are no value"},
		{"Basic env:NOPE:env:NADA", "--auth: the variables NOPE and NADA are not set, or empty: export them", "both at once"},
		{"Cookie: a=env:NOPE; b=env:NADA; c=env:EMPTY", "--auth: the variables NOPE, NADA and EMPTY are not set, or empty: export them", "all at once"},
		{"Bearer env:SCHEMED", `--auth: env:SCHEMED begins with "Bearer" already, which would stand there twice: take the scheme out of one of them`, "Bearer Bearer"},
		{"Bearer Bearer tok-4711", `--auth: ‹secret› begins with "Bearer" already, which would stand there twice: take the scheme out of one of them`, "literally"},
		{"Bearer env:QUOTED", "--auth: env:QUOTED is in quotes, which would be sent too: take them off", "from a .env file"},
		{"Bearer env:SPLIT", "--auth: env:SPLIT holds a line break or another control character: a header field has none", "header injection"},
		{"Bearer env:SPACED", "--auth: env:SPACED holds a character that a Bearer token can't have (RFC 6750 section 2.1)", "a blank inside"},
		{"Bearer env:", "--auth: behind env: comes the name of a variable: letters, digits and _", "no name"},
		{"Bearer env:MY-TOKEN", "--auth: behind env: comes the name of a variable: letters, digits and _", "no shell has such a variable"},
		{"Bearer $TOKEN", "--auth: a variable that nobody filled in: write env:TOKEN", "single quotes kept the shell from it"},
		{"X-Api-Key: ${TOKEN}", "--auth: a variable that nobody filled in: write env:TOKEN", "braces"},
		{"Basic ada", "--auth: ‹secret› holds no colon between user and password: give 'Basic user:env:PW'", "no password"},
		{"Basic ada:", "--auth: the password of Basic is missing: give 'Basic user:env:PW'", "an empty one"},
		{"Basic env:COLON:env:PW", "--auth: the user of Basic has a colon, which would end it (RFC 7617 section 2)", "the rest would be read as the password"},
		{"Host: env:TOKEN", "--auth: the field Host is computed for each request: it can't be given", "framing"},
		{"cookie:sid", "--auth: a cookie is given as name=value: 'cookie:sid=env:SID'", "no value"},
		{"cookie:sid=a;b c", "--auth: a cookie is given as name=value: 'cookie:sid=env:SID'", "a name is missing"},
		{"query:key", "--auth: a query parameter is given as name=value: 'query:api_key=env:KEY'", "no value"},
		{"X-Key: a\nX-Evil: b", "--auth: it holds a line break or another control character", "header injection"},
	} {
		_, err := credential.Parse(row.auth, env)
		if err == nil || err.Error() != row.want {
			t.Errorf("%q (%s):\n got %v\nwant %s", row.auth, row.reason, err, row.want)
		}
	}
}

func TestParseFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a token")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("\ufefftok-1\r\n")
	source, err := credential.Parse("Bearer file:"+file, nil)
	if err != nil {
		t.Fatal(err)
	}
	write("tok-2\n")
	got, err := source.Fetch(context.Background())
	if d := cmp.Diff(field("Authorization", "Bearer tok-2"), got, visible); d != "" || err != nil {
		t.Errorf("a file that changed is read again: %v %s", err, d)
	}
	write("\n")
	if _, err := source.Fetch(context.Background()); err == nil || !strings.HasSuffix(err.Error(), "is empty") {
		t.Errorf("an empty file: %v", err)
	}
	if _, err := credential.Parse("Bearer file:"+file+".gone", nil); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a missing file: %v", err)
	}
	write(strings.Repeat("x", 70<<10))
	if _, err := credential.Parse("Bearer file:"+file, nil); err == nil || !strings.Contains(err.Error(), "longer than 64 KiB") {
		t.Errorf("a file that is no secret: %v", err)
	}
}

func TestCredentialPrintsNoSecret(t *testing.T) {
	c := credential.Credential{
		Fields: []traffic.HeaderField{{Name: "Authorization", Value: "Bearer tok-4711"}}, Token: "tok-4711",
		Cookies: []traffic.Param{{Name: "sid", Value: "tok-4711"}}, Query: []traffic.Param{{Name: "key", Value: "tok-4711"}},
		SetCookies: []credential.SetCookie{{Value: "sid=tok-4711"}},
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		for _, value := range []any{c, &c, []credential.Credential{c}} {
			if text := fmt.Sprintf(verb, value); strings.Contains(text, "4711") {
				t.Errorf("%s shows the secret: %s", verb, text)
			}
		}
	}
	want := "header Authorization, cookie sid, query parameter key, a token, the cookies of a login"
	if c.String() != want {
		t.Errorf("got %s", c)
	}
}

func TestCredentialIsLearnt(t *testing.T) {
	var m mask.Masker
	c := field("Authorization", "Bearer long-secret-4711")
	c.SetCookies = []credential.SetCookie{{Value: "sid=session-4712; Path=/"}}
	c.Learn(&m)
	if got, want := m.Text("it had Bearer long-secret-4711 and session-4712"), "it had Bearer ‹token 1› and ‹session 1›"; got != want {
		t.Errorf("got %s", got)
	}
}

// FuzzParse: no error repeats a literal secret, and what is accepted can be
// sent.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"Bearer env:TOKEN", "Basic ada:env:PW", "X-Api-Key: env:TOKEN", "cookie:sid=env:SID", "query:k=env:TOKEN", "Token token=\"env:TOKEN\"",
		"file:/nowhere", "Basic env:WORD:env:PW", "env:", ":", "Bearer", "Cookie: a=b; c", "Authorization:", "=env:TOKEN", "x =env:TOKEN", "Bearer x", "\"", "a b"} {
		f.Add(seed)
	}
	const secret = "q7Zw9xK2vB4n"
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "file:") || strings.Contains(text, secret) {
			return
		}
		sendable(t, text)
		if strings.Contains(text, "env:") || strings.Contains(text, "$") {
			return // what follows is the name of a variable
		}
		for _, form := range []string{"Bearer ", "Basic ada:", "Digest ", "X-Api-Key: ", "cookie:sid=", "query:key="} {
			if _, err := credential.Parse(form+text+secret, env); err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("%s: the error repeats the secret: %v", form, err)
			}
		}
	})
}

func sendable(t *testing.T, auth string) {
	source, err := credential.Parse(auth, env)
	if err != nil {
		return
	}
	c, err := source.Fetch(context.Background())
	if err != nil || c.Empty() {
		t.Fatalf("accepted, then %v %v", c, err)
	}
	for _, field := range c.Fields {
		if !httpguts.ValidHeaderFieldName(field.Name) || !httpguts.ValidHeaderFieldValue(field.Value) || field.Value == "" {
			t.Errorf("field %q can't be sent", field)
		}
	}
}
