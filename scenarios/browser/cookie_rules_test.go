package browser

import (
	"strings"
	"testing"
	"time"
)

var cookieTime = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

// TestEachDeviation stores or sends one cookie in the profile that deviates and
// in the text, and sees two different answers.
func TestEachDeviation(t *testing.T) {
	page := func(url string) CookieContext { return CookieContext{URL: url, Time: cookieTime} }
	const app = "https://app.shop.test/"
	fetchFrom := func(initiator string) CookieContext {
		return CookieContext{URL: app, Time: cookieTime, Kind: Subresource, Initiator: initiator}
	}
	store := func(line string, ctx CookieContext) func(Profile) string {
		return func(p Profile) string {
			c, v := Store(line, ctx, p)
			return string(v.Rule) + " " + asLine(c, v)
		}
	}
	sendAfter := func(line string, set, send CookieContext) func(Profile) string {
		return func(p Profile) string {
			jar := &Jar{Profile: p}
			jar.Set(line, set)
			return jar.Header(send)
		}
	}
	formPost := page(app)
	formPost.Method, formPost.Initiator = "POST", "https://evil.test"
	redirected := page(app)
	redirected.Redirects = []string{"https://evil.test/r"}
	for _, row := range []struct {
		deviation Deviation
		profile   Profile
		decide    func(Profile) string
		reason    string
	}{
		{DeviationCookieDates, Chromium, store("a=1; Expires=01st Jan 2027 10:10:10", page(app)), "the text allows text after a part"},
		{DeviationCookieDomainDot, Chromium, store("a=1; Domain=.", page(app)), "an empty Domain after its dot is stripped"},
		{DeviationCookieDomainDot, Firefox, store("a=1; Domain=.", page(app)), "a dot alone is no leading dot"},
		{DeviationCookieDomainIP, Chromium, store("a=1; Domain=127.0.0.1", page("http://127.0.0.1/")), "the text makes a Domain cookie of it"},
		{DeviationCookieDomainPunycode, Chromium, store("a=1; Domain=bücher.test", page("https://bücher.test/")), "the text refuses octets above 7F"},
		{DeviationCookieDomainSite, Chromium, store("a=1; Domain=kawasaki.jp", page("https://www.city.kawasaki.jp/")), "the list has no suffix kawasaki.jp"},
		{DeviationCookieFreshOverwrite, Chromium, func(p Profile) string {
			jar := &Jar{Profile: p}
			for _, line := range []string{"a=1", "b=2", "a=3"} {
				jar.Set(line, page(app))
			}
			return jar.Header(page(app))
		}, "a new value counts as a new cookie"},
		{DeviationCookieHostDefault, Firefox, store("__Host-a=1; Secure", page(app)), "the text wants a Path attribute"},
		{DeviationCookieHostPath, Chromium, store("__Host-a=1; Secure; Path=", page(app)), "the text is content with a Path that defaults to /"},
		{DeviationCookieHTTPPrefix, Chromium, store("__Http-a=1; Secure", page(app)), "the text does not know the prefix"},
		{DeviationCookieLastLifetime, Chromium, store("a=1; Max-Age=60; Max-Age=x", page(app)), "the text drops what it cannot read"},
		{DeviationCookieLaxPost, Chromium, sendAfter("a=1", page(app), formPost), "a fresh cookie goes with the form"},
		{DeviationCookieLineEnd, Chromium, store("a=x\r; Secure", page(app)), "the header ends there"},
		{DeviationCookieMaxAgePlus, Chromium, store("a=1; Max-Age=+60", page(app)), "the text wants a digit or \"-\""},
		{DeviationCookieNameless, Chromium, store("=a=b", page(app)), "it would come back as a cookie a"},
		{DeviationCookieNoLaxDefault, Firefox, store("a=1", fetchFrom("https://evil.test")), "no SameSite counts as None"},
		{DeviationCookiePartitioned, Chromium, store("a=1; Partitioned", page(app)), "Partitioned needs Secure"},
		{DeviationCookiePathTab, Firefox, store("a=1; Path=/\t/x", page(app)), "a tab is a control character there"},
		{DeviationCookieRedirects, Chromium, sendAfter("a=1; SameSite=Strict", page(app), redirected), "the hop is not looked at"},
		{DeviationCookieSchemeless, Firefox, store("a=1; SameSite=Strict", fetchFrom("http://www.shop.test")), "http and https are one site"},
		{DeviationCookieTab, Chromium, store("a=x\ty", page(app)), "the text excludes the tab"},
		{DeviationCookieTotalProtection, Firefox, store("a=1; SameSite=None; Secure", fetchFrom("https://evil.test")), "a third party has a jar for each top-level site"},
		{DeviationCookieTrustworthy, Chromium, store("a=1; Secure", page("http://localhost/")), "localhost cannot be eavesdropped on"},
	} {
		t.Run(string(row.deviation)+"/"+row.profile.String(), func(t *testing.T) {
			if !row.profile.Has(row.deviation) {
				t.Fatalf("%v does not have it", row.profile)
			}
			if text, browser := row.decide(Standard), row.decide(row.profile); text == browser {
				t.Errorf("no difference: %s (%s)", text, row.reason)
			}
		})
	}
}

