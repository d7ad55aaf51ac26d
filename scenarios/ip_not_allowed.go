package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func ipNotAllowed() *Cause {
	return &Cause{
		ID: "ip-not-allowed", Kind: Mechanism, Group: AccessControl,
		Means: "The address that the client comes from is not allowed: a VPN is off, or the network changed.",
		Looks: "A 403 that names an address, a network or an allow list, or a web server's plain 403, with the same request and credential as before.",
		Unlike: []Unlike{
			{"geo-blocked", "the page names a country or region"},
			{"forwarded-headers-missing", "the server sees the proxy's address for everybody, so everybody fails"},
			{"proxy-auth-denied", "a challenge: knowing a password would help"},
			{"waf-blocked", "depends on what is sent"},
		},
		Advice: []Advice{
			{Client, "Turn the VPN on, or call from a network with a fixed address and have that one allowed.", ""},
			{Nginx, "Behind a balancer, take the client's address from it before allow and deny look.", "set_real_ip_from 10.0.0.0/8;\nreal_ip_header X-Forwarded-For;"},
			{Apache, "The same with mod_remoteip.", "RemoteIPHeader X-Forwarded-For\nRemoteIPInternalProxy 10.0.0.0/8"},
			{Gateway, "Add the client's address to the allow list of the API, key or organization.", ""},
		},
		Refs:   []string{"RFC 9110 section 15.5.4", "nginx ngx_http_access_module", "nginx ngx_http_realip_module"},
		Prior:  -0.5,
		Detect: detectIPNotAllowed,
		Inject: injectIPNotAllowed,
		Parameters: []Parameter{
			{Name: "address", Type: TypeAddress, Default: "203.0.113.9", Doc: "where the request seems to come from"},
		},
		Enforced: ByProxy,
		Live:     liveIPNotAllowed,
		Expect:   or(oneOf(expect.Lenient, 403, 401, 404), expect.That(expect.Unanswered())),
	}
}

// clientAddressFields carry the address of the client.
var clientAddressFields = []string{"x-forwarded-for", "x-real-ip", "true-client-ip", "cf-connecting-ip", "x-client-ip", "x-cluster-client-ip", "fastly-client-ip", "x-original-forwarded-for", "forwarded"}

func detectIPNotAllowed(v *View) []Evidence {
	if v.Failed.Response == nil || !v.statusIs(0, 400, 401, 403, 404, 407) {
		return nil
	}
	found := v.heard(Decisive, "ip-not-allowed", "the answer names the client's address or network")
	for _, c := range v.Changes {
		if c.Part == diff.Header && c.Side != diff.Recorder && slices.Contains(clientAddressFields, strings.ToLower(c.Name)) && v.status() == 403 {
			found = append(found, v.observed(Strong, FromRequest, c.Edit, "the client came from another address"))
			break
		}
	}
	if e, ok := v.plainForbidden(); ok {
		found = append(found, e)
	}
	if len(found) == 0 {
		return nil
	}
	if v.challenged() {
		found = append(found, v.against(Against, FromChallenge, "it asks for a credential: an address alone decides nothing"))
	}
	return append(append(found, v.saysOtherBlock("ip-not-allowed")...), v.judged()...)
}

// plainForbidden is a web server's own 403 to a request in which nothing
// changed: allow and deny, or Require ip.
func (v *View) plainForbidden() (Evidence, bool) {
	_, a, differ := v.AnsweredElsewhere()
	if v.status() != 403 || !a.Made || a.Layer != layerProxy || wafProducts[a.Product] || a.Product == "Envoy" || v.Good == nil || !differ {
		return Evidence{}, false
	}
	strength := Weak
	if len(v.Matter()) == 0 {
		strength = Strong
	}
	return v.observed(strength, FromStatus, v.statusSeen(), a.Product+" itself says 403, without a challenge"), true
}

func injectIPNotAllowed(in *Injection) error {
	in.page(403, "text/plain; charset=utf-8", "Your IP address is not allowed to access this resource. Connect to the VPN.\n", traffic.HeaderField{Name: "Server", Value: "nginx"})
	return nil
}

// liveIPNotAllowed works where the server believes X-Forwarded-For; elsewhere
// only its own address counts.
func liveIPNotAllowed(in *Injection) error {
	return in.damage(Damage{Entry: in.Target, Do: SetRequestField, Name: "x-forwarded-for", Value: in.With["address"]})
}
