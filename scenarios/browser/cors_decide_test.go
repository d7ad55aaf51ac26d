package browser

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// corsRow is a request, its answers, and the rule that each profile names;
// the empty rule is "allowed".
type corsRow struct {
	reason    string
	request   CORSRequest
	hops      []CORSHop
	chromium  CORSRule
	standard  CORSRule
	firefox   CORSRule
	deviation CORSDeviation // that Chromium's verdict names
}

const corsAPI = "https://api.shop.test/x"

var corsShop = Origin{"https", "app.shop.test", 443}

func answer(status int, fields ...string) CORSAnswer {
	a := CORSAnswer{Status: status}
	for i := 0; i < len(fields); i += 2 {
		a.Header = append(a.Header, Field{fields[i], fields[i+1]})
	}
	return a
}

func corsAllowed(status int, fields ...string) CORSAnswer {
	return answer(status, append([]string{"Access-Control-Allow-Origin", corsShop.String()}, fields...)...)
}

func corsPreflight(a CORSAnswer) *CORSAnswer { return &a }

var corsRows = []corsRow{
	{reason: "Authorization under *", request: CORSRequest{Header: Fields{{"Authorization", "x"}}},
		hops:     []CORSHop{{corsPreflight(corsAllowed(200, "Access-Control-Allow-Headers", "*")), corsAllowed(200)}},
		standard: RuleHeaderNotAllowed, deviation: DeviationAuthorizationWildcard},
	{reason: "upload listener without Access-Control-Allow-Methods", request: CORSRequest{Method: "PUT", Via: ViaXHR, UploadListener: true, Body: TextBody},
		hops: []CORSHop{{corsPreflight(corsAllowed(200)), corsAllowed(200)}}, chromium: RuleMethodNotAllowed, deviation: DeviationForcedMethod},
	{reason: "upload listener without body", request: CORSRequest{Via: ViaXHR, UploadListener: true},
		hops: []CORSHop{{corsPreflight(answer(404)), corsAllowed(200)}}, standard: RuleOriginMissing, firefox: RuleOriginMissing, deviation: DeviationUploadListener},
	{reason: "a redirected preflight without CORS headers", request: CORSRequest{Method: "PUT"},
		hops: []CORSHop{{Preflight: corsPreflight(answer(302, "Location", "/login"))}}, chromium: RulePreflightRedirect, standard: RuleOriginMissing, firefox: RuleOriginMissing, deviation: DeviationPreflightRedirect},
	{reason: "user name in the target of a redirect inside one origin", request: CORSRequest{URL: "https://app.shop.test/x"},
		hops: []CORSHop{{Answer: answer(302, "Location", "https://u:p@app.shop.test/y")}, {Answer: answer(200)}}, chromium: RuleRedirectCredentials, deviation: DeviationRedirectUserinfo},
	{reason: "an empty Location", hops: []CORSHop{{Answer: corsAllowed(302, "Location", "")}}, standard: RuleAnswerUnknown, deviation: DeviationEmptyLocation},
	{reason: "a client hint", request: CORSRequest{Header: Fields{{"DPR", "2"}}}, hops: []CORSHop{{Answer: corsAllowed(200)}},
		standard: RulePreflightUnknown, firefox: RulePreflightUnknown, deviation: DeviationClientHints},
	{reason: "a page on http://localhost fetches from http", request: CORSRequest{Origin: Origin{"http", "localhost", 3000}, URL: "http://api.shop.test/"},
		hops: []CORSHop{{Answer: answer(200, "Access-Control-Allow-Origin", "*")}}, standard: RuleMixedContent, deviation: DeviationMixedLocalhost},
	{reason: "mixed content", request: CORSRequest{URL: "http://api.shop.test/"}, hops: []CORSHop{{Answer: corsAllowed(200)}},
		chromium: RuleMixedContent, standard: RuleMixedContent, firefox: RuleMixedContent},
	{reason: "loopback is no mixed content", request: CORSRequest{URL: "http://127.0.0.1:3000/"}, hops: []CORSHop{{Answer: corsAllowed(200)}}},
	{reason: "mixed content behind a redirect", hops: []CORSHop{{Answer: corsAllowed(302, "Location", "http://api.shop.test/")}, {Answer: corsAllowed(200)}},
		chromium: RuleMixedContent, standard: RuleMixedContent, firefox: RuleMixedContent},
	{reason: "a simple form needs no CORS", request: CORSRequest{Mode: ModeNavigate, Method: "POST", Body: FormBody}, hops: []CORSHop{{Answer: answer(200)}}},
	{reason: "an image needs no CORS", request: CORSRequest{Mode: ModeNoCORS}, hops: []CORSHop{{Answer: answer(200)}}},
	{reason: "but may be kept out by the resource policy", request: CORSRequest{Mode: ModeNoCORS}, hops: []CORSHop{{Answer: answer(200, "Cross-Origin-Resource-Policy", "same-origin")}},
		chromium: RuleResourcePolicy, standard: RuleResourcePolicy, firefox: RuleResourcePolicy},
	{reason: "same-site is enough for the policy same-site", request: CORSRequest{Mode: ModeNoCORS}, hops: []CORSHop{{Answer: answer(200, "Cross-Origin-Resource-Policy", "same-site")}}},
	{reason: "no-cors with PUT", request: CORSRequest{Mode: ModeNoCORS, Method: "PUT"}, chromium: RuleNoCORSMethod, standard: RuleNoCORSMethod, firefox: RuleNoCORSMethod},
	{reason: "same-origin mode", request: CORSRequest{Mode: ModeSameOrigin}, chromium: RuleSameOriginMode, standard: RuleSameOriginMode, firefox: RuleSameOriginMode},
	{reason: "same-origin mode and a redirect away", request: CORSRequest{Mode: ModeSameOrigin, URL: "https://app.shop.test/"},
		hops:     []CORSHop{{Answer: answer(302, "Location", corsAPI)}, {Answer: corsAllowed(200)}},
		chromium: RuleSameOriginMode, standard: RuleSameOriginMode, firefox: RuleSameOriginMode},
	{reason: "a stream cannot be sent again", request: CORSRequest{Method: "POST", Body: StreamBody},
		hops:     []CORSHop{{corsPreflight(corsAllowed(200)), corsAllowed(307, "Location", "/y")}, {corsPreflight(corsAllowed(200)), corsAllowed(200)}},
		chromium: RuleRedirectBody, standard: RuleRedirectBody, firefox: RuleRedirectBody},
	{reason: "but 303 drops the body", request: CORSRequest{Method: "POST", Body: StreamBody},
		hops: []CORSHop{{corsPreflight(corsAllowed(200)), corsAllowed(303, "Location", "/y")}, {corsPreflight(corsAllowed(200)), corsAllowed(200)}}},
	{reason: "a blocked port", request: CORSRequest{URL: "https://api.shop.test:6000/"}, chromium: RulePort, standard: RulePort, firefox: RulePort},
	{reason: "local network", request: CORSRequest{LocalNetworkDenied: true}, chromium: RuleLocalNetwork, standard: RuleLocalNetwork, firefox: RuleLocalNetwork},
	{reason: "data: is of every origin", request: CORSRequest{URL: "data:,x"}},
	{reason: "mailto: is of none", request: CORSRequest{URL: "mailto:x"}, chromium: RuleScheme, standard: RuleScheme, firefox: RuleScheme},
}

