package traffic

import (
	"net/url"
	"path"
	"regexp"
	"strings"
)

// A curlURL is an address in the parts that curl changes.
type curlURL struct {
	verbatim string // not to be understood: it begins with an expansion
	scheme   string
	userinfo string // without the "@"
	host     string // with the port
	path     string
	query    string // with the "?"
	fragment string // with the "#"
}

func (u *curlURL) String() string {
	if u.verbatim != "" {
		return u.verbatim
	}
	return u.scheme + "://" + u.host + u.path + u.query + u.fragment
}

// CurlScheme is what curl takes for a scheme: "host:8080/" has none.
var curlScheme = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*):(/{1,3})`)

// GuessedScheme are the host names by which curl guesses another protocol.
var guessedScheme = regexp.MustCompile(`(?i)^(dict|ftp|imap|ldap|pop3|smtp)\.`)

// SplitURL reads an address as curl does; a problem is not empty where curl
// would not send an HTTP request to it.
func (op *curlOperation) splitURL(text string, unknown bool) (u curlURL, problem string) {
	if strings.HasPrefix(text, "$") || strings.HasPrefix(text, "`") {
		return curlURL{verbatim: text}, ""
	}
	rest := text
	if m := curlScheme.FindStringSubmatch(text); m != nil {
		u.scheme, rest = strings.ToLower(m[1]), text[len(m[0]):]
	} else {
		u.scheme = op.guessScheme(text)
	}
	if u.scheme != "http" && u.scheme != "https" {
		return u, "the URL is not of http or https, and a capture holds nothing else"
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	u.host, rest = rest[:end], rest[end:]
	if at := strings.LastIndexByte(u.host, '@'); at >= 0 {
		u.userinfo, u.host = u.host[:at], u.host[at+1:]
	}
	u.host = strings.TrimRight(u.host, ":")
	if u.host == "" {
		return u, "the URL has no host"
	}
	// An expansion stays an expansion when writeCurl has quoted it.
	unknownHost := strings.ContainsAny(u.host, "$`")
	if _, port, ok := strings.Cut(u.host[strings.LastIndexByte(u.host, ']')+1:], ":"); ok && !unknownHost && !isDigits(port) {
		return u, "the URL has a port that is no number, which curl refuses"
	}
	u.setPath(rest, op.asIs)
	if !unknown && !unknownHost && strings.ContainsFunc(u.String(), notInURL) {
		return u, "the URL has a space or a control character, which curl refuses; write it as %20"
	}
	return u, ""
}

func notInURL(c rune) bool { return c <= ' ' || c == 0x7f }

func (op *curlOperation) guessScheme(text string) string {
	if op.guess != "" {
		return op.guess
	}
	if m := guessedScheme.FindStringSubmatch(text); m != nil {
		return strings.ToLower(m[1])
	}
	return "http"
}

func (u *curlURL) setPath(rest string, asIs bool) {
	if at := strings.IndexByte(rest, '#'); at >= 0 {
		rest, u.fragment = rest[:at], rest[at:]
	}
	if at := strings.IndexByte(rest, '?'); at >= 0 {
		rest, u.query = rest[:at], rest[at:]
	}
	if rest == "" {
		rest = "/"
	}
	u.path = escapeHigh(rest)
	if !asIs {
		u.path = removeDotSegments(u.path)
	}
}

// EscapeHigh escapes what is not ASCII, as curl does in paths.
func escapeHigh(s string) string {
	const digits = "0123456789abcdef"
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < 0x80 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

// RemoveDotSegments is RFC 3986 section 5.2.4 for a path that begins with "/".
func removeDotSegments(p string) string {
	if !strings.Contains(p, "/.") {
		return p
	}
	var out []string
	segments := strings.Split(p[1:], "/")
	for i, segment := range segments {
		last := i == len(segments)-1
		switch segment {
		case ".":
		case "..":
			out = out[:max(0, len(out)-1)]
		default:
			out = append(out, segment)
			continue
		}
		if last {
			out = append(out, "")
		}
	}
	return "/" + strings.Join(out, "/")
}

// AppendQuery adds what -G and --url-query give. Curl takes the address apart
// for that, and forgets --path-as-is (measured with curl 7.88).
func (u *curlURL) appendQuery(piece string) {
	u.path = removeDotSegments(u.path)
	piece = lowerEscapes(piece)
	switch {
	case piece == "" && (u.query == "" || u.query == "?"):
		u.query = ""
	case u.verbatim != "" && strings.Contains(u.verbatim, "?"):
		u.verbatim += "&" + piece
	case u.verbatim != "":
		u.verbatim += "?" + piece
	case u.query == "" || u.query == "?":
		u.query = "?" + piece
	case strings.HasSuffix(u.query, "&"):
		u.query += piece
	default:
		u.query += "&" + piece
	}
}

var percentEscape = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// LowerEscapes writes %2F as %2f, as curl does in what it appends.
func lowerEscapes(s string) string { return percentEscape.ReplaceAllStringFunc(s, strings.ToLower) }

// AppendFile adds the name of an uploaded file to a path that ends in "/".
func (u *curlURL) appendFile(file string) {
	folder := removeDotSegments(u.path) // --path-as-is or not
	if file == "-" || file == "." || u.verbatim != "" || !strings.HasSuffix(folder, "/") {
		return
	}
	u.path = folder + pathEscape(path.Base(strings.ReplaceAll(file, `\`, "/")))
}

// SetTarget puts the target of --request-target in place of path and query.
func (u *curlURL) setTarget(target string) bool {
	if !strings.HasPrefix(target, "/") || strings.ContainsFunc(target, notInURL) ||
		strings.Contains(target, "#") || u.verbatim != "" {
		return false
	}
	u.path, u.query, _ = strings.Cut(target, "?")
	if strings.Contains(target, "?") {
		u.query = "?" + u.query
	}
	u.fragment = ""
	return true
}

// Credentials are those of the URL, decoded.
func (u *curlURL) credentials() string {
	user, password, _ := strings.Cut(u.userinfo, ":")
	return unescape(user) + ":" + unescape(password)
}

func unescape(s string) string {
	if plain, err := url.PathUnescape(s); err == nil {
		return plain
	}
	return s
}
