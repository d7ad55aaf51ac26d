package samples

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/correlate"
)

// said writes an exchange as HTTP is written; header lines of the request begin
// with > and those of the answer with <.
func said(method, url, body string, status int, answer string, fields ...string) *traffic.Exchange {
	x := &traffic.Exchange{Request: traffic.Request{Method: method, URL: url}, Response: &traffic.Response{Status: status, Body: traffic.NewBody("", []byte(answer))}}
	for _, f := range fields {
		name, value, _ := strings.Cut(f[1:], ": ")
		field := traffic.HeaderField{Name: name, Value: value}
		if f[0] == '>' {
			x.Request.Header = append(x.Request.Header, field)
		} else {
			x.Response.Header = append(x.Response.Header, field)
		}
	}
	if body != "" {
		x.Request.Body = traffic.NewBody(x.Request.Header.Get("Content-Type"), []byte(body))
	}
	return x
}

func flow(list ...*traffic.Exchange) *traffic.Capture {
	c := &traffic.Capture{File: "ok.har", Format: traffic.HAR}
	for i, x := range list {
		x.Index = i
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

const (
	api    = "https://api.tea.test"
	first  = "opaque-4f8e2c1d9a7b6035e1"
	secret = "Hunter2-Hunter2-Hunter2"
)

// grant is an OAuth flow: a token, an order made with it, the order read.
func grant() *traffic.Capture {
	return flow(
		said("POST", api+"/oauth/token", "grant_type=client_credentials&client_id=shop&client_secret="+secret, 200, `{"access_token":"`+first+`","token_type":"Bearer"}`,
			">Content-Type: application/x-www-form-urlencoded", ">User-Agent: Firefox", "<Content-Type: application/json"),
		said("POST", api+"/orders", `{"sku":"rye","note":"it's $HOME and "}`, 201, `{"id":"ord-77f3a1"}`,
			">Authorization: Bearer "+first, ">Content-Type: application/json", ">Sec-Fetch-Mode: cors", "<Content-Type: application/json", "<Location: /orders/ord-77f3a1"),
		said("GET", api+"/orders/ord-77f3a1?expand=items", "", 200, `{"id":"ord-77f3a1","total":"3.10"}`,
			">Authorization: Bearer "+first, ">Accept-Language: de", "<Content-Type: application/json"),
		said("GET", api+"/health", "", 200, "up"),
	)
}

func TestBuild(t *testing.T) {
	d, err := Build(grant())
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Parts) != 3 || d.Parts[0].Route || !d.Parts[0].Step || !d.Parts[1].Route || !d.Parts[1].Step || !d.Parts[2].Route || d.Parts[2].Step {
		t.Fatalf("the parts are %+v", d.Parts)
	}
	for _, row := range []struct {
		reason, text string
		want         []string
	}{
		{"the secret is the reader's", d.Parts[0].Shell, []string{`"client_secret=$CLIENT_SECRET"`, "ACCESS_TOKEN=$(sed"}},
		{"the token is the step's", d.Parts[1].Shell, []string{`"Authorization: Bearer $ACCESS_TOKEN"`, `'{"sku":"rye","note":"it'\''s $HOME and "}'`}},
		{"so is the id", d.Parts[2].Shell, []string{"_ID?expand=items\""}},
		{"ids are named in the route", d.Parts[2].Name, []string{"GET /orders/{"}},
		{"the same as HTTP", d.Parts[2].Request, []string{"Authorization: Bearer $ACCESS_TOKEN\n", "Host: api.tea.test\n"}},
		{"an answer names what it hands out", d.Parts[0].Answer, []string{`"access_token":"$ACCESS_TOKEN"`}},
		{"what was left out is told", strings.Join(d.Left, " "), []string{"accept-language sec-fetch-mode user-agent"}},
	} {
		for _, want := range row.want {
			if !strings.Contains(row.text, want) {
				t.Errorf("%s: %q is not in:\n%s", row.reason, want, row.text)
			}
		}
	}
	all := fmt.Sprintf("%+v", d)
	for _, s := range []string{secret, first} {
		if strings.Contains(all, s) {
			t.Errorf("%s is in the document: %s", s, all)
		}
	}
	if len(d.Given) != 1 || d.Given[0].Name != "CLIENT_SECRET" {
		t.Errorf("the reader has to set %+v", d.Given)
	}
}

func TestNothingToShow(t *testing.T) {
	for _, c := range []*traffic.Capture{flow(), flow(said("GET", api+"/health", "", 200, "up")), flow(said("GET", api+"/orders", "", 401, "", ">Authorization: Bearer "+first))} {
		if _, err := Build(c); !errors.Is(err, ErrNothing) {
			t.Errorf("got %v", err)
		}
	}
}

// TestArgumentIsOne is the law of quoting: bash reads an argument back as the
// bytes that were captured, with the variables put in.
func TestArgumentIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var pieces []piece
		var want strings.Builder
		for range rapid.IntRange(0, 4).Draw(t, "pieces") {
			text := rapid.OneOf(
				rapid.StringMatching(`[a-z "'$`+"`"+`!\\{}\[\]()*?~#&|;<>=\n\t\r-]{1,12}`),
				rapid.Map(rapid.SliceOfN(rapid.ByteRange(1, 255), 1, 8), func(b []byte) string { return string(b) }),
			).Draw(t, "text")
			pieces = append(pieces, piece{literal: text})
			want.WriteString(text)
			if rapid.Bool().Draw(t, "variable") {
				pieces = append(pieces, piece{variable: "TOKEN_2"})
				want.WriteString("v $x*")
			}
		}
		written := argument(pieces)
		if strings.ContainsAny(written, "\x1b\r") || strings.Contains(written, "\n") {
			t.Fatalf("what a terminal obeys is written: %q", written)
		}
		file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader("x "+written+"\n"), "")
		if err != nil {
			t.Fatalf("%q: %v", written, err)
		}
		call, ok := file.Stmts[0].Cmd.(*syntax.CallExpr)
		if !ok || len(file.Stmts) != 1 || len(call.Args) != 2 {
			t.Fatalf("%q is no single argument", written)
		}
		got, err := expand.Fields(&expand.Config{Env: expand.ListEnviron("TOKEN_2=v $x*"), NoUnset: true}, call.Args[1])
		if err != nil || len(got) != 1 || got[0] != want.String() {
			t.Fatalf("%q is read as %q (%v), not %q", written, got, err, want.String())
		}
	})
}

