package mask

import (
	"strings"
	"unicode"

	"github.com/replaydiff/replay/diff/traffic"
)

// credentials masks an Authorization value (RFC 9110 section 11.4): scheme
// words stay, and so does all that shows why a server could not read it.
func (m *Masker) credentials(value string) string {
	var b strings.Builder
	for {
		first, rest, more := cutCredential(value)
		b.WriteString(m.credential(first))
		if !more {
			return b.String()
		}
		b.WriteString(", ")
		value = rest
	}
}

// cutCredential cuts before a second credential: two fields that a proxy
// joined with a comma.
func cutCredential(value string) (first, rest string, more bool) {
	for at := 0; ; {
		i := strings.Index(value[at:], ", ")
		if i < 0 {
			return value, "", false
		}
		at += i + 2
		if n := schemeLength(value[at:]); n > 0 && at+n < len(value) && value[at+n-1] == ' ' {
			return value[:at-2], value[at:], true
		}
	}
}

// schemeLength is the length of a known scheme word and what divides it from
// the credential; 0 where s begins with none. A colon, an equals sign or an
// encoded blank in that place is a mistake worth seeing.
func schemeLength(s string) int {
	n := run(s, wordDot)
	if n > 32 || !schemes[strings.ToLower(s[:n])] {
		return 0
	}
	rest := s[n:]
	switch {
	case rest == "":
		return n
	case strings.HasPrefix(rest, "%20"):
		return n + 3
	case rest[0] == ':' || rest[0] == '=' && !token68(rest):
		n++
	case !blank(rest[0]):
		return 0
	}
	if n < len(s) && blank(s[n]) {
		n++
	}
	return n
}

func (m *Masker) credential(value string) string {
	lead, _, _ := edges(value)
	at, last := len(lead), ""
	for {
		n := schemeLength(value[at:])
		if n == 0 {
			break
		}
		last = strings.ToLower(strings.TrimRight(value[at:at+n], " \t:="))
		at += n
	}
	if last == "" {
		at += unknownScheme(value[at:])
	}
	return m.edge(lead) + value[len(lead):at] + m.afterScheme(last, value[at:])
}

// unknownScheme is the length of a plain word before a blank, which is taken
// for a scheme.
func unknownScheme(s string) int {
	n := run(s, func(c byte) bool { return upper(c) || lower(c) || c == '-' })
	if n == 0 || n > 24 || n+1 >= len(s) || s[n] != ' ' || looksSecret(s[:n]) {
		return 0
	}
	return n + 1
}

func (m *Masker) afterScheme(scheme, rest string) string {
	switch scheme {
	case "basic":
		return m.basic(rest)
	case "bearer", "dpop", "jwt", "negotiate", "ntlm":
		if !startsParam(rest) {
			return m.noted(kindToken, rest, flaws)
		}
	case "sharedkey", "sharedkeylite", "aws":
		if account, key, ok := strings.Cut(rest, ":"); ok {
			return m.secret(kindUser, account) + ":" + m.secret(kindSignature, key)
		}
	}
	kind := kindToken
	if strings.Contains(scheme, "key") {
		kind = kindKey
	}
	if startsParam(rest) {
		return m.params(rest, kind)
	}
	return m.noted(kind, rest, flaws)
}

// basic masks user and password apart (RFC 7617 section 2). What is no Base64
// or holds no colon says so: the server refuses it for that.
func (m *Masker) basic(value string) string {
	lead, core, trail := edges(value)
	if core == "" || harmless(core) || strings.Contains(core, opening) {
		return m.secret(kindBasic, value)
	}
	lead, trail = m.edge(lead), m.edge(trail)
	text, ok := decodeBasic(core)
	if !ok {
		return lead + m.placeholder(kindBasic, core, "not base64") + trail
	}
	m.learn(core, kindBasic)
	user, password, ok := strings.Cut(text, ":")
	if m.file != nil {
		return lead + m.basicMark(user, password, ok) + trail
	}
	if !ok {
		return lead + m.placeholder(kindBasic, core, "no colon") + trail
	}
	return lead + m.secret(kindUser, user) + ":" + m.secret(kindPassword, password) + trail
}

// flaws notes what is wrong with a token without telling what it is.
func flaws(core string) string {
	for _, r := range core {
		switch {
		case r == '\n' || r == '\r':
			return "line break inside"
		case r == ' ' || r == '\t':
			return "blank inside"
		case !traffic.Drawn(r) || unicode.IsSpace(r):
			return "hidden character inside"
		}
	}
	return jwtParts(core)
}