func TestDecide(t *testing.T) {
	for _, row := range corsRows {
		r := row.request
		if r.URL == "" {
			r.URL = corsAPI
		}
		if r.Origin.Opaque() {
			r.Origin = corsShop
		}
		for p, want := range map[Profile]CORSRule{Chromium: row.chromium, Standard: row.standard, Firefox: row.firefox} {
			v := Decide(r, row.hops, p)
			if v.Rule != want || v.Allowed != (want == "") {
				t.Errorf("%s: profile %d: rule %q (%s), want %q", row.reason, p, v.Rule, v.Sentence(), want)
			}
			if want != "" && want != RuleAnswerUnknown && want != RulePreflightUnknown && want.Section() == "" {
				t.Errorf("%s: rule %q has no section", row.reason, want)
			}
		}
		if v := Decide(r, row.hops, Chromium); row.deviation != "" && !slices.Contains(v.Deviations, row.deviation) {
			t.Errorf("%s: deviations %v, want %s", row.reason, v.Deviations, row.deviation)
		}
	}
}

func TestDeviationsExplained(t *testing.T) {
	texts := CORSDeviations()
	for _, row := range corsRows {
		if row.deviation != "" && texts[row.deviation] == "" {
			t.Errorf("%s has no text", row.deviation)
		}
	}
	for name, text := range texts {
		if name == "" || text == "" {
			t.Errorf("%q: %q", name, text)
		}
	}
}

