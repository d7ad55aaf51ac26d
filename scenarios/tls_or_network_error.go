package scenarios

import (
	"regexp"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func tlsOrNetworkError() *Cause {
	return &Cause{
		ID:    "tls-or-network-error",
		Kind:  Mechanism,
		Group: Captures,
		Means: "The request never got an answer: name, connection or TLS failed. No credential was judged.",
		Looks: "Status 0 with the client's own reason: ERR_CERT_…, ERR_NAME_NOT_RESOLVED, ERR_CONNECTION_REFUSED, a timeout, x509, ECONNRESET.",
		Unlike: []Unlike{
			{"cors-preflight-failed", "there the server answers and the browser refuses the answer: ERR_FAILED"},
			{"clock-skew", "there the client's clock makes a good certificate look expired"},
			{"client-rejected", "there an ad blocker stops it: ERR_BLOCKED_BY_CLIENT"},
			{"local-network-blocked", "there the browser keeps a public page from a private address"},
			{"proxy-auth-denied", "there a forward proxy refuses the tunnel"},
		},
		Advice: []Advice{
			{Client, "Try name, connection and certificate one after the other, from the same machine.", "curl -v https://api.example.com/\nopenssl s_client -connect api.example.com:443 -servername api.example.com </dev/null"},
			{Nginx, "Serve the whole chain.", "ssl_certificate /etc/nginx/fullchain.pem;"},
			{Gateway, "Check that the certificate covers this name and is renewed.", ""},
		},
		Refs:     []string{"Chromium, net_error_list.h", "RFC 8446 section 6.2", "RFC 9525 (names in certificates)"},
		Prior:    -0.3,
		Detect:   detectTLSOrNetworkError,
		Inject:   injectTLSOrNetworkError,
		Enforced: ByProxy,
		Live:     liveTLSOrNetworkError,
		Expect:   expect.AnyOf(expect.That(expect.Unanswered())),
	}
}

var networkWords = regexp.MustCompile(`(?i)ERR_(CERT_\w+|SSL_\w+|NAME_NOT_RESOLVED|NAME_RESOLUTION_FAILED|CONNECTION_\w+|ADDRESS_\w+|INTERNET_DISCONNECTED|NETWORK_\w+|TIMED_OUT|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED|QUIC_\w+|HTTP2_\w+|DNS_\w+|INCOMPLETE_\w+|CONTENT_LENGTH_MISMATCH)|` +
	`NS_ERROR_(UNKNOWN_HOST|NET_\w+|CONNECTION_REFUSED|OFFLINE)|SEC_ERROR_\w+|SSL_ERROR_\w+|MOZILLA_PKIX_\w+|ECONN(REFUSED|RESET|ABORTED)|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|x509: |tls: |no such host|connection (refused|reset)|certificate (has expired|verify failed|is not trusted)|i/o timeout|could not connect to|unable to connect|server certificate|could not resolve host|network connection was lost`)

// certificateTime tells certificates that a wrong clock makes expired.
var certificateTime = regexp.MustCompile(`(?i)ERR_CERT_DATE_INVALID|EXPIRED_CERTIFICATE|certificate has expired|not yet valid`)

func detectTLSOrNetworkError(v *View) []Evidence {
	if v.Failed.Response == nil {
		return nil
	}
	reason := v.Failed.Response.Error
	if v.status() > 0 && v.status() < 600 && reason == "" {
		return nil
	}
	hit := networkWords.FindString(bounded(reason))
	if hit == "" || v.status() > 0 || certificateWords.MatchString(reason) {
		return nil
	}
	at := seen(diff.Response, diff.Failure, "", reason)
	list := []Evidence{v.observed(Decisive, FromStatus, at, "the connection failed before anything was answered")}
	if v.worked() != nil {
		list = append(list, v.observed(Strong, FromFlow, diff.Edit{}, "the same request got an answer in the working capture"))
	}
	if certificateTime.MatchString(reason) {
		list = append(list, v.against(Against, FromText, "a wrong clock makes a good certificate look expired"))
	}
	return list
}

func injectTLSOrNetworkError(in *Injection) error {
	reasons := []string{"net::ERR_CONNECTION_REFUSED", "net::ERR_CERT_COMMON_NAME_INVALID", "net::ERR_NAME_NOT_RESOLVED", "net::ERR_CONNECTION_RESET"}
	in.unanswered(reasons[in.Rand.IntN(len(reasons))])
	return nil
}

func liveTLSOrNetworkError(in *Injection) error { return in.damage(Damage{Entry: in.Target, Do: Hang}) }