// TestExtraction: a value is taken from where it stood, be the answer what it
// will.
func TestExtraction(t *testing.T) {
	rows := []struct {
		reason, path, answer, value string
		header                      []string
		again, want                 string // another answer of the same form, and what has to be taken from it
	}{
		{"a member of JSON", "response.body/access_token", `{"scope":"a","access_token":"tok-1111","x":"y"}`, "tok-1111", nil, `{"scope":"b","access_token":"tok-2","x":"y"}`, "tok-2"},
		{"a number", "response.body/id", `{"id":4711,"n":1}`, "4711", nil, `{"id":12,"n":1}`, "12"},
		{"a field of a form", "response.body.form.csrf", `<p>x</p>` + "\n" + `<input type="hidden" name="csrf" value="abcd1234">`, "abcd1234", nil, `<p>x</p>` + "\n" + `<input type="hidden" name="csrf" value="zz">`, "zz"},
		{"the second of its kind", "response.body/1/token", "{\"token\":\"first-1\"}\n{\"token\":\"second-2\"}", "second-2", nil, "{\"token\":\"a\"}\n{\"token\":\"b\"}", "b"},
		{"a code in Location", "response.header.location.query.code", "", "c0de-1234", []string{"<Location: https://app.tea.test/cb?state=5&code=c0de-1234&iss=x"}, "", ""},
		{"a field", "response.header.x-csrf-token", "", "abcd1234", []string{"<X-CSRF-Token: abcd1234"}, "", ""},
		{"single quotes around it", "response.body.script", "var csrf = 'abcd1234';", "abcd1234", nil, "var csrf = 'q';", "q"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			x := said("GET", api, "", 200, row.answer, row.header...)
			link := taken{variable: "V", value: row.value, link: correlate.Link{From: correlate.Place{Path: row.path}}}
			command, ok := extraction(x.Response, link)
			if !ok {
				t.Fatal("no command takes it")
			}
			if _, err := syntax.NewParser().Parse(strings.NewReader("V=$("+command+")"), ""); err != nil {
				t.Errorf("%s: %v", command, err)
			}
			if row.again == "" {
				return
			}
			for _, w := range ways(fileOf(x.Response), link) {
				if w.command() != command {
					continue
				}
				if got, _ := w.apply("\n" + row.again); got != row.want {
					t.Errorf("%s takes %q from another answer, want %q", command, got, row.want)
				}
				return
			}
		})
	}
}