func asLine(c Cookie, v Verdict) string {
	if !v.Allowed {
		return ""
	}
	s := asSuite(c)
	return strings.Join([]string{s.Name, s.Value, s.Domain, s.Path, c.Expires.String(), c.Partition.String()}, " ")
}

func TestEveryDeviationIsDocumented(t *testing.T) {
	seen := map[Deviation]bool{}
	for _, d := range deviationList {
		if d.Doc() == "" || d.Section() == "" || seen[d] {
			t.Errorf("%s: no doc, no section, or listed twice", d)
		}
		seen[d] = true
		if Standard.Has(d) || !Chromium.Has(d) && !Firefox.Has(d) {
			t.Errorf("%s: not a deviation of a browser", d)
		}
	}
	if len(seen) != len(deviationInfos) {
		t.Errorf("%d deviations listed, %d described", len(seen), len(deviationInfos))
	}
	if len(Standard.Deviations()) != 0 || len(Chromium.Deviations()) == 0 {
		t.Error("the text deviates from itself, or Chromium never does")
	}
}

func TestEveryRuleIsDocumented(t *testing.T) {
	for r, info := range ruleInfos {
		if info.doc == "" || info.section == "" {
			t.Errorf("%s: no doc or no section", r)
		}
	}
}

// TestStoreRules names the first rule that fails, in the order of the text for
// the text and by stage for Chromium.
func TestStoreRules(t *testing.T) {
	for _, row := range []struct {
		line, url string
		chromium  Rule
		standard  Rule
		reason    string
	}{
		{"a=1", "https://app.shop.test/", "", "", "nothing is wrong"},
		{"a=\x01; Domain=evil.test", "https://app.shop.test/", RuleCookieControlCharacter, RuleCookieControlCharacter, "the line is refused before it is taken apart"},
		{strings.Repeat("a", 4097) + "=\x01", "https://app.shop.test/", RuleCookieSize, RuleCookieControlCharacter, "Chromium counts first"},
		{"=; Secure", "https://app.shop.test/", RuleCookieEmpty, RuleCookieEmpty, "no content"},
		{"a=1; Domain=test", "https://app.shop.test/", RuleCookiePublicSuffix, RuleCookiePublicSuffix, "an unlisted top-level domain is a suffix"},
		{"a=1; Domain=github.io", "https://a.github.io/", RuleCookiePublicSuffix, RuleCookiePublicSuffix, "the private section counts"},
		{"a=1; Domain=shop..test", "https://app.shop.test/", RuleCookieDomain, RuleCookieDomain, "no such host"},
		{"a=1; Domain=127.1", "http://127.0.0.1/", RuleCookieDomainCharacters, RuleCookieDomain, "the address is spelled otherwise"},
		{"__Secure-a=1; Domain=evil.test", "http://app.shop.test/", RuleCookieDomain, RuleCookieDomain, "Domain comes before the prefix"},
		{"__Secure-a=1; Secure", "http://app.shop.test/", RuleCookiePrefixSecure, RuleCookieSetSecure, "step 13 comes before step 20, the stages the other way round"},
		{"__Host-a=1; Secure; Path=/x", "https://app.shop.test/", RuleCookiePrefixHost, RuleCookiePrefixHost, "Path is not /"},
		{"__host-a", "https://app.shop.test/", RuleCookiePrefixNameless, RuleCookiePrefixNameless, "the prefix hides in the value"},
		{"a=1; SameSite=None", "https://app.shop.test/", RuleCookieSetNoneInsecure, RuleCookieSetNoneInsecure, "None needs Secure"},
		{"a=1; Secure; SameSite=None", "http://app.shop.test/", RuleCookieSetSecure, RuleCookieSetSecure, "http is not secure"},
		{"a=1", "ftp://app.shop.test/", RuleCookieSetURL, RuleCookieSetURL, "ftp has no cookies"},
	} {
		ctx := CookieContext{URL: row.url, Time: cookieTime}
		for p, want := range map[Profile]Rule{Chromium: row.chromium, Standard: row.standard} {
			if _, v := Store(row.line, ctx, p); v.Rule != want || v.Allowed != (want == "") {
				t.Errorf("%v %.60q at %s: %q, want %q (%s)", p, row.line, row.url, v.Rule, want, row.reason)
			}
		}
	}
}

