package accesslog

import (
	"strconv"
	"strings"
)

// haproxy reads option httplog (HAProxy's configuration manual, 8.2.3):
//
//	client:port [time] frontend backend/server timers status bytes cookie cookie flags conns queues {headers} {headers} "request"
//
// with or without what syslog puts before it.
func (p *Parser) haproxy(line string, r *Record) bool {
	before, t, rest, ok := p.bracketed(line)
	if !ok {
		return false
	}
	r.Time, r.Zoneless = t.time, t.zoneless
	before = strings.TrimRight(before, " ")
	client := before[strings.LastIndexByte(before, ' ')+1:]
	if !isAddress(client) && !strings.HasPrefix(client, "unix:") {
		return false
	}
	r.Client = withoutPort(client)
	var field [11]string // frontend, backend/server, timers, status, bytes, cookie, cookie, flags, conns, queues
	for i := range 10 {
		if field[i], rest = token(rest); field[i] == "" {
			return false
		}
	}
	server, flags := field[1], field[7]
	if strings.IndexByte(server, '/') < 0 || strings.Count(field[2], "/") != 4 || len(flags) != 4 || strings.Count(field[8], "/") != 4 {
		return false
	}
	r.Status = statusOf(field[3]) // "-1": none was sent
	if r.Status == 0 && field[3] != "-1" {
		return false
	}
	total := field[2][strings.LastIndexByte(field[2], '/')+1:]
	r.Duration, _ = durationOf(strings.TrimPrefix(total, "+"), inMillis)
	r.Answered, r.By = terminated(flags, strings.HasSuffix(server, "/<NOSRV>"))
	if r.Answered == ByApp {
		r.UpstreamStatus = r.Status
	}
	if r.Status == 0 {
		r.Answered, r.By = "", ""
	}
	if i := strings.IndexByte(rest, '"'); i >= 0 {
		captured := rest[:i]
		if request, _, ok := quoted(rest[i:]); ok {
			setRequest(unhash(request), r)
		}
		capturedHeaders(captured, r)
	}
	return true
}

// terminated reads the first two of the flags (the manual, 8.5): who ended the
// session, and what it was doing then.
func terminated(flags string, noServer bool) (Answered, string) {
	switch flags[0] {
	case 'P':
		return ByProxy, "HAProxy refused it (flags P)"
	case 'L':
		return ByProxy, "HAProxy answered by itself (flags L)"
	case 'S', 's':
		if noServer || flags[1] != 'D' && flags[1] != 'L' && flags[1] != '-' {
			return ByProxy, "HAProxy answered for a server that did not (flags S)"
		}
	case 'R', 'I':
		return ByProxy, "HAProxy had no room for it, or a fault"
	}
	if noServer {
		return ByProxy, "no server was asked"
	}
	return ByApp, "a server answered"
}

// capturedHeaders takes from {a|b} {c|d} what its looks tell: the line does not
// name the headers.
func capturedHeaders(s string, r *Record) {
	open := strings.IndexByte(s, '{')
	if open < 0 {
		return
	}
	inside, _, _ := strings.Cut(s[open+1:], "}")
	for value := range strings.SplitSeq(inside, "|") {
		switch {
		case value == "":
		case r.UserAgent == "" && (strings.HasPrefix(value, "Mozilla/") || strings.HasPrefix(value, "curl/")):
			r.UserAgent = value
		case r.Host == "" && isHostName(value):
			r.Host = value
		case r.RequestID == "" && isHexID(value):
			r.RequestID = value
		}
	}
}

// isHostName tells "api.example.test:8080" from other things with a point.
func isHostName(s string) bool {
	name, _, _ := strings.Cut(s, ":")
	dot := strings.LastIndexByte(name, '.')
	if dot <= 0 || dot == len(name)-1 {
		return name == "localhost"
	}
	for i := range len(name) {
		c := name[i] | 0x20
		if (c < 'a' || c > 'z') && (name[i] < '0' || name[i] > '9') && name[i] != '.' && name[i] != '-' {
			return false
		}
	}
	return name[dot+1]|0x20 >= 'a' // 1.2 is a version
}

// unhash reads HAProxy's escapes, "#22" for a quote.
func unhash(s string) string {
	i := strings.IndexByte(s, '#')
	if i < 0 {
		return s
	}
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		if s[i] == '#' && i+3 <= len(s) && isHex(s[i+1:i+3]) {
			n, _ := strconv.ParseUint(s[i+1:i+3], 16, 8)
			b = append(b, byte(n))
			i += 2
			continue
		}
		b = append(b, s[i])
	}
	return string(b)
}