// FuzzBuild: whatever a capture holds, the commands are what bash reads as
// commands, a call of curl and assignments, and nothing else.
func FuzzBuild(f *testing.F) {
	f.Add("/orders", "note=1", "x", `{"access_token":"opaque-4f8e2c1d9a7b6035e1"}`)
	f.Add("/a'b`c$(id)", "it's\n```\n$(id)", "'; id #", "<script>alert(1)</script>\n```\n")
	f.Add("/{}[1-9]?q=$HOME", "\x00\xff", "\x1b]0;x\a", "{\"access_token\":\"'$(id)'''\"}")
	f.Fuzz(func(t *testing.T, path, body, field, answer string) {
		c := flow(
			said("POST", api+"/oauth/token", "client_secret="+field, 200, answer, ">Content-Type: application/x-www-form-urlencoded", "<X-Token: "+field),
			said("POST", api+path, body, 200, answer, ">Authorization: Bearer "+first, ">X-Note: "+field, ">X-Token: "+field),
		)
		d, err := Build(c)
		if err != nil {
			return
		}
		for _, p := range d.Parts {
			file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(p.Shell), "")
			if err != nil {
				t.Fatalf("%q: %v", p.Shell, err)
			}
			for _, s := range file.Stmts {
				call, ok := s.Cmd.(*syntax.CallExpr)
				if !ok || len(s.Redirs) > 0 || len(call.Args) > 0 && call.Args[0].Lit() != "curl" {
					t.Fatalf("%q is more than calls of curl", p.Shell)
				}
				syntax.Walk(s, func(n syntax.Node) bool {
					if sub, ok := n.(*syntax.CmdSubst); ok && !onlySed(sub) {
						t.Fatalf("%q calls something else", p.Shell)
					}
					return true
				})
			}
			if bytes.ContainsAny([]byte(p.Shell+p.Request+p.Answer), "\x1b\x00\r") {
				t.Fatalf("what a terminal obeys is written: %q", p.Shell)
			}
			if strings.Contains(p.Shell+p.Request+p.Answer+p.Name, first) {
				t.Fatalf("a secret is written: %q", p.Shell)
			}
		}
	})
}

var sedOnly = regexp.MustCompile(`^sed$`)

func onlySed(sub *syntax.CmdSubst) bool {
	only := true
	syntax.Walk(sub, func(n syntax.Node) bool {
		if call, ok := n.(*syntax.CallExpr); ok && (len(call.Args) == 0 || !sedOnly.MatchString(call.Args[0].Lit())) {
			only = false
		}
		return true
	})
	return only
}

// TestBasic: curl encodes the name and the password that the reader sets; a
// header with both of them in plain text would be refused.
func TestBasic(t *testing.T) {
	d, err := Build(flow(said("GET", api+"/orders", "", 200, "[]", ">Authorization: Basic "+base64.StdEncoding.EncodeToString([]byte("ann:"+secret)))))
	if err != nil {
		t.Fatal(err)
	}
	p := d.Parts[0]
	if !strings.Contains(p.Shell, `-u "$USERNAME:$PASSWORD"`) || strings.Contains(p.Shell, "Authorization") {
		t.Errorf("the command is\n%s", p.Shell)
	}
	if want := "Authorization: Basic (Base64 of $USERNAME:$PASSWORD)\n"; !strings.Contains(p.Request, want) {
		t.Errorf("the request is\n%s", p.Request)
	}
}