func TestPreflightCache(t *testing.T) {
	put := CORSRequest{Origin: corsShop, URL: corsAPI, Method: "PUT"}
	with := func(change func(*CORSRequest)) CORSRequest { r := put; change(&r); return r }
	include := with(func(r *CORSRequest) { r.Credentials = CredentialsInclude })
	grant := corsAllowed(200, "Access-Control-Allow-Methods", "PUT", "Access-Control-Allow-Headers", "x-one", "Access-Control-Allow-Credentials", "true", "Access-Control-Max-Age", "60")
	for _, row := range []struct {
		reason                      string
		first, second               CORSRequest
		after                       time.Duration
		final                       CORSAnswer
		chromium, standard, firefox bool // the second has a preflight
	}{
		{"the same again", put, put, time.Second, corsAllowed(200), false, false, false},
		{"too late", put, put, time.Minute, corsAllowed(200), true, true, true},
		{"another query", put, with(func(r *CORSRequest) { r.URL += "?a" }), 0, corsAllowed(200), true, true, true},
		{"another fragment", put, with(func(r *CORSRequest) { r.URL += "#a" }), 0, corsAllowed(200), true, true, true},
		{"another method", put, with(func(r *CORSRequest) { r.Method = "DELETE" }), 0, corsAllowed(200), true, true, true},
		{"a header that was allowed", put, with(func(r *CORSRequest) { r.Header = Fields{{"X-One", "1"}} }), 0, corsAllowed(200), false, false, false},
		{"without, then with credentials", put, include, 0, corsAllowed(200), true, true, true},
		{"with, then without credentials", include, put, 0, corsAllowed(200, "Access-Control-Allow-Credentials", "true"), false, false, true},
		{"after the request failed", put, put, 0, answer(200), false, true, false},
	} {
		for p, want := range map[Profile]bool{Chromium: row.chromium, Standard: row.standard, Firefox: row.firefox} {
			c := PreflightCache{Profile: p}
			hops := []CORSHop{{&grant, row.final}}
			if !c.Decide(row.first, hops, corsEpoch).Preflight {
				t.Fatalf("%s: the first has no preflight", row.reason)
			}
			if got := c.Decide(row.second, hops, corsEpoch.Add(row.after)).Preflight; got != want {
				t.Errorf("%s: profile %d: preflight %v, want %v", row.reason, p, got, want)
			}
		}
	}
}

// TestSentences: every rule says something of its own.
func TestSentences(t *testing.T) {
	for _, row := range corsRows {
		r := row.request
		if r.URL == "" {
			r.URL = corsAPI + "?token=secret"
		}
		if r.Origin.Opaque() {
			r.Origin = corsShop
		}
		v := Decide(r, row.hops, Chromium)
		if s := v.Sentence(); strings.Contains(s, "secret") || !v.Allowed && strings.HasSuffix(s, ": "+string(v.Rule)) {
			t.Errorf("%s: %s", row.reason, s)
		}
	}
}

// FuzzDecide: nothing panics, and a verdict does not contradict itself.
func FuzzDecide(f *testing.F) {
	for _, c := range readCORSCases(f, "testdata/cors/chromium.jsonl") {
		acao, _ := c.Response.answer().Header.get("Access-Control-Allow-Origin")
		location, _ := c.Response.answer().Header.get("Location")
		f.Add(c.Page, c.Request.Method, c.Request.URL, "X-One", "1", acao, location, c.Response.Status, 0)
	}
	f.Fuzz(func(t *testing.T, page, method, url, name, value, acao, location string, status, bits int) {
		origin, _ := OriginOf(page)
		bits &= 0xFFFF
		r := CORSRequest{
			Origin: origin, Method: method, URL: url, Header: Fields{{name, value}}, Mode: FetchMode(bits % 5), Credentials: FetchCredentials(bits / 5 % 3),
			Redirect: FetchRedirect(bits / 15 % 3), Via: FetchAPI(bits / 45 % 2), Body: BodyKind(bits / 90 % 7), BodyType: value, UploadListener: bits/630%2 == 1,
		}
		a := answer(status, "Access-Control-Allow-Origin", acao, "Location", location, name, value, "Access-Control-Allow-Methods", method, "Access-Control-Allow-Headers", name)
		hops := []CORSHop{{&a, a}, {&a, a}, {nil, a}}
		for _, p := range []Profile{Chromium, Standard, Firefox} {
			c := PreflightCache{Profile: p}
			v := c.Decide(r, hops, corsEpoch)
			if v.Allowed != (v.Rule == "") || v.Allowed && v.Sentence() == "" {
				t.Fatalf("allowed %v with rule %q", v.Allowed, v.Rule)
			}
			if v.Reached != (v.LastHop >= 0) || v.JSError != "" && len(v.Wire) > 0 {
				t.Fatalf("the wire does not fit: %+v", v)
			}
			if v.Allowed && v.ResponseType == "cors" && acao != "*" && trimHTTP(acao) != "null" && !origin.serializesAs(trimHTTP(acao)) && !strings.EqualFold(name, "Access-Control-Allow-Origin") {
				t.Fatalf("%q let %s read", acao, origin)
			}
			if slices.Contains(v.Visible, "set-cookie") {
				t.Fatal("a script sees Set-Cookie")
			}
			v.Console()
			v.Fix()
		}
	})
}
