package scenarios

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// A verdictRow is a pair of requests and what is to be made of it.
type verdictRow struct {
	reason   string
	line     string   // of both requests
	ok       []string // header lines of the working request
	badLine  string   // where it differs
	bad      []string // header lines of the failing one
	okForm   string   // bodies, where there are any
	badForm  string
	status   int
	answer   string
	response []string
	want     string // the first finding; "" none of 0.5 and more
}

func (r verdictRow) diagnose(t *testing.T) Diagnosis {
	t.Helper()
	if r.badLine == "" {
		r.badLine = r.line
	}
	good := asked(r.line, r.ok, answered(200, `{"ok":true}`, "Content-Type: application/json"))
	bad := asked(r.badLine, r.bad, answered(r.status, r.answer, r.response...))
	form := func(x *traffic.Exchange, text string) {
		if text != "" {
			kind := "application/x-www-form-urlencoded"
			switch text[0] {
			case '{':
				kind = "application/json"
			case '<':
				kind = "text/xml"
			}
			x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "Content-Type", Value: kind})
			x.Request.Body = traffic.NewBody(kind, []byte(text))
		}
	}
	form(good, r.okForm)
	form(bad, r.badForm)
	return Diagnose(diff.Compare(captured(monday, good), captured(tuesday, bad), diff.Options{}))
}

func checkVerdicts(t *testing.T, rows []verdictRow) {
	t.Helper()
	for _, row := range rows {
		d := row.diagnose(t)
		got := ""
		if len(d.Findings) > 0 && (d.Findings[0].Confidence >= 0.5 || row.want != "") {
			got = d.Findings[0].Cause.ID
		}
		if got != row.want {
			t.Errorf("%s: got %q, want %q: %s", row.reason, got, row.want, told(d))
		}
	}
}

func told(d Diagnosis) string {
	var b strings.Builder
	for _, f := range slices.Concat(d.Findings, d.Symptoms) {
		fmt.Fprintf(&b, "\n\t%s %.2f", f.Cause.ID, f.Confidence)
		for _, e := range slices.Concat(f.Evidence, f.Against) {
			fmt.Fprintf(&b, "\n\t\t%d %s %s", e.Strength, e.Source, e.Note)
		}
	}
	return b.String()
}

const (
	jwtA   = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiIsImV4cCI6NDEwMjQ0NDgwMH0.q3vR8sT1uW5xY7zA9bC2dE4fG6hI8jK0lM1nO3pQ5rS"
	jwtB   = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiIsImV4cCI6NDEwMjQ0NDkwMH0.Zx1Cv3Bn5Mq7We9Rt2Yu4Io6Pa8Sd0Fg1Hj3Kl5Zx7C"
	labels = "GET https://api.parcel.example/v1/labels"
)

func usernameToken(password, nonce string) string {
	return `<s:Envelope xmlns:s="urn:s"><s:Header><wsse:UsernameToken><wsse:Username>erp</wsse:Username><wsse:Password Type="text">` + password +
		`</wsse:Password><wsse:Nonce>` + nonce + `</wsse:Nonce></wsse:UsernameToken></s:Header><s:Body><Rate/></s:Body></s:Envelope>`
}

func signedBy(accessKey string) string {
	return "Authorization: AWS4-HMAC-SHA256 Credential=" + accessKey + "/20260914/eu/s3/aws4_request, SignedHeaders=host, Signature=" + strings.Repeat("5e", 32)
}

