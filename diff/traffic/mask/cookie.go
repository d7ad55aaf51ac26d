package mask

import "strings"

// cookie masks one cookie value. All values are masked;
// the name says of which kind.
func (m *Masker) cookie(name, value string) string {
	return m.noted(m.classify(name).cookie, value, jwtParts)
}

// cookieKind is the kind of a cookie: session-like names say so.
func cookieKind(name string, c class) string {
	if c.level == sure {
		return c.kind
	}
	bare := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == '.' {
			return -1
		}
		return r
	}, strings.ToLower(name))
	if strings.HasPrefix(bare, "sid") || strings.HasSuffix(bare, "sid") {
		return kindSession
	}
	for _, part := range sessionCookies {
		if strings.Contains(bare, part) && !strings.Contains(bare, "author") {
			return kindSession
		}
	}
	return kindCookie
}

// cookies masks a Cookie header (RFC 6265 section 4.2.1).
func (m *Masker) cookies(value string) string {
	var b strings.Builder
	for piece := range strings.SplitAfterSeq(value, ";") {
		b.WriteString(m.cookiePair(piece))
	}
	return b.String()
}

// cookiePair masks `name=value;`. A piece without `=` is a value without a
// name (RFC 6265bis section 5.6).
func (m *Masker) cookiePair(piece string) string {
	pair, end := strings.CutSuffix(piece, ";")
	tail := ""
	if end {
		tail = ";"
	}
	name, value, ok := strings.Cut(pair, "=")
	if !ok {
		blanks := run(pair, blank)
		return pair[:blanks] + m.secret(kindCookie, pair[blanks:]) + tail
	}
	return name + "=" + m.cookie(strings.TrimSpace(name), value) + tail
}

// setCookies masks the value of a Set-Cookie field and shows its attributes.
// Recorders join several fields with a line break or a comma.
func (m *Masker) setCookies(value string) string {
	var b strings.Builder
	for value != "" {
		line, end := cutLine(value)
		value = value[len(line)+len(end):]
		for line != "" {
			n := cookieEnd(line)
			b.WriteString(m.setCookie(line[:n]))
			line = line[n:]
		}
		b.WriteString(end)
	}
	return b.String()
}

// cutLine cuts at a line break, be it made visible already.
func cutLine(s string) (line, end string) {
	for i := range len(s) {
		for _, end := range []string{"\n", "\r\n", "␊", "␍␊"} {
			if s[i] == end[0] && strings.HasPrefix(s[i:], end) {
				return s[:i], end
			}
		}
	}
	return s, ""
}

// cookieEnd is where a second cookie begins behind a comma: not in the value
// of the first, and not in the date of Expires.
func cookieEnd(line string) int {
	at := strings.IndexByte(line, ';')
	if at < 0 {
		return len(line)
	}
	for {
		i := strings.IndexByte(line[at:], ',')
		if i < 0 {
			return len(line)
		}
		at += i + 1
		next := line[at:]
		name := run(next, blank)
		n := unit(next[name:], "=;, \t")
		if n > 0 && name+n < len(next) && next[name+n] == '=' {
			return at
		}
	}
}

func (m *Masker) setCookie(line string) string {
	pair, attributes, ok := strings.Cut(line, ";")
	blanks := run(pair, blank)
	masked := pair[:blanks] + m.cookiePair(pair[blanks:])
	if !ok {
		return masked
	}
	return masked + ";" + m.scan(attributes)
}
