package challenge

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var parseRows = []struct {
	lines  []string
	want   []Challenge
	reason string
}{
	{[]string{`Basic realm="a, b=c", Bearer error="invalid_token", error_description="x \"y\""`}, []Challenge{
		{Scheme: "Basic", Params: []Param{{"realm", "a, b=c", true}}},
		{Scheme: "Bearer", Params: []Param{{"error", "invalid_token", true}, {"error_description", `x "y"`, true}}},
	}, "commas, = and escaped quotes inside a quoted string are data"},
	{[]string{`Negotiate, NTLM, Basic realm="x"`}, []Challenge{
		{Scheme: "Negotiate"}, {Scheme: "NTLM"}, {Scheme: "Basic", Params: []Param{{"realm", "x", true}}},
	}, "a scheme may stand alone"},
	{[]string{`Digest realm="r", qop="auth,auth-int", nonce="n", stale=TRUE`}, []Challenge{
		{Scheme: "Digest", Params: []Param{{"realm", "r", true}, {"qop", "auth,auth-int", true}, {"nonce", "n", true}, {"stale", "TRUE", false}}},
	}, "a list in quotes is one value"},
	{[]string{`Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple"`}, []Challenge{
		{Scheme: "Newauth", Params: []Param{{"realm", "apps", true}, {"type", "1", false}, {"title", `Login to "apps"`, true}}},
		{Scheme: "Basic", Params: []Param{{"realm", "simple", true}}},
	}, "RFC 9110 section 11.6.1"},
	{[]string{`Bearer`}, []Challenge{{Scheme: "Bearer"}}, "no parameters at all"},
	{[]string{`NTLM TlRMTVNTUAAC==`}, []Challenge{{Scheme: "NTLM", Token68: "TlRMTVNTUAAC=="}}, "token68 with padding"},
	{[]string{`NTLM TlRMTVNTUAACAA=`}, []Challenge{{Scheme: "NTLM", Token68: "TlRMTVNTUAACAA="}}, "one = is padding, too"},
	{[]string{`, ,Bearer  realm = "x"`}, []Challenge{{Scheme: "Bearer", Params: []Param{{"realm", "x", true}}}}, "empty elements, bad white space"},
	{[]string{"Negotiate", `Basic realm="x"`}, []Challenge{{Scheme: "Negotiate"}, {Scheme: "Basic", Params: []Param{{"realm", "x", true}}}}, "two lines"},
	{[]string{"Negotiate\nBasic realm=\"x\""}, []Challenge{{Scheme: "Negotiate"}, {Scheme: "Basic", Params: []Param{{"realm", "x", true}}}}, "lines merged by a HAR writer"},
	{[]string{`Bearer realm="https://auth.example.test/token",service="registry",scope="repository:a/b:pull,push"`}, []Challenge{
		{Scheme: "Bearer", Params: []Param{{"realm", "https://auth.example.test/token", true}, {"service", "registry", true}, {"scope", "repository:a/b:pull,push", true}}},
	}, "docker registry: URL as realm, commas in scope, no space after the comma"},
	{[]string{`Basic realm=`}, []Challenge{{Scheme: "Basic", Params: []Param{{"realm", "", true}}, Flaws: []Flaw{EmptyValue}}}, "realm= is an empty parameter, not a token68"},
	{[]string{`Bearer realm="x`, `Basic realm="y"`}, []Challenge{
		{Scheme: "Bearer", Params: []Param{{"realm", "x", true}}, Flaws: []Flaw{Unterminated}},
		{Scheme: "Basic", Params: []Param{{"realm", "y", true}}},
	}, "a quote that never ends spoils its own line only"},
	{[]string{`Basic realm='My App'`}, []Challenge{{Scheme: "Basic", Params: []Param{{"realm", "My App", true}}, Flaws: []Flaw{SingleQuotes}}}, "single quotes are no quotes"},
	{[]string{`Basic realm=My Private App, charset="UTF-8"`}, []Challenge{{Scheme: "Basic", Params: []Param{{"realm", "My Private App", true}, {"charset", "UTF-8", true}}, Flaws: []Flaw{Unquoted}}}, "an unquoted realm with spaces"},
	{[]string{`Bearer error="invalid_token" error_description="The token expired"`}, []Challenge{{Scheme: "Bearer", Params: []Param{{"error", "invalid_token", true}, {"error_description", "The token expired", true}}, Flaws: []Flaw{MissingComma}}}, "no comma between parameters"},
	{[]string{`Basic realm="a" Bearer realm="b"`}, []Challenge{
		{Scheme: "Basic", Params: []Param{{"realm", "a", true}}},
		{Scheme: "Bearer", Params: []Param{{"realm", "b", true}}, Flaws: []Flaw{MissingComma}},
	}, "no comma between challenges"},
	{[]string{`Basic realm="a", realm="b"`}, []Challenge{{Scheme: "Basic", Params: []Param{{"realm", "a", true}, {"realm", "b", true}}, Flaws: []Flaw{Duplicate}}}, "both are kept, the first counts"},
	{[]string{`realm="x"`}, []Challenge{{Params: []Param{{"realm", "x", true}}, Flaws: []Flaw{NoScheme}}}, "the scheme is missing"},
	{[]string{`Bearer: realm="x"`}, []Challenge{{Scheme: "Bearer", Flaws: []Flaw{Stray}}}, "a colon is no part of a scheme"},
	{[]string{"", " , "}, nil, "nothing"},
	{[]string{`Bearer authorization_uri="https://login.example.test/common", error="invalid_token", claims="eyJhIjoxfQ=="`}, []Challenge{
		{Scheme: "Bearer", Params: []Param{{"authorization_uri", "https://login.example.test/common", true}, {"error", "invalid_token", true}, {"claims", "eyJhIjoxfQ==", true}}},
	}, "a claims challenge has base64 in quotes"},
}

func TestParse(t *testing.T) {
	for _, row := range parseRows {
		t.Run(row.reason, func(t *testing.T) {
			if diff := cmp.Diff(row.want, Parse(row.lines...)); diff != "" {
				t.Errorf("Parse(%q) (-want +got):\n%s", row.lines, diff)
			}
		})
	}
}

// FuzzParse holds the law of the package.
func FuzzParse(f *testing.F) {
	for _, row := range parseRows {
		f.Add(row.lines[0])
	}
	f.Add("a b,=\"")
	f.Add("c realm='My\nAp '")
	f.Fuzz(func(t *testing.T, line string) {
		first := Parse(line)
		second := Parse(Format(first))
		if diff := cmp.Diff(first, second, cmpopts.IgnoreFields(Challenge{}, "Flaws"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q written as %q (-first +second):\n%s", line, Format(first), diff)
		}
		for _, c := range second {
			if len(c.Flaws) > 0 && !slices.Equal(c.Flaws, []Flaw{NoScheme}) && !slices.Contains(c.Flaws, Duplicate) {
				t.Errorf("%q written as %q still has %v", line, Format(first), c.Flaws)
			}
		}
	})
}

func ExampleParse() {
	for _, c := range Parse(`Negotiate, Bearer realm="api, v2", error="invalid_token"`, `Basic realm=x`) {
		realm, _ := c.Get("realm")
		fmt.Printf("%-10s realm %q\n", c.Scheme, realm)
	}
	// Output:
	// Negotiate  realm ""
	// Bearer     realm "api, v2"
	// Basic      realm "x"
}
