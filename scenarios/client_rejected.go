package scenarios

import (
	"cmp"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func clientRejected() *Cause {
	return &Cause{
		ID: "client-rejected", Kind: Mechanism, Group: AccessControl,
		Means: "The server refuses this client: its name, its version, or what an extension made of its request.",
		Looks: "A 426, or a 400 or 403 that asks for an update or another browser; User-Agent or a version field differs and nothing else does.",
		Unlike: []Unlike{
			{"bot-challenge", "a challenge that a browser can pass"},
			{"missing-credentials", "the credential is gone, and other fields of the app are not"},
			{"waf-blocked", "depends on what is sent, not on who sends it"},
		},
		Advice: []Advice{
			{Client, "Update the app; send a User-Agent that names it; allow the site in the extension that blocks it.", "curl -A 'acme-sync/4.2 (ops@example.com)' …"},
			{App, "Answer 426 or 400 with a code of its own, not 401: clients take that for a logout.", `{"code":"client_too_old","minimum":"8.0"}`},
			{Gateway, "Look for a rule on User-Agent or on the browser's signature.", ""},
		},
		Refs:   []string{"RFC 9110 section 10.1.5", "RFC 9110 section 15.5.22"},
		Prior:  -0.5,
		Detect: detectClientRejected,
		Inject: injectClientRejected,
		Parameters: []Parameter{
			{Name: "agent", Type: TypeText, Doc: "the User-Agent; the version of the app becomes old without it"},
		},
		Enforced: ByClient,
		Expect:   oneOf(expect.Lenient, 403, 400, 426, 401, 406),
	}
}

func detectClientRejected(v *View) []Evidence {
	if v.Failed.Response == nil || !v.statusIs(0, 400, 401, 403, 404, 406, 410, 412, 426) {
		return nil
	}
	found := v.heard(Decisive, "client-rejected", "the answer asks for another client or version")
	if v.status() == 426 && !isProtocolUpgrade(v.field("upgrade")) {
		found = append(found, v.observed(Decisive, FromStatus, v.statusSeen(), "426 asks for a newer client"))
	}
	found = append(found, v.anotherClient(len(found) > 0)...)
	if e, ok := v.extension(); ok {
		found = append(found, e)
	}
	if e, ok := v.blockedBefore(); ok {
		found = append(found, e)
	}
	if len(found) == 0 {
		return nil
	}
	return append(append(found, v.saysOtherBlock("client-rejected")...), v.judged()...)
}

// isProtocolUpgrade tells a server that wants TLS, HTTP/2 or a WebSocket.
func isProtocolUpgrade(value string) bool {
	value = strings.ToLower(value)
	return strings.Contains(value, "tls/") || strings.Contains(value, "h2c") || strings.Contains(value, "websocket") || strings.HasPrefix(value, "http/")
}

// otherClient finds another name or version of the client. User-Agent alone
// is weak: captures of two tools differ in it.
func (v *View) anotherClient(told bool) []Evidence {
	var found []Evidence
	versions := 0
	for _, c := range v.Changes {
		if c.Side != diff.Request || c.Part != diff.Header {
			continue
		}
		switch {
		case strings.EqualFold(c.Name, "user-agent") && c.Op != diff.Respell:
			strength := Weak
			if told {
				strength = Strong
			}
			found = append(found, v.changed(strength, c, "the client gives another name"))
		case isClientField(c.Name) && c.Op != diff.Respell:
			versions++
			found = append(found, v.changed(Strong, c, "the client gives another version or platform"))
		}
	}
	if told || len(found) > 0 && len(v.Matter()) <= versions && v.statusIs(400, 403, 406, 410, 426) {
		return found
	}
	return nil
}

// isClientField knows X-App-Version, X-Client-Name, X-Platform, Client-Version.
func isClientField(name string) bool {
	if strings.EqualFold(name, "x-requested-with") {
		return false
	}
	about := hasWord(name, "app", "client", "sdk", "platform", "device", "build", "os", "browser", "bundle", "mobile")
	what := hasWord(name, "version", "name", "build", "platform", "type", "model", "info", "agent", "os", "ver")
	return about && what && !hasWord(name, "id", "token", "key", "secret", "ip", "cert", "forwarded")
}

// blockedBefore finds a request of the same site that an ad blocker stopped and
// whose answer the page got in the working capture. Beacons are stopped without
// harm.
func (v *View) blockedBefore() (Evidence, bool) {
	if v.Good == nil {
		return Evidence{}, false
	}
	for _, p := range v.Pairs {
		x := p.BadExchange
		if p.Bad >= v.Failed.Index || x.Response == nil || !strings.Contains(x.Response.Error, "ERR_BLOCKED_BY_CLIENT") {
			continue
		}
		if siblings(x, v.Failed) && diff.StandingOf(p.OKExchange) == diff.Awaited && Works(p.OKExchange) {
			return Evidence{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: p.Bad, Note: "an extension stopped this request, whose answer the page got when it worked"}, true
		}
	}
	return Evidence{}, false
}

// extension finds the traces of one: two or more fields of the app vanish
// together while privacy fields appear.
func (v *View) extension() (Evidence, bool) {
	gone, private := 0, false
	var first diff.Change
	for _, c := range v.Changes {
		if c.Side != diff.Request || c.Part != diff.Header {
			continue
		}
		name := strings.ToLower(c.Name)
		switch {
		case c.Op == diff.Remove && (strings.HasPrefix(name, "x-") || name == "authorization"):
			if gone++; gone == 1 {
				first = c
			}
		case c.Op == diff.Add && (name == "dnt" || name == "sec-gpc"):
			private = true
		}
	}
	if gone < 2 || !private {
		return Evidence{}, false
	}
	return v.changed(Strong, first, "several fields of the app vanished together and privacy fields appeared: an extension"), true
}

func injectClientRejected(in *Injection) error {
	h := &in.Request().Header
	changed := false
	for i, f := range *h {
		if in.With["agent"] == "" && isClientField(f.Name) && hasWord(f.Name, "version", "build", "ver") {
			(*h)[i].Value, changed = "0.1.0", true
		}
	}
	if !changed {
		SetHeader(h, "User-Agent", cmp.Or(in.With["agent"], "legacy-client/0.1"))
	}
	in.Refuse(Refusal{Status: 426, Description: "This version of the app is no longer supported. Please update.", Code: "client_outdated"})
	return nil
}
