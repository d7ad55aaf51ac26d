package scenarios

import (
	"encoding/base64"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func integratedAuthBroken() *Cause {
	return &Cause{
		ID:    "integrated-auth-broken",
		Kind:  Mechanism,
		Group: Captures,
		Means: "The handshake of NTLM or Negotiate does not come to its end: it lives on one connection, and something in between changes connections or speaks HTTP/2.",
		Looks: "The client answers the challenge and is challenged anew; the parts of the handshake go over different connections, or over HTTP/2, which NTLM can't use.",
		Unlike: []Unlike{
			{"wrong-credentials", "there the handshake is whole and the domain controller says no"},
			{"proxy-auth-denied", "there a forward proxy asks, with 407"},
			{"clock-skew", "there Kerberos refuses a clock that is five minutes off"},
		},
		Advice: []Advice{
			{Client, "Ask for a Kerberos ticket first; for NTLM stay on HTTP/1.1.", "curl --http1.1 --negotiate -u : https://…"},
			{Nginx, "Keep one upstream connection for each client connection; open-source nginx has no ntlm directive before 1.29, a TCP proxy does.", "upstream app { server app:80; ntlm; keepalive 16; }"},
			{HAProxy, "Do not share server connections.", "option http-keep-alive\nhttp-reuse never"},
			{App, "Register the service name of the public host, or Negotiate falls back to NTLM.", "setspn -S HTTP/app.example.com svc-app"},
		},
		Refs:     []string{"RFC 4559 sections 4 and 5", "RFC 9110 section 11.1", "MS-NTHT section 1.3"},
		Prior:    -0.5,
		Detect:   detectIntegratedAuthBroken,
		Inject:   injectIntegratedAuthBroken,
		Enforced: ByProxy,
		Live:     liveIntegratedAuthBroken,
		Expect:   refuses(expect.Lenient, 401, 403, 400),
	}
}

func detectIntegratedAuthBroken(v *View) []Evidence {
	a, ok := authorizationOf(v.Failed)
	if !ok || !isIntegrated(a.Scheme) || v.status() != 401 {
		return v.integratedOverHTTP2()
	}
	var list []Evidence
	for _, c := range v.challenges() {
		if !isIntegrated(c.Scheme) {
			continue
		}
		at := seen(diff.Response, diff.Header, "www-authenticate", c.Scheme)
		switch {
		case c.Token68 == "" && ntlmStep(a.Value) == 3:
			list = append(list, v.observed(Decisive, FromChallenge, at, "the last step of the handshake is answered by its beginning"))
		case c.Token68 == "":
			list = append(list, v.observed(Strong, FromChallenge, at, "the client answered, and the server begins anew"))
		}
		break
	}
	list = append(list, v.otherConnection(a)...)
	return append(list, v.integratedOverHTTP2()...)
}

func isIntegrated(scheme string) bool {
	return strings.EqualFold(scheme, "ntlm") || strings.EqualFold(scheme, "negotiate")
}

// ntlmStep returns the step of the handshake that a message is (MS-NLMP
// section 2.2.1): 1, 2 or 3; 0 where it is no NTLM, as Kerberos is not.
func ntlmStep(value string) int {
	plain, err := base64.StdEncoding.DecodeString(value)
	if err != nil || len(plain) < 12 || string(plain[:8]) != "NTLMSSP\x00" {
		return 0
	}
	return int(plain[8])
}

// otherConnection finds the step before on another connection.
func (v *View) otherConnection(a Credential) []Evidence {
	now := v.Failed.Recorded.Connection
	if now == "" || ntlmStep(a.Value) == 1 {
		return nil
	}
	for i := v.Failed.Index - 1; i >= 0 && i >= v.Failed.Index-5; i-- {
		x := v.Comparison.Bad.Exchanges[i]
		if hostPort(&x.Request) != hostPort(&v.Failed.Request) || x.Response == nil || x.Response.Status != 401 {
			continue
		}
		if before := x.Recorded.Connection; before != "" && before != now {
			return []Evidence{{Strength: Strong, Source: FromFlow, Side: Bad, Entry: i, At: seen(diff.Recorder, diff.Note, "connection", before), Note: "the step before went over another connection"}}
		}
		return nil
	}
	return nil
}

// integratedOverHTTP2 knows that NTLM does not work over HTTP/2: it is bound
// to a connection that many requests share.
func (v *View) integratedOverHTTP2() []Evidence {
	if v.status() != 401 || !isHTTP2(v.Failed) || v.worked() != nil && isHTTP2(v.Good) {
		return nil
	}
	list := v.challenges()
	for _, c := range list {
		if c.Is("ntlm") {
			return []Evidence{v.observed(Strong, FromRequest, seen(diff.Request, diff.Proto, "", v.Failed.Request.Proto), "NTLM is asked for over HTTP/2, where it can't work")}
		}
	}
	return nil
}

func isHTTP2(x *traffic.Exchange) bool {
	switch strings.ToLower(x.Request.Proto) {
	case "h2", "http/2", "http/2.0", "h3", "http/3", "http/3.0":
		return true
	}
	return false
}

func injectIntegratedAuthBroken(in *Injection) error {
	a, ok := authorizationOf(in.Exchange())
	if !ok || !isIntegrated(a.Scheme) {
		return cannot("the flow does not log in with NTLM or Negotiate")
	}
	in.Refuse(Refusal{Status: 401, Description: "Unauthorized"})
	SetHeader(&in.Exchange().Response.Header, "WWW-Authenticate", a.Scheme)
	return nil
}

// liveIntegratedAuthBroken gives each request a connection of its own: NTLM
// and Negotiate log the connection in, not the request (RFC 4559 section 6).
func liveIntegratedAuthBroken(in *Injection) error {
	if a, ok := authorizationOf(in.Exchange()); !ok || !isIntegrated(a.Scheme) {
		return cannot("the flow does not log in with NTLM or Negotiate")
	}
	return in.damage(Damage{Entry: EveryEntry, Do: FreshConnection})
}
