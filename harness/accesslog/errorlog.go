package accesslog

import "strings"

// errorLog reads the error logs of nginx and Apache: no requests with a status,
// but the reason for one.
//
//	2026/11/24 01:30:00 [error] 7#7: *1 user "ann": password mismatch, client: 192.0.2.7, server: a.test, request: "GET / HTTP/1.1", host: "a.test"
//	[Tue Nov 24 01:30:00.123456 2026] [auth_basic:error] [pid 7:tid 7] [client 192.0.2.7:4711] AH01617: user ann: Password Mismatch
func (p *Parser) errorLog(line string, r *Record) bool {
	if line != "" && line[0] == '[' {
		return p.apacheError(line, r)
	}
	t, rest, ok := p.clock().iso(line)
	if !ok || !t.zoneless || line[4] != '/' || !strings.HasPrefix(rest, " [") {
		return false
	}
	name, rest, ok := strings.Cut(rest[2:], "]")
	r.Time, r.Zoneless = t.time, t.zoneless
	if r.Level = levelOf(name); r.Level == "" || !ok {
		return false
	}
	if _, after, found := strings.Cut(rest, ": "); found {
		rest = after
	}
	if strings.HasPrefix(rest, "*") { // the connection's number
		_, rest = token(rest)
	}
	rest = strings.TrimSpace(rest)
	r.Message = rest
	if i := strings.Index(rest, ", client: "); i >= 0 {
		r.Message = rest[:i]
		nginxContext(rest[i:], r)
	}
	return true
}

// nginxContext reads ", client: 192.0.2.7, server: a.test, request: "…", host: "…"".
func nginxContext(s string, r *Record) {
	for s != "" {
		name, rest, ok := strings.Cut(strings.TrimLeft(s, ", "), ": ")
		if !ok {
			return
		}
		value, after, isQuoted := quoted(rest)
		if !isQuoted {
			value, after = untilAny(rest, ",")
		}
		s = after
		switch name {
		case "client":
			r.Client = withoutPort(value)
		case "host":
			r.Host = unescape(value)
		case "referrer":
			r.Referer = unescape(value)
		case "request":
			setRequest(unescape(value), r)
		}
	}
}

func (p *Parser) apacheError(line string, r *Record) bool {
	inside, rest, ok := strings.Cut(line[1:], "]")
	if !ok {
		return false
	}
	t, ok := p.clock().ctime(inside)
	if !ok {
		return false
	}
	r.Time, r.Zoneless = t.time, t.zoneless
	for {
		rest = strings.TrimLeft(rest, " ")
		if rest == "" || rest[0] != '[' {
			break
		}
		if inside, rest, ok = strings.Cut(rest[1:], "]"); !ok {
			return false
		}
		name, value, _ := strings.Cut(inside, " ")
		module, lvl, isLevel := strings.Cut(name, ":")
		switch {
		case name == "client" || name == "remote":
			r.Client = withoutPort(value)
		case isLevel && levelOf(lvl) != "":
			r.Level, r.Logger = levelOf(lvl), module
		case r.Level == "":
			r.Level = levelOf(name)
		}
	}
	r.Message = unescape(rest)
	return r.Level != "" && rest != ""
}