// startsParam tells whether credentials are a list of parameters. A Base64
// value may end in `=` too, so the name must be a known one.
func startsParam(s string) bool {
	name, value, ok := strings.Cut(strings.TrimLeft(s, " "), "=")
	name = strings.ToLower(strings.TrimRight(name, " "))
	if _, known := credentialParams[name]; known {
		return ok && strings.Trim(value, "= ") != ""
	}
	return ok && len(value) > 1 && value[0] == '"' && run(name, wordDash) == len(name)
}

// paramList tells whether a header of signatures is a list such as
// `t=1492774577,v1=5257a8…`, `sha256=…` or `sig1=:…:`.
func paramList(value, kind string) bool {
	if kind != kindSignature {
		return startsParam(value)
	}
	name, rest, ok := strings.Cut(value, "=")
	return ok && len(name) > 0 && len(name) <= 12 && run(name, alnum) == len(name) && len(rest) > 1
}

// params masks a list of parameters but for those that are no secret.
func (m *Masker) params(list, kind string) string {
	return eachParam(list, func(name, value string) string {
		if name == "" {
			return m.secret(kind, value)
		}
		k, known := credentialParams[name]
		switch {
		case name == "credential":
			return m.credentialScope(value)
		case known && k == "" && (len(name) > 2 || run(value, hexByte) == len(value)): // t, ts, nc: a number
			return m.loose(value)
		case known && k != "":
			return m.secret(k, value)
		}
		if c := m.classify(name); c.level != plain {
			return m.secret(c.kind, value)
		}
		return m.secret(kind, value)
	})
}

// credentialScope masks the key of an AWS or Google credential and shows its
// scope: KEY/20261123/eu-central-1/s3/aws4_request.
func (m *Masker) credentialScope(value string) string {
	for _, slash := range []string{"/", "%2F", "%2f"} {
		if key, scope, ok := strings.Cut(value, slash); ok {
			if strings.Count(scope, slash) == 3 {
				return m.secret(kindKey, key) + slash + m.scan(scope)
			}
		}
	}
	return m.secret(kindKey, value)
}

// challenge masks the parameters of challenges that are secret, and the
// token68 after a scheme (RFC 9110 section 11.3).
func (m *Masker) challenge(value string) string {
	return eachParam(value, func(name, value string) string {
		kind, ok := secretParams[name]
		switch {
		case ok:
			return m.secret(kind, value)
		case name == "" && !schemes[strings.ToLower(value)] && !lettersOnly(value) && (looksSecret(value) || strings.HasSuffix(value, "=")):
			return m.secret(kindToken, value)
		}
		return m.scan(value)
	})
}

// lettersOnly tells a scheme of some vendor from a token68, which has digits
// or padding unless it is very short.
func lettersOnly(s string) bool {
	return run(s, func(c byte) bool { return upper(c) || lower(c) || c == '-' }) == len(s)
}

// eachParam rewrites the values of a list of parameters, quoted or not, and
// what stands between them (with the empty name). Names come in lower case.
func eachParam(list string, value func(name, value string) string) string {
	var b strings.Builder
	for list != "" {
		if n := run(list, listSeparator); n > 0 {
			b.WriteString(list[:n])
			list = list[n:]
			continue
		}
		n := unit(list, "= \t,;\"")
		eq := n + run(list[n:], blank)
		if n == 0 || eq >= len(list) || list[eq] != '=' || token68(list[n:]) {
			n = max(n, unit(list, " \t,;"), 1)
			b.WriteString(value("", list[:n]))
			list = list[n:]
			continue
		}
		start := eq + 1 + run(list[eq+1:], blank)
		name := strings.ToLower(list[:n])
		end := start + valueLength(list[start:])
		if name == "signedheaders" { // of AWS: a list with semicolons
			end = start + unit(list[start:], ", ")
		}
		b.WriteString(list[:start])
		b.WriteString(value(name, list[start:end]))
		list = list[end:]
	}
	return b.String()
}

func listSeparator(c byte) bool { return blank(c) || c == ',' || c == ';' || c == '&' }

// token68 tells whether `=` is padding: nothing but more of it follows.
func token68(s string) bool {
	s = strings.TrimLeft(s, "=")
	return s == "" || listSeparator(s[0]) && !strings.HasPrefix(s, " ")
}

// unit is the length of s up to one of the bytes of stop; placeholders are
// passed over.
func unit(s, stop string) int {
	for i := 0; i < len(s); {
		if n := placeholderAt(s[i:]); n > 0 {
			i += n
			continue
		}
		if strings.IndexByte(stop, s[i]) >= 0 {
			return i
		}
		i++
	}
	return len(s)
}

// valueLength is the length of a token or a quoted string (RFC 9110 section
// 5.6.4); one that is never closed goes to the end.
func valueLength(s string) int {
	if s == "" || s[0] != '"' {
		return unit(s, " \t,;&")
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(s)
}
