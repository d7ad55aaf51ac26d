package scenarios

import (
	"regexp"
	"strings"

	"github.com/replaydiff/replay/scenarios/expect"
)

func clientCertificateMissing() *Cause {
	return &Cause{
		ID:    "client-certificate-missing",
		Kind:  Mechanism,
		Group: Captures,
		Means: "The server asks for a client certificate in the TLS handshake and none came, or one that it does not trust.",
		Looks: "nginx says \"No required SSL certificate was sent\" or \"The SSL certificate error\", IIS 403.7 or 403.16; or the handshake ends with an alert about the certificate.",
		Unlike: []Unlike{
			{"dpop-or-mtls-binding", "there a token is bound to a certificate, and the certificate is missing or another one"},
			{"tls-or-network-error", "there the server's own certificate is refused"},
			{"waf-blocked", "there a 403 of an edge comes with an incident id"},
		},
		Advice: []Advice{
			{Client, "Send certificate and key; look at the day it ends.", "curl --cert client.pem --key client.key https://…"},
			{Nginx, "Ask where it is needed and let the app decide elsewhere; a proxy in front has to hand it on.", "ssl_client_certificate /etc/nginx/clients-ca.pem;\nssl_verify_client optional;\nproxy_set_header X-SSL-Cert $ssl_client_escaped_cert;"},
			{Apache, "Ask for it, and hand it to the app.", "SSLVerifyClient require\nSSLOptions +ExportCertData"},
			{Envoy, "Check which authorities are trusted.", "require_client_certificate: true"},
		},
		Refs:     []string{"RFC 8446 sections 4.4.2 and 6.2 (certificate_required)", "nginx, ngx_http_ssl_module: 495, 496", "IIS 403.7, 403.13, 403.16, 403.17"},
		Prior:    -0.5,
		Detect:   detectClientCertificateMissing,
		Inject:   injectClientCertificateMissing,
		Enforced: ByClient,
		Needs:    []Need{ClientCertificate},
		Live:     liveClientCertificateMissing,
		Expect:   or(refuses(expect.Hole, 400, 401, 403, 495, 496), expect.That(expect.Unanswered())),
	}
}

var certificateWords = regexp.MustCompile(`(?i)no required ssl certificate was sent|the ssl certificate error|client certificate[^"<]{0,40}(required|missing|not (provided|presented|found|sent|valid)|invalid|expired|untrusted|revoked|needed)|(no|missing|invalid|requires? (a )?)[^"<]{0,15}client certificate|` +
	`(mtls|mutual tls|peer certificate|x509 client)[^"<]{0,40}(required|missing|fail)|403\.(7|12|13|16|17)\b|ERR_(BAD_)?SSL_CLIENT_AUTH_\w+|SSL_ERROR_(HANDSHAKE_FAILURE_ALERT|RX_CERTIFICATE_REQUIRED_ALERT)|tlsv13 alert certificate required|tls: certificate required|alert (number )?116|no_certificate_alert`)

func detectClientCertificateMissing(v *View) []Evidence {
	var list []Evidence
	if at, ok := v.answerMatches(certificateWords); ok {
		list = append(list, v.observed(Decisive, FromText, at, "the server wants a client certificate"))
	}
	if s := v.status(); s == 495 || s == 496 {
		list = append(list, v.observed(Decisive, FromStatus, statusOf(v.Failed), "the status that nginx has for client certificates"))
	}
	if len(list) == 0 {
		return nil
	}
	if token, _, ok := TokenOf(v.Failed); ok && token.toCertificate() {
		list = append(list, v.against(Against, FromRequest, "the token is bound to a certificate"))
	}
	if strings.Contains(strings.ToLower(answerText(v.Failed)), "cnf") {
		list = append(list, v.against(Against, FromText, "the answer speaks of a token that is bound to a certificate"))
	}
	return list
}

func (t *JWT) toCertificate() bool {
	_, certificate := t.boundTo()
	return certificate != ""
}

func injectClientCertificateMissing(in *Injection) error {
	if !strings.HasPrefix(in.Request().URL, "https:") {
		return cannot("the flow is not over https")
	}
	if in.Server == Mute {
		return cannot("a server that says nothing does not say that it wants a certificate")
	}
	in.Refuse(Refusal{Status: 400, Description: "No required SSL certificate was sent"})
	return nil
}

func liveClientCertificateMissing(in *Injection) error {
	if !in.Live.ClientCertificate {
		return needs("there is none to leave away", ClientCertificate)
	}
	in.Live.moves.NoCertificate = true
	return nil
}
