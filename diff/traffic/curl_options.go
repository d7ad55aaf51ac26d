package traffic

import (
	"strings"

	"github.com/replaydiff/replay/diff/spelling"
)

// A curlOption is one row of curl's table of options.
type curlOption struct {
	name  string
	short byte // 0: none
	value bool // takes a value
	no    bool // knows the form --no-NAME
}

// The options of curl up to 8.16, and older spellings, as name[:letter].
// Those that take a value:
const curlValueOptions = `
abstract-unix-socket alt-svc aws-sigv4 cacert capath cert:E cert-type ciphers config:K connect-timeout
connect-to continue-at:C cookie:b cookie-jar:c create-file-mode crlfile curves data:d data-ascii
data-binary data-raw data-urlencode delegation dns-interface dns-ipv4-addr dns-ipv6-addr dns-servers
doh-url dump-header:D ech egd-file engine etag-compare etag-save expect100-timeout form:F form-string
ftp-account ftp-alternative-to-user ftp-method ftp-port:P ftp-ssl-ccc-mode happy-eyeballs-timeout-ms
haproxy-clientip header:H hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json
keepalive-cnt keepalive-time key key-type knownhosts krb krb4 libcurl limit-rate local-port
login-options mail-auth mail-from mail-rcpt max-filesize max-redirs max-time:m netrc-file noproxy
oauth2-bearer output:o output-dir parallel-max parallel-max-host pass pinnedpubkey preproxy proto
proto-default proto-redir proxy:x proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers
proxy-crlfile proxy-header proxy-key proxy-key-type proxy-pass proxy-pinnedpubkey proxy-service-name
proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user:U proxy1.0 pubkey
quote:Q random-file range:r rate referer:e request:X request-target resolve retry retry-delay
retry-max-time sasl-authzid service-name sigalgs socks4 socks4a socks5 socks5-gssapi-service
socks5-hostname speed-limit:Y speed-time:y ssl-sessions stderr telnet-option:t tftp-blksize
time-cond:z tls-max tls13-ciphers tlsauthtype tlspassword tlsuser trace trace-ascii trace-config
unix-socket upload-file:T upload-flags url url-query user:u user-agent:A variable vlan-priority
write-out:w`

// Those that take none and can be taken back with --no-:
const curlFlagOptions = `
alpn append:a basic buffer ca-native cert-status clobber compressed compressed-ssh create-dirs crlf
digest disable:q disable-eprt disable-epsv disallow-username-in-url doh-cert-status doh-insecure eprt
epsv fail:f fail-early fail-with-body false-start follow form-escape ftp-create-dirs ftp-pret
ftp-skip-pasv-ip ftp-ssl ftp-ssl-ccc ftp-ssl-control ftp-ssl-reqd get:G globoff:g haproxy-protocol
head:I http0.9 ignore-content-length include:i insecure:k junk-session-cookies:j keepalive
list-only:l location:L location-trusted mail-rcpt-allowfails metalink mptcp negotiate netrc:n
netrc-optional npn ntlm ntlm-wb out-null parallel:Z parallel-immediate path-as-is post301 post302
post303 progress-bar:# progress-meter proxy-anyauth proxy-basic proxy-ca-native proxy-digest
proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm proxy-ssl-allow-beast
proxy-ssl-auto-client-cert proxytunnel:p raw remote-header-name:J remote-name:O remote-name-all
remote-time:R remove-on-error retry-all-errors retry-connrefused sasl-ir sessionid show-error:S
show-headers silent:s skip-existing socks5-basic socks5-gssapi socks5-gssapi-nec ssl ssl-allow-beast
ssl-auto-client-cert ssl-no-revoke ssl-reqd ssl-revoke-best-effort styled-output
suppress-connect-headers tcp-fastopen tcp-nodelay tftp-no-options tls-earlydata tr-encoding trace-ids
trace-time use-ascii:B verbose:v xattr`

// And those that take none and can't.
const curlPlainOptions = `
anyauth dump-ca-embed ftp-pasv help:h http1.0:0 http1.1 http2 http2-prior-knowledge http3 http3-only
ipv4:4 ipv6:6 manual:M next:: no-buffer:N proxy-tlsv1 sslv2:2 sslv3:3 tlsv1:1 tlsv1.0 tlsv1.1 tlsv1.2
tlsv1.3 version:V`

var curlTable = optionTable()

func optionTable() []curlOption {
	var table []curlOption
	add := func(rows string, value, no bool) {
		for row := range strings.FieldsSeq(rows) {
			name, letter, _ := strings.Cut(row, ":")
			option := curlOption{name: name, value: value, no: no}
			if letter != "" {
				option.short = letter[0]
			}
			table = append(table, option)
		}
	}
	add(curlValueOptions, true, false)
	add(curlFlagOptions, false, true)
	add(curlPlainOptions, false, false)
	return table
}

// curlRefused are options that decide what is sent by means that a capture
// can't hold.
var curlRefused = map[string]string{
	"config":    "reads further options from a file; write them into the command",
	"variable":  "sets variables that curl expands; write their values into the command",
	"help":      "makes curl send nothing",
	"manual":    "makes curl send nothing",
	"version":   "makes curl send nothing",
	"mail-from": "sends mail, and a capture holds HTTP only",
	"mail-rcpt": "sends mail, and a capture holds HTTP only",
}

// curlUnforeseen are options that change the request in a way that nobody can
// know before it is sent.
var curlUnforeseen = map[string]string{
	"aws-sigv4":      "signs the request with the time of sending: its Authorization and X-Amz-* headers are not shown",
	"etag-compare":   "takes If-None-Match from a file: the header is not shown",
	"negotiate":      "answers a challenge: its Authorization header can't be foreseen",
	"netrc":          "takes credentials from a file: their Authorization header is not shown",
	"netrc-file":     "takes credentials from a file: their Authorization header is not shown",
	"netrc-optional": "may take credentials from a file: their Authorization header is not shown",
	"ntlm":           "answers a challenge: its Authorization header can't be foreseen",
	"ntlm-wb":        "answers a challenge: its Authorization header can't be foreseen",
	"digest":         "answers a challenge: its Authorization header can't be foreseen",
	"anyauth":        "answers a challenge: its Authorization header can't be foreseen",
	"crlf":           "changes line ends of an upload: the body is shown without that",
}

func shortOption(letter byte) (curlOption, bool) {
	for _, option := range curlTable {
		if option.short != 0 && option.short == letter {
			return option, true
		}
	}
	return curlOption{}, false
}

// LongOption finds an option by its name without the dashes. On is false for
// the form --no-NAME. Older means that only curl before 8.8 takes the name,
// being the beginning of just one option's.
func longOption(name string) (option curlOption, on, older, ok bool) {
	if option, older, ok = findOption(name, false); ok && !older {
		return option, true, false, true
	}
	if rest, no := strings.CutPrefix(name, "no-"); no {
		if off, short, found := findOption(rest, true); found {
			return off, false, short, true
		}
	}
	return option, true, older, ok
}

func findOption(name string, no bool) (found curlOption, older, ok bool) {
	matches := 0
	for _, option := range curlTable {
		if no && !option.no {
			continue
		}
		if option.name == name {
			return option, false, true
		}
		if name != "" && strings.HasPrefix(option.name, name) {
			found = option
			matches++
		}
	}
	return found, true, matches == 1
}

// NearestOption is the name that a mistyped one was meant to be, or "".
func nearestOption(name string) string {
	best, least := "", 3
	for _, option := range curlTable {
		if d := spelling.Distance(name, option.name); d < least {
			best, least = option.name, d
		}
	}
	return best
}
