package devtools

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// corsErrors are all values of Network.CorsError (cdproto 0.159), with the rule
// and the answer that each stands for.
var corsErrors = map[string]struct {
	rule  browser.CORSRule
	stage browser.CORSStage
}{
	"DisallowedByMode":                     {browser.RuleSameOriginMode, browser.StageRequest},
	"InvalidResponse":                      {},
	"WildcardOriginNotAllowed":             {browser.RuleOriginWildcard, browser.StageAnswer},
	"MissingAllowOriginHeader":             {browser.RuleOriginMissing, browser.StageAnswer},
	"MultipleAllowOriginValues":            {browser.RuleOriginMultiple, browser.StageAnswer},
	"InvalidAllowOriginValue":              {browser.RuleOriginInvalid, browser.StageAnswer},
	"AllowOriginMismatch":                  {browser.RuleOriginMismatch, browser.StageAnswer},
	"InvalidAllowCredentials":              {browser.RuleCredentials, browser.StageAnswer},
	"CorsDisabledScheme":                   {browser.RuleScheme, browser.StageRequest},
	"PreflightInvalidStatus":               {browser.RulePreflightStatus, browser.StagePreflight},
	"PreflightDisallowedRedirect":          {browser.RulePreflightRedirect, browser.StagePreflight},
	"PreflightWildcardOriginNotAllowed":    {browser.RuleOriginWildcard, browser.StagePreflight},
	"PreflightMissingAllowOriginHeader":    {browser.RuleOriginMissing, browser.StagePreflight},
	"PreflightMultipleAllowOriginValues":   {browser.RuleOriginMultiple, browser.StagePreflight},
	"PreflightInvalidAllowOriginValue":     {browser.RuleOriginInvalid, browser.StagePreflight},
	"PreflightAllowOriginMismatch":         {browser.RuleOriginMismatch, browser.StagePreflight},
	"PreflightInvalidAllowCredentials":     {browser.RuleCredentials, browser.StagePreflight},
	"PreflightMissingAllowExternal":        {browser.RuleLocalNetwork, browser.StageRequest},
	"PreflightInvalidAllowExternal":        {browser.RuleLocalNetwork, browser.StageRequest},
	"InvalidAllowMethodsPreflightResponse": {browser.RuleAllowMethodsSyntax, browser.StagePreflight},
	"InvalidAllowHeadersPreflightResponse": {browser.RuleAllowHeadersSyntax, browser.StagePreflight},
	"MethodDisallowedByPreflightResponse":  {browser.RuleMethodNotAllowed, browser.StagePreflight},
	"HeaderDisallowedByPreflightResponse":  {browser.RuleHeaderNotAllowed, browser.StagePreflight},
	"RedirectContainsCredentials":          {browser.RuleRedirectCredentials, browser.StageRedirect},
	"InsecureLocalNetwork":                 {browser.RuleLocalNetwork, browser.StageRequest},
	"InvalidLocalNetworkAccess":            {browser.RuleLocalNetwork, browser.StageRequest},
	"NoCorsRedirectModeNotFollow":          {browser.RuleNoCORSRedirect, browser.StageRequest},
	"LocalNetworkAccessPermissionDenied":   {browser.RuleLocalNetwork, browser.StageRequest},
}

func TestCORSRule(t *testing.T) {
	for name, want := range corsErrors {
		rule, stage, ok := CORSRule(name)
		if ok != (want.rule != "") || rule != want.rule || ok && stage != want.stage {
			t.Errorf("%s: got %q, %q, %v; want %+v", name, rule, stage, ok, want)
		}
	}
	for _, name := range []string{"", "Preflight", "SomethingNew", "PreflightSomethingNew"} {
		if rule, _, ok := CORSRule(name); ok {
			t.Errorf("%q is not known, and stands for %q", name, rule)
		}
	}
}

