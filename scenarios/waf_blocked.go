package scenarios

import (
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func wafBlocked() *Cause {
	return &Cause{
		ID: "waf-blocked", Kind: Mechanism, Group: AccessControl,
		Means: "A web application firewall or CDN rule took the request for an attack and refused it.",
		Looks: "A 403, 406 or even 200 with a block page and an incident or support id, from a layer that the working answer did not come from; often something in the request looks like an injection.",
		Unlike: []Unlike{
			{"bot-challenge", "a challenge can be passed; a block can't"},
			{"geo-blocked", "the page names a country or region"},
			{"ip-not-allowed", "the page names an address or a network"},
			{"client-rejected", "what differs is the client's name or version"},
			{"insufficient-scope", "the app itself answers, in its own format"},
		},
		Advice: []Advice{
			{Gateway, "Give the operator the incident id and the time; exclude the rule for this field, or skip it for authenticated API calls.", ""},
			{Apache, "Exclude the ModSecurity rule that the error log names.", "<Location /api/notes>\n  SecRuleRemoveById 942100\n</Location>"},
			{Nginx, "The same for ModSecurity in nginx.", "modsecurity_rules 'SecRuleRemoveById 942100';"},
			{Client, "Send markup and code encoded, or in a JSON body, if the API allows it.", ""},
		},
		Refs:     []string{"RFC 9110 section 15.5.4", "OWASP Core Rule Set, false positives"},
		Prior:    -0.5,
		Detect:   detectWAFBlocked,
		Inject:   injectWAFBlocked,
		Enforced: ByClient,
		Expect:   or(oneOf(expect.Lenient, 403, 406, 400, 429, 503), expect.That(expect.Disguised())),
	}
}

// wafProducts block and do little else.
var wafProducts = map[string]bool{
	"F5 BIG-IP": true, "ModSecurity": true, "Imperva": true, "Sucuri": true, "Wordfence": true, "FortiWeb": true, "Fortinet": true,
	"Barracuda": true, "AWS WAF": true,
}

func detectWAFBlocked(v *View) []Evidence {
	if v.Failed.Response == nil || !v.statusIs(200, 400, 403, 404, 405, 406, 409, 418, 429, 501, 503) || botMark(v.Failed.Response) != "" {
		return nil
	}
	_, bad, differ := v.AnsweredElsewhere()
	own := bad.Made && bad.Layer == layerApp && !wafProducts[bad.Product]
	strength := Decisive
	if own || isStructured(v.Failed.Response) && !differ {
		strength = Strong // the app may quote its firewall, or be one
	}
	found := v.heard(strength, "waf-blocked", "the answer says that the request was blocked")
	if bad.Made && wafProducts[bad.Product] {
		found = append(found, v.observed(Decisive, FromStatus, v.statusSeen(), "the page is "+bad.whose()))
	} else if bad.Made && bad.Layer == layerEdge && v.status() == 403 {
		found = append(found, v.observed(Strong, FromStatus, v.statusSeen(), "the 403 is "+bad.whose()+" own"))
	}
	found = append(found, v.suspicious(differ || len(found) > 0)...)
	if len(found) == 0 {
		return nil
	}
	if own {
		found = append(found, v.against(Against, FromStatus, "the app itself answered"))
	}
	return append(append(found, v.saysOtherBlock("waf-blocked")...), v.judged()...)
}

// attacks are texts that firewalls look for, in lower case.
var attacks = []string{
	"<script", "javascript:", "onerror=", "onload=", "<iframe", "<svg", "document.cookie", "alert(",
	"' or ", "\" or ", "' and ", "or 1=1", "union select", "union all select", "drop table", "insert into", "information_schema", "sleep(", "benchmark(", "waitfor delay", "';--", "'--", "select * from",
	"../", "..\\", "/etc/passwd", "/proc/self", "c:\\windows", "php://", "file://", "cmd.exe", "/bin/sh", "/bin/bash", "$(", "; cat ", "| cat ", "wget http", "curl http",
	"${jndi:", "<?php", "<!entity", "<!doctype", "{{7*7}}", "__proto__", "%00", "\x00",
}

// suspicious finds what looks like an attack in the failing request alone.
func (v *View) suspicious(elsewhere bool) []Evidence {
	for _, c := range v.Matter() {
		if c.Part != diff.Query && c.Part != diff.Body && c.Part != diff.Header && c.Part != diff.Path && c.Part != diff.Cookie || !looksLikeAttack(c.New) || looksLikeAttack(c.Old) {
			continue
		}
		strength := Weak
		if elsewhere && v.statusIs(200, 403, 406, 501) {
			strength = Strong
		}
		return []Evidence{v.changed(strength, c, "this looks like an attack, and was not there when it worked")}
	}
	return nil
}

func looksLikeAttack(value string) bool {
	value = value[:min(len(value), maxSearchedBody)]
	if decoded, err := url.QueryUnescape(value); err == nil {
		value = decoded
	}
	value = strings.ToLower(value)
	for _, text := range attacks {
		if strings.Contains(value, text) {
			return true
		}
	}
	return false
}

func injectWAFBlocked(in *Injection) error {
	r := in.Request()
	u := r.ParsedURL()
	if u == nil {
		return ErrCannotInject
	}
	parameter := "note=" + url.QueryEscape("<script>alert(1)</script>")
	if u.RawQuery != "" {
		parameter = u.RawQuery + "&" + parameter
	}
	u.RawQuery = parameter
	r.URL = u.String()
	r.Query = nil
	in.page(403, "text/html", "<html><head><title>Request blocked</title></head><body><h1>Request blocked</h1><p>This request was blocked by a web application firewall. Incident id: 4711.</p></body></html>",
		traffic.HeaderField{Name: "Server", Value: "waf"})
	return nil
}
