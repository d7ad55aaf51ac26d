package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func noDifference() *Cause {
	return &Cause{
		ID:    "no-difference",
		Kind:  Verdict,
		Group: Captures,
		Means: "The two requests are alike in all that matters, so the reason is on the server's side, or between the two moments.",
		Looks: "Nothing but noise and renewed tokens differs in the request, and the answers differ; often a 5xx of a layer in front.",
		Unlike: []Unlike{
			{"expired-token", "there the same kind of token is past its end"},
			{"revoked-token", "there a logout, a password change or the server's own words say so"},
			{"session-expired", "there the same session was accepted before"},
			{"rate-limited", "there many requests came before, or the answer says so"},
		},
		Advice: []Advice{
			{Client, "Give the operator the time in UTC, the host and the request ids of the answer.", ""},
			{App, "Look in the logs for that id: revoked or disabled accounts, key rotation, a deployment, a node that lost its sessions, permissions.", ""},
			{Nginx, "Log which upstream answered, and whether a credential arrived, never the credential.", `map $http_authorization $has_auth { "" no; default yes; }` + "\nlog_format trace '$request_id $upstream_addr $upstream_status $has_auth';"},
		},
		Refs:     []string{"W3C Trace Context", "RFC 9110 sections 15.5.2 and 15.6"},
		Detect:   detectNoDifference,
		Inject:   injectNoDifference,
		Enforced: ByClient,
		Live:     liveNoDifference,
		Expect:   expect.AnyOf(expect.That(expect.SameAsRecorded())),
	}
}

func detectNoDifference(v *View) []Evidence {
	good := v.worked()
	if good == nil || v.Failed.Response == nil || v.status() == 0 {
		return nil
	}
	switch v.status() {
	case 407, 413, 414, 426, 429, 431, 451, 494:
		return nil // the status itself names another cause
	}
	renewed := 0
	for _, c := range v.Matter() {
		if !v.isRenewed(c) {
			return nil
		}
		renewed++
	}
	strength, note := Strong, "nothing that matters differs in the request"
	if renewed > 0 {
		strength, note = Weak, "only credentials were renewed, nothing else that matters differs in the request"
	}
	e := v.observed(strength, FromRequest, diff.Edit{}, note)
	if change, ok := v.firstRenewed(); ok {
		e.At = change.Edit
	}
	list := append([]Evidence{e}, append(v.serverSide(), v.saysUnclaimed()...)...)
	if v.Voice() == Invalid {
		list = append(list, v.against(Against, FromText, "the server says that the credential is invalid"))
	}
	return list
}

// serverSide finds what tells of trouble behind the request, and what an
// operator can look for.
func (v *View) serverSide() []Evidence {
	var list []Evidence
	if who := v.answerer(); who.Made && who.Layer != layerApp {
		list = append(list, v.observed(Weak, FromStatus, statusOf(v.Failed), "the answer was made by "+who.Product+", in front of the app"))
	}
	if status := v.status(); status >= 500 {
		list = append(list, v.observed(Decisive, FromStatus, statusOf(v.Failed), "a server error: the request was not judged, it broke something or met something broken"))
	}
	for _, name := range nodeHeaders {
		if c, ok := v.Change(diff.Response, diff.Header, name); ok && c.Op == diff.Replace {
			list = append(list, v.observed(Weak, FromStatus, c.Edit, "another node or version answered"))
			break
		}
	}
	for _, name := range requestIDs {
		if id := v.field(name); id != "" {
			list = append(list, v.observed(Weak, FromStatus, seen(diff.Response, diff.Header, name, id), "the id to give to the operator"))
			break
		}
	}
	return list
}

var (
	nodeHeaders = []string{"x-served-by", "x-pod", "x-node", "x-instance", "x-backend", "x-backend-server", "x-version", "x-app-version", "x-deployment-id", "x-upstream", "x-server", "via"}
	requestIDs  = []string{"x-request-id", "x-correlation-id", "request-id", "x-amzn-requestid", "x-amzn-trace-id", "x-azure-ref", "x-ms-request-id",
		"x-kong-request-id", "x-github-request-id", "cf-ray", "x-amz-cf-id", "x-trace-id", "traceparent", "traceresponse"}
)

// isRenewed tells a change that each session brings: another token of the
// same form under the same scheme, another session cookie, another CSRF token.
func (v *View) isRenewed(c diff.Change) bool {
	name := c.Name[strings.LastIndexByte(c.Name, '/')+1:]
	switch {
	case c.Op != diff.Replace:
		return false
	case isOneTime(name), v.isMadeAnew(c):
		return true
	case v.status() >= 500 && c.Sub != "scheme" && (name == "authorization" || c.Part == diff.Query && isFlowParameter(name) || looksRandom(c.Old) && looksRandom(c.New)):
		return true // a server that broke did not judge who asks
	case c.Part == diff.Cookie:
		return isSessionName(c.Name) || isCSRFName(c.Name) || looksRandom(c.Old) && looksRandom(c.New)
	case c.Part == diff.Header && c.Name == "authorization":
		return isRenewedToken(c.Sub) && takesBareToken(v.scheme()) && isBareAuthorization(v)
	case c.Part == diff.Header || c.Part == diff.Body || c.Part == diff.Query:
		return isCSRFName(name)
	}
	return false
}

// isOneTime knows what a login makes up each time.
func isOneTime(name string) bool {
	switch name {
	case "refresh_token", "code", "code_verifier", "code_challenge", "state", "nonce", "client_assertion", "assertion", "id_token", "id_token_hint", "SAMLRequest", "SAMLResponse", "RelayState", "dpop":
		return true
	}
	return false
}

// isRenewedToken knows the places in a token that differ each time it is
// issued. Who it is of, for whom and for what are none.
func isRenewedToken(sub string) bool {
	name := sub[strings.LastIndexByte(sub, '.')+1:]
	return slices.Contains([]string{"credentials", "iat", "exp", "nbf", "jti", "sid", "auth_time", "nonce", "at_hash", "signature", "session_state"}, name)
}

func (v *View) scheme() string {
	a, _ := authorizationOf(v.Failed)
	return a.Scheme
}

func isBareAuthorization(v *View) bool {
	good, _ := authorizationOf(v.Good)
	bad, _ := authorizationOf(v.Failed)
	return isBare(good.Value) && isBare(bad.Value)
}

func (v *View) firstRenewed() (diff.Change, bool) {
	for _, c := range v.Matter() {
		return c, true
	}
	return diff.Change{}, false
}

// injectNoDifference leaves the request as it is and breaks what is behind it.
func injectNoDifference(in *Injection) error {
	in.Refuse(Refusal{Status: 502 + in.Rand.IntN(3), Code: "upstream_failure", Description: "The server behind this one did not answer"})
	return nil
}

// liveNoDifference is the control: the request as it is.
func liveNoDifference(*Injection) error { return nil }
