package accesslog

import "strings"

// combined reads the common and combined formats of nginx and Apache:
//
//	[vhost ]client ident user [time] "request" status bytes ["referer" "agent" [more]]
//
// with a syslog prefix or without.
func (p *Parser) combined(line string, r *Record) bool {
	before, t, rest, ok := p.bracketed(line)
	quote := strings.Index(rest, ` "`)
	if !ok || quote < 0 || strings.Count(rest[:quote], " ") > maxBetween {
		return false
	}
	between, rest := rest[:quote], rest[quote+1:]
	r.Time, r.Zoneless = t.time, t.zoneless
	if !readClient(before, r) {
		return false
	}
	request, rest, ok := quoted(rest)
	if !ok {
		return false
	}
	setRequest(unescape(request), r)
	status, rest := token(rest)
	if r.Status = statusOf(status); r.Status == 0 && status != "-" && status != "000" {
		return false
	}
	_, rest = token(rest) // the length
	if referer, after, ok := quoted(strings.TrimLeft(rest, " ")); ok {
		r.Referer = unescape(given(referer))
		rest = after
		if agent, after, ok := quoted(strings.TrimLeft(rest, " ")); ok {
			r.UserAgent = unescape(given(agent))
			rest = after
		}
	}
	p.extras(between, r)
	p.extras(rest, r)
	if host := strings.TrimSpace(between); r.Host == "" && isHostName(host) {
		r.Host = host
	}
	return true
}

// maxBetween is how many fields people put between the time and the request: a
// host, a duration. HAProxy has ten there.
const maxBetween = 2

// bracketed finds the time in brackets: what stands before and behind it. A
// user's name may hold a bracket.
func (p *Parser) bracketed(line string) (before string, t stamp, rest string, ok bool) {
	const tries = 4
	from := 0
	for range tries {
		i := strings.IndexByte(line[from:], '[')
		if i < 0 {
			break
		}
		from += i + 1
		inside := line[from:]
		t, rest, ok = p.clock().clf(inside)
		if !ok {
			t, rest, ok = p.clock().iso(inside)
		}
		if ok && rest != "" && rest[0] == ']' {
			return line[:from-1], t, rest[1:], true
		}
	}
	return "", stamp{}, "", false
}

// readClient reads what stands before the time. The client is the first field,
// or the second behind a virtual host; a syslog prefix ends in ": ".
func readClient(before string, r *Record) bool {
	if i := strings.LastIndex(before, ": "); i >= 0 && !strings.Contains(before[i:], "::") {
		before = before[i+2:]
	}
	first, rest := token(before)
	if list, isList := strings.CutSuffix(first, ","); isList && isAddress(list) { // X-Forwarded-For as the client
		r.Client = withoutPort(list)
		return true
	}
	second, rest := token(rest)
	third, _ := token(rest)
	switch {
	case first == "":
		return false
	case !isAddress(first) && second != "-" && third != "" && (isAddress(second) || strings.IndexByte(first, '.') > 0 && strings.IndexByte(second, '.') > 0):
		r.Host, r.Client = first, second
	default:
		r.Client = first
	}
	r.Client = given(withoutPort(r.Client))
	return true
}

// setRequest takes a request line apart. What is none (a TLS handshake on a
// port of HTTP, a client that left) leaves method and target empty.
func setRequest(line string, r *Record) {
	method, target, ok := strings.Cut(line, " ")
	if !ok || !isMethod(method) {
		return
	}
	if i := strings.LastIndexByte(target, ' '); i >= 0 && strings.HasPrefix(target[i+1:], "HTTP/") {
		target, r.Proto = target[:i], target[i+1:]
	}
	r.Method = method
	setTarget(target, r)
}

// setTarget takes the target in any form (RFC 9112 section 3.2); the host of
// an absolute one is kept where the line has no other.
func setTarget(target string, r *Record) {
	rest, ok := cutScheme(target)
	if !ok {
		r.Target = target
		return
	}
	host, _ := untilAny(rest, "/?#")
	r.Target = rest[len(host):]
	if r.Target == "" || r.Target[0] != '/' {
		r.Target = "/" + r.Target
	}
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	if r.Host == "" {
		r.Host = host
	}
}

func cutScheme(target string) (string, bool) {
	for _, scheme := range [...]string{"http://", "https://", "ws://", "wss://"} {
		if len(target) > len(scheme) && strings.EqualFold(target[:len(scheme)], scheme) {
			return target[len(scheme):], true
		}
	}
	return target, false
}

// isMethod tells a method from noise: RFC 9110 allows any token, all that are
// in use are of upper-case letters.
func isMethod(s string) bool {
	if len(s) < 3 || len(s) > 20 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return s[0] != '-'
}