func TestCredentialCauses(t *testing.T) {
	mute := []string{"Content-Length: 0"}
	checkVerdicts(t, []verdictRow{
		{reason: "the same token without its word", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{"Authorization: " + jwtA}, status: 401, response: mute, want: "missing-bearer-prefix"},
		{reason: "a renewed opaque token without its word", line: labels, ok: []string{"Authorization: Bearer 8f2Kq0LmZx71Vb4n"}, bad: []string{"Authorization: t7Rw3Jc9Yp5Hd2Gs"}, status: 401, response: mute, want: "missing-bearer-prefix"},
		{reason: "Token lost its word too", line: labels, ok: []string{"Authorization: Token 8f2Kq0LmZx71Vb4n"}, bad: []string{"Authorization: 8f2Kq0LmZx71Vb4n"}, status: 403, response: mute, want: "missing-bearer-prefix"},
		{reason: "Basic without its word is no token", line: labels, ok: []string{"Authorization: Basic YW5uYTpzZWNyZXQ="}, bad: []string{"Authorization: YW5uYTpzZWNyZXQ="}, status: 401, response: mute, want: "malformed-authorization"},
		{reason: "a bare token that always worked bare", line: labels, ok: []string{"Authorization: " + jwtA}, bad: []string{"Authorization: " + jwtB}, status: 500, response: mute, want: "no-difference"},

		{reason: "the same token under another word", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{"Authorization: JWT " + jwtA}, status: 401, response: mute, want: "wrong-auth-scheme"},
		{reason: "Basic where the server asks for Bearer", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{"Authorization: Basic YW5uYTpzZWNyZXQ="}, status: 401,
			response: []string{`WWW-Authenticate: Bearer realm="parcels"`}, want: "wrong-auth-scheme"},

		{reason: "a promise nobody awaited", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{"Authorization: Bearer Promise { <pending> }"}, status: 401, response: mute, want: "malformed-authorization"},
		{reason: "a template of an API client", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{"Authorization: Bearer {{accessToken}}"}, status: 401, response: mute, want: "malformed-authorization"},
		{reason: "a variable in single quotes", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{"Authorization: Bearer $TOKEN"}, status: 401, response: mute, want: "malformed-authorization"},
		{reason: "two words", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{"Authorization: Bearer bearer " + jwtA}, status: 401, response: mute, want: "malformed-authorization"},
		{reason: "nothing behind the word", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{"Authorization: Bearer "}, status: 401, response: mute, want: "malformed-authorization"},
		{reason: "quotes of a JSON string", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{`Authorization: Bearer "` + jwtA + `"`}, status: 401, response: mute, want: "malformed-authorization"},
		{reason: "half a token", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{"Authorization: Bearer " + jwtA[:len(jwtA)-20]}, status: 401, response: mute, want: "malformed-authorization"},
		{reason: "half of another token", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{"Authorization: Bearer " + jwtB[:40]}, status: 401, response: mute, want: "malformed-authorization"},
		{reason: "a zero-width space from a chat", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{"Authorization: Bearer \u200b" + jwtA}, status: 401, response: mute, want: "malformed-authorization"},
		{reason: "no colon in Basic", line: labels, ok: []string{"Authorization: Basic YW5uYTpzZWNyZXQ="}, bad: []string{"Authorization: Basic YW5uYQ=="}, status: 401, response: mute, want: "malformed-authorization"},
		{reason: "echo without -n", line: labels, ok: []string{"Authorization: Basic YW5uYTpzZWNyZXQ="}, bad: []string{"Authorization: Basic YW5uYTpzZWNyZXQK"}, status: 401, response: mute, want: "malformed-authorization"},
		{reason: "the header's name pasted with it", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, bad: []string{"Authorization: Authorization: Bearer " + jwtA}, status: 400, response: mute, want: "malformed-authorization"},

		{reason: "another password", line: labels, ok: []string{"Authorization: Basic YW5uYTpzZWNyZXQ="}, bad: []string{"Authorization: Basic YW5uYTpzZWNyZXQy"}, status: 401, response: []string{`WWW-Authenticate: Basic realm="x"`}, want: "wrong-credentials"},
		{reason: "a login form", line: "POST https://parcel.example/login", okForm: "email=a%40b.example&password=one", badForm: "email=a%40b.example&password=two", status: 401, response: mute, want: "wrong-credentials"},
		{reason: "a nested login", line: "POST https://parcel.example/login", okForm: `{"user":{"login":"a","password":"one"}}`, badForm: `{"user":{"login":"a","password":"two"}}`, status: 422, response: mute, want: "wrong-credentials"},

		{reason: "a login of a SOAP header", line: "POST https://parcel.example/ws", okForm: usernameToken("one", "Zx1"), badForm: usernameToken("two", "Yw2"), status: 500,
			answer: "<Fault><faultcode>wsse:FailedAuthentication</faultcode></Fault>", response: []string{"Content-Type: text/xml"}, want: "wrong-credentials"},
		{reason: "a SOAP fault of the app, under another nonce", line: "POST https://parcel.example/ws", okForm: usernameToken("one", "Zx1"), badForm: usernameToken("one", "Yw2"), status: 500,
			answer: "<Fault><faultcode>Server</faultcode></Fault>", response: []string{"Content-Type: text/xml"}, want: ""},
		{reason: "a server that broke did not judge the password", line: "POST https://parcel.example/login", okForm: "email=a%40b.example&password=one", badForm: "email=a%40b.example&password=two", status: 502, response: mute, want: ""},
		{reason: "a server that broke did not judge the key", line: labels, ok: []string{"X-Api-Key: 3c9f0a7be2d14485"}, bad: []string{"X-Api-Key: 77aa0f31cc0b9e52"}, status: 500, response: mute, want: "no-difference"},

		{reason: "nothing at all", line: labels, ok: []string{"Authorization: Bearer " + jwtA}, status: 401, response: []string{`WWW-Authenticate: Bearer realm="parcels"`}, want: "missing-credentials"},

		{reason: "the key is gone", line: labels, ok: []string{"X-Parcel-Key: 3c9f0a7be2d14485"}, status: 403, response: mute, want: "api-key-missing"},
		{reason: "the key in the query is gone", line: labels + "?size=10&api_key=3c9f0a7be2d14485", badLine: labels + "?size=10", status: 401, response: mute, want: "api-key-missing"},
		{reason: "the key was sent, and is missing where it is looked for", line: labels, ok: []string{"X_Parcel_Key: 3c9f0a7be2d14485"}, bad: []string{"X_Parcel_Key: 3c9f0a7be2d14485"}, status: 403,
			answer: `{"error":"api_key_missing"}`, response: []string{"Content-Type: application/json"}, want: "authorization-dropped-by-proxy"},
		{reason: "the key was seen, and is not known", line: labels, ok: []string{"X_Parcel_Key: 3c9f0a7be2d14485"}, bad: []string{"X_Parcel_Key: 3c9f0a7be2d14485"}, status: 403,
			answer: `{"error":"api_key_invalid"}`, response: []string{"Content-Type: application/json"}, want: "api-key-rejected"},
		{reason: "another key", line: labels, ok: []string{"X-Parcel-Key: 3c9f0a7be2d14485"}, bad: []string{"X-Parcel-Key: 77aa0f31cc0b9e52"}, status: 403, response: mute, want: "api-key-rejected"},
		{reason: "a key under no name that is known", line: labels, ok: []string{"X-Partner: 3c9f0a7be2d14485"}, bad: []string{"X-Partner: 77aa0f31cc0b9e52"}, status: 403, response: mute, want: "api-key-rejected"},
		{reason: "the key under another name", line: labels, ok: []string{"X-Api-Key: 3c9f0a7be2d14485"}, bad: []string{"Api-Token: 3c9f0a7be2d14485"}, status: 401, response: mute, want: "api-key-misplaced"},
		{reason: "the key moved into the query", line: labels, ok: []string{"X-Api-Key: 3c9f0a7be2d14485"}, badLine: labels + "?apikey=3c9f0a7be2d14485", status: 401, response: mute, want: "api-key-misplaced"},
		{reason: "the key as user of Basic", line: labels, ok: []string{"X-Api-Key: 3c9f0a7be2d14485"}, bad: []string{"Authorization: Basic M2M5ZjBhN2JlMmQxNDQ4NTo="}, status: 401, response: mute, want: "api-key-misplaced"},
		{reason: "signed with a key that the server does not know", line: labels, ok: []string{signedBy("AKIAONE7LABEL")}, bad: []string{signedBy("AKIATWO8LABEL")}, status: 403,
			answer: `{"Code":"InvalidAccessKeyId"}`, response: []string{"Content-Type: application/json"}, want: "api-key-rejected"},
		{reason: "the session of a signature is no key", line: labels, ok: []string{signedBy("AKIAONE7LABEL"), "X-Amz-Security-Token: Zk31Wq8RtB5mNc72Lp"},
			bad: []string{signedBy("AKIAONE7LABEL"), "X-Amz-Security-Token: Vb9Tx4Hs6Gd0Jf13Ye"}, status: 400,
			answer: `{"Code":"ExpiredToken","Message":"The provided token has expired."}`, response: []string{"Content-Type: application/json"}, want: "expired-token"},
		{reason: "the token moved into a header of its own", line: labels, ok: []string{"Authorization: Bearer 8f2Kq0LmZx71Vb4n"}, bad: []string{"X-Auth-Token: 8f2Kq0LmZx71Vb4n"}, status: 401, response: mute, want: "api-key-misplaced"},
	})
}