// TestSendRules sends one stored cookie in different situations of Chromium.
func TestSendRules(t *testing.T) {
	const app = "https://app.shop.test/x/y"
	for _, row := range []struct {
		line   string
		ctx    CookieContext
		want   Rule
		reason string
	}{
		{"a=1; SameSite=Strict", CookieContext{Initiator: "https://www.shop.test"}, "", "same-site link"},
		{"a=1; SameSite=Strict", CookieContext{Initiator: "http://app.shop.test"}, RuleCookieSendSameSiteStrict, "another scheme is another site"},
		{"a=1; SameSite=Strict", CookieContext{Initiator: "null"}, RuleCookieSendSameSiteStrict, "an opaque origin is cross-site"},
		{"a=1; SameSite=Lax", CookieContext{Initiator: "null"}, "", "but may link"},
		{"a=1; SameSite=Lax", CookieContext{Initiator: "https://evil.test", Method: "POST"}, RuleCookieSendSameSiteLax, "a cross-site form"},
		{"a=1", CookieContext{Initiator: "https://evil.test", Method: "POST"}, "", "a fresh cookie without SameSite"},
		{"a=1", CookieContext{Initiator: "https://evil.test", Method: "POST", Time: cookieTime.Add(121 * time.Second)}, RuleCookieSendSameSiteDefault, "two minutes are over"},
		{"a=1", CookieContext{Initiator: "https://evil.test", Method: "POST", Time: cookieTime.Add(2 * time.Minute)}, "", "two minutes to the second"},
		{"a=1; SameSite=Lax", CookieContext{Kind: Subresource, Initiator: "https://www.shop.test", Method: "DELETE"}, "", "same-site methods do not matter"},
		{"a=1; SameSite=Lax", CookieContext{Kind: Subresource, Initiator: "https://app.shop.test", Frames: []string{"https://evil.test", "https://app.shop.test"}}, RuleCookieSendSameSiteLax, "own frame in a foreign page"},
		{"a=1; SameSite=Lax", CookieContext{Kind: FrameNavigation, Initiator: "https://evil.test", Frames: []string{"https://app.shop.test"}}, RuleCookieSendSameSiteLax, "a foreign page navigates a frame of ours"},
		{"a=1; Secure; SameSite=None", CookieContext{Kind: Subresource, Initiator: "https://evil.test", Credentials: SameOrigin}, RuleCookieSendCredentials, "fetch without include"},
		{"a=1", CookieContext{Kind: Subresource, Initiator: "https://app.shop.test", Credentials: SameOrigin}, "", "same origin"},
		{"a=1", CookieContext{Kind: Subresource, Initiator: "https://app.shop.test", Credentials: SameOrigin, Redirects: []string{"https://evil.test/r"}}, RuleCookieSendCredentials, "the redirect tainted it"},
		{"a=1; Secure; SameSite=None", CookieContext{Kind: Subresource, Initiator: "https://evil.test", ThirdPartyBlocked: true}, RuleCookieSendThirdParty, "the user blocks third parties"},
		{"a=1; Secure; SameSite=None", CookieContext{Kind: Subresource, Initiator: "http://app.shop.test", ThirdPartyBlocked: true}, RuleCookieSendThirdParty, "the scheme makes it third-party"},
		{"a=1; HttpOnly", CookieContext{Kind: Script, Initiator: "https://app.shop.test"}, RuleCookieSendHTTPOnly, "document.cookie"},
		{"a=1", CookieContext{Kind: Script, Initiator: "null"}, RuleCookieSendURL, "a sandboxed document has no cookies"},
		{"a=1; Secure; Partitioned", CookieContext{Kind: Subresource, Initiator: "https://evil.test"}, RuleCookiePartition, "another top-level site"},
		{"a=1; Path=/x/y/", CookieContext{}, RuleCookiePath, "the path is below"},
		{"a=1; Max-Age=5", CookieContext{Time: cookieTime.Add(5 * time.Second)}, RuleCookieExpired, "over at that second"},
	} {
		c, v := Store(row.line, CookieContext{URL: app, Time: cookieTime}, Chromium)
		if !v.Allowed {
			t.Errorf("%q is not stored: %v", row.line, v)
			continue
		}
		row.ctx.URL = app
		if row.ctx.Time.IsZero() {
			row.ctx.Time = cookieTime
		}
		if v := Send(c, row.ctx, Chromium); v.Rule != row.want || v.Allowed != (row.want == "") {
			t.Errorf("%q in %+v: %v, want %q (%s)", row.line, row.ctx, v, row.want, row.reason)
		}
	}
}

// TestVerdictKeepsTheValue: no verdict and no answer repeats what a cookie
// holds.
func TestVerdictKeepsTheValue(t *testing.T) {
	const secret = "5f1c7a90e2"
	jar := &Jar{}
	for _, line := range []string{
		secret, "=" + secret + "=x", "a=" + secret + "\x01", "a=" + secret + "; Domain=evil.test", "__Host-a=" + secret, "=__Host-" + secret,
		"a=" + strings.Repeat(secret, 500), "a=" + secret + "; SameSite=None", "b=" + secret + "; Path=/x", "b=" + secret + "; Max-Age=0",
	} {
		_, v := jar.Set(line, CookieContext{URL: "https://app.shop.test/?" + secret, Time: cookieTime})
		for _, name := range []string{"a", "b", "__Host-a"} {
			text := v.String() + jar.Why(name, CookieContext{URL: "https://api.shop.test/?" + secret, Time: cookieTime}).String()
			for _, c := range v.Compared {
				text += c.Got + c.Want
			}
			if strings.Contains(text, secret) {
				t.Errorf("%.40q: the value is repeated in %.300q", line, text)
			}
		}
	}
}