// TestCookieRules: the names that the rules have in DevTools lead back to rules
// of the same name.
func TestCookieRules(t *testing.T) {
	rows := map[string]struct{ send, store string }{ // what is blank is none of its enumeration, or no rule
		"SecureOnly": {"SecureOnly", "SecureOnly"}, "NotOnPath": {"NotOnPath", ""}, "DomainMismatch": {"DomainMismatch", ""},
		"SameSiteStrict":                           {"SchemefulSameSiteStrict", "SchemefulSameSiteStrict"},
		"SchemefulSameSiteStrict":                  {"SchemefulSameSiteStrict", "SchemefulSameSiteStrict"},
		"SameSiteLax":                              {"SchemefulSameSiteLax", "SchemefulSameSiteLax"},
		"SchemefulSameSiteLax":                     {"SchemefulSameSiteLax", "SchemefulSameSiteLax"},
		"SameSiteUnspecifiedTreatedAsLax":          {"SchemefulSameSiteUnspecifiedTreatedAsLax", "SchemefulSameSiteUnspecifiedTreatedAsLax"},
		"SchemefulSameSiteUnspecifiedTreatedAsLax": {"SchemefulSameSiteUnspecifiedTreatedAsLax", "SchemefulSameSiteUnspecifiedTreatedAsLax"},
		"SameSiteNoneInsecure":                     {"SameSiteNoneInsecure", "SameSiteNoneInsecure"},
		"UserPreferences":                          {"UserPreferences", "UserPreferences"}, "ThirdPartyPhaseout": {"UserPreferences", "UserPreferences"},
		"OverwriteSecure": {"", "OverwriteSecure"}, "InvalidDomain": {"", "InvalidDomain"}, "InvalidPrefix": {"", "InvalidPrefix"},
		"NameValuePairExceedsMaxSize": {"NameValuePairExceedsMaxSize", "NameValuePairExceedsMaxSize"},
		"DisallowedCharacter":         {"", "DisallowedCharacter"}, "NoCookieContent": {"", "NoCookieContent"},
		"SyntaxError": {}, "SchemeNotSupported": {}, "UnknownError": {}, "PortMismatch": {}, "SchemeMismatch": {}, "AnonymousContext": {}, "SomethingNew": {}, "": {},
	}
	for reason, want := range rows {
		send, sends := SendRule(reason)
		store, stores := StoreRule(reason, "__Host-a")
		if sends != (want.send != "") || send.DevTools() != want.send {
			t.Errorf("send %q: got %q (%s)", reason, send, send.DevTools())
		}
		if stores != (want.store != "") || store.DevTools() != want.store {
			t.Errorf("store %q: got %q (%s)", reason, store, store.DevTools())
		}
	}
	for name, want := range map[string]browser.Rule{"__Host-a": browser.RuleCookiePrefixHost, "__SECURE-a": browser.RuleCookiePrefixSecure,
		"__Http-a": browser.RuleCookiePrefixHTTP, "__Host-Http-a": browser.RuleCookiePrefixHTTP, "": browser.RuleCookiePrefixNameless} {
		if got, _ := StoreRule("InvalidPrefix", name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestNotesComeBack(t *testing.T) {
	text := rapid.StringMatching(`[a-z .:/_-]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		cookies := func(name string) []Cookie {
			var list []Cookie
			for range rapid.IntRange(0, 2).Draw(t, name) {
				list = append(list, Cookie{Name: text.Draw(t, "name"), Domain: text.Draw(t, "domain"), Secure: rapid.Bool().Draw(t, "secure"), Reasons: []string{text.Draw(t, "reason")}})
			}
			return list
		}
		n := Notes{Request: text.Draw(t, "request"), Target: text.Draw(t, "target"), Document: text.Draw(t, "document"), Unfinished: rapid.Bool().Draw(t, "unfinished"),
			Blocked: text.Draw(t, "blocked"), Unsent: cookies("unsent"), Refused: cookies("refused"), NoBody: text.Draw(t, "body")}
		if rapid.Bool().Draw(t, "cors") {
			n.CORS = &CORSError{Error: text.Draw(t, "error"), Parameter: text.Draw(t, "parameter")}
		}
		got, ok := Of(&traffic.Exchange{Unknown: traffic.Fields{n.Field()}})
		if diff := cmp.Diff(n, got); !ok || diff != "" {
			t.Fatal(ok, diff)
		}
	})
}

func TestSourceOf(t *testing.T) {
	for _, row := range []struct {
		fields string
		want   Source
		reason string
	}{
		{``, "", "a recorder that says nothing"},
		{`/_fromCache "disk"`, HTTPCache, "Chromium"},
		{`/_fromCache null`, "", "Chromium writes null for none"},
		{`/_fromCache false`, "", "others write false"},
		{`/response/_fetchedViaServiceWorker true`, "", "it may have asked the server"},
		{`/response/_fetchedViaServiceWorker true|/response/_serviceWorkerResponseSource "network"`, "", "it did"},
		{`/response/_fetchedViaServiceWorker true|/response/_serviceWorkerResponseSource "cache-storage"|/_fromCache "disk"`, CacheStorage, "the worker's own cache lies on the disk"},
		{`/response/_fetchedViaServiceWorker true|/response/_serviceWorkerResponseSource "http-cache"`, HTTPCache, "it asked the browser's cache"},
		{`/response/_fetchedViaServiceWorker true|/response/_serviceWorkerResponseSource "fallback-code"`, ServiceWorker, "it made the answer"},
		{`/response/_fetchedViaServiceWorker false|/response/_serviceWorkerResponseSource "fallback-code"`, "", "no worker was there"},
	} {
		x := &traffic.Exchange{}
		for field := range strings.SplitSeq(row.fields, "|") {
			if pointer, value, ok := strings.Cut(field, " "); ok {
				x.Unknown = append(x.Unknown, traffic.Field{Pointer: pointer, Value: []byte(value)})
			}
		}
		if got, _, _ := SourceOf(x); got != row.want {
			t.Errorf("%s: got %q, want %q (%s)", row.fields, got, row.want, row.reason)
		}
	}
}

// FuzzOf reads notes that anybody may have written.
func FuzzOf(f *testing.F) {
	for _, seed := range []string{`{}`, `null`, `[]`, `{"unsent":[{"name":"a","reasons":null}]}`, `{"corsErrorStatus":{}}`, `{"requestId":7}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		n, ok := Of(&traffic.Exchange{Unknown: traffic.Fields{{Pointer: Field, Value: []byte(text)}}})
		if !ok {
			return
		}
		again, _ := Of(&traffic.Exchange{Unknown: traffic.Fields{n.Field()}})
		for _, c := range append(again.Unsent, again.Refused...) {
			for _, reason := range c.Reasons {
				if rule, ok := SendRule(reason); ok && rule.DevTools() == "" {
					t.Errorf("%q stands for a rule that DevTools has no name for", reason)
				}
				if rule, ok := StoreRule(reason, c.Name); ok && rule.DevTools() == "" {
					t.Errorf("%q stands for a rule that DevTools has no name for", reason)
				}
			}
		}
	})
}
