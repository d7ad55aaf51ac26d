package mask

import "strings"

// A rule is how the value of a header field is read.
type rule int

const (
	asField rule = iota // by the words of its name
	asCredentials
	asChallenge
	asCookies
	asSetCookie
	asURL
	asSecret
	asProtocols
	asShown
)

func headerRule(name string) rule {
	if len(name) > 64 {
		return asField
	}
	switch name = strings.ToLower(name); {
	case credentialHeaders[name]:
		return asCredentials
	case challengeHeaders[name]:
		return asChallenge
	case name == "cookie" || name == "cookie2":
		return asCookies
	case name == "set-cookie" || name == "set-cookie2":
		return asSetCookie
	case urlHeaders[name]:
		return asURL
	case wholeHeaders[name] != "":
		return asSecret
	case name == "sec-websocket-protocol":
		return asProtocols
	case plainNames[name] || strings.HasPrefix(name, "access-control-"):
		return asShown
	}
	return asField
}

func (m *Masker) header(name, value string) string {
	switch m.classify(name).rule {
	case asCredentials:
		return m.credentials(value)
	case asChallenge:
		return m.challenge(value)
	case asCookies:
		return m.cookies(value)
	case asSetCookie:
		return m.setCookies(value)
	case asURL:
		return m.url(value)
	case asSecret:
		return m.secret(wholeHeaders[strings.ToLower(name)], value)
	case asProtocols:
		return m.protocols(value)
	case asShown:
		return m.scan(value)
	}
	if c := m.classify(name); c.level == sure && paramList(value, c.kind) {
		return m.params(value, c.kind)
	}
	return m.field(name, value)
}

// field masks a value by the words of its name: a header of no special form,
// a parameter, a form field, a JSON member.
func (m *Masker) field(name, value string) string {
	if masked, ok := m.named(name, value); ok {
		return masked
	}
	return m.loose(value)
}

// named masks a value whose name says what it is; false where it says nothing,
// and the value was not looked into.
func (m *Masker) named(name, value string) (string, bool) {
	switch m.classify(name).rule {
	case asCredentials:
		return m.credentials(value), true
	case asCookies:
		if strings.Contains(value, "=") {
			return m.cookies(value), true
		}
	case asSetCookie:
		return m.setCookies(value), true
	}
	if strings.EqualFold(name, "x-amz-credential") || strings.EqualFold(name, "x-goog-credential") {
		return m.credentialScope(value), true
	}
	c := m.classify(name)
	_, core, _ := edges(value)
	switch {
	case c.level == sure && !spared(c.kind, core):
		return m.noted(c.kind, value, jwtParts), true
	case c.level == likely && !urlLike(core) && (looksSecret(core) || strings.Contains(core, opening)):
		return m.secret(c.kind, value), true
	case m.file != nil && m.file.personal && phoneField(name, core):
		return m.secret(kindPhone, value), true
	}
	return value, false
}

// spared tells whether a value under a sure name can be read all the same.
// Of passwords and one-time codes numbers are secret too.
func spared(kind, core string) bool {
	if harmless(core) || remark(core) {
		return true
	}
	return kind != kindPassword && kind != kindOTP && smallNumber(core)
}

// loose masks a value whose name says nothing.
func (m *Masker) loose(value string) string {
	_, core, _ := edges(value)
	switch {
	case urlLike(core):
		return m.url(value)
	case len(core) > 1 && (core[0] == '{' || core[0] == '['):
		return m.json(value)
	}
	return m.scan(value)
}

// urlLike tells whether a value is a URL, or a path with something behind it
// that may hold a secret.
func urlLike(core string) bool {
	if i := strings.Index(core, "://"); i > 0 && i < 16 && strings.IndexByte(core, ' ') < 0 {
		return run(core[:i], wordDot) == i
	}
	return len(core) > 1 && core[0] == '/' && strings.IndexByte(core, ' ') < 0 && strings.ContainsAny(core, "?;#/")
}

// protocols shows the subprotocols that are names; some clients put a token
// among them, for a browser's WebSocket can send no other header.
func (m *Masker) protocols(value string) string {
	parts := strings.Split(value, ",")
	for i, part := range parts {
		lead := part[:run(part, blank)]
		part = part[len(lead):]
		_, core, _ := edges(part)
		// base64url.bearer.authorization.k8s.io.TOKEN: the name is the
		// part before the token.
		at := strings.LastIndexByte(core, '.') + 1
		switch {
		case random(core) && at > 0 && !beginsJWT(core) && random(core[at:]) && !random(core[:at]):
			parts[i] = lead + strings.Replace(part, core[at:], m.placeholder(kindToken, core[at:], ""), 1)
		case beginsJWT(core), looksSecret(core) && len(core) >= 16:
			parts[i] = lead + m.secret(kindToken, part)
		default:
			parts[i] = lead + m.scan(part)
		}
	}
	return strings.Join(parts, ",")
}

func (m *Masker) claim(name, value string) string {
	_, core, _ := edges(value)
	switch {
	case shownClaims[name]:
		return m.loose(value)
	case harmless(core) || core == "":
		return value
	case name == "sub":
		return m.secret(kindUser, value)
	case name == "sid":
		return m.secret(kindSession, value)
	}
	return m.secret(kindClaim, value)
}
