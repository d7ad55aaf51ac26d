package accesslog

import (
	"strings"
	"time"
)

// findings are what a line said that only counts once all of it was read.
type findings struct {
	ranks [meanings]uint8 // of what was taken, plus one

	query     string
	forwarded string
	inner     string

	upstream, origin hint
	upstreamTime     hint
	flags, details   string
	said             string // statusDetails
	proxy, app       bool   // a key that only such a thing writes
	head, date       bool   // the answer's own fields
}

// A hint is a value that may be there and yet say "none": "-", 0.
type hint struct {
	there bool
	value string
}

// take keeps a value by what its key means, unless the line gave a better one.
func (p *Parser) take(m keyMeaning, value string, r *Record) {
	if m.is == nothing {
		return
	}
	if had := p.seen.ranks[m.is]; had != 0 && had <= m.rank+1 {
		return
	}
	if p.keep(m, value, r) {
		p.seen.ranks[m.is] = m.rank + 1
	}
}

// keep tells whether the value is what the key promised.
func (p *Parser) keep(m keyMeaning, value string, r *Record) bool {
	switch m.is {
	case upstreamStatus:
		p.seen.upstream = hint{true, value}
		return true
	case upstreamTime:
		p.seen.upstreamTime = hint{true, value}
		return true
	case originStatus:
		p.seen.origin = hint{true, value}
		return true
	case proxyMark:
		p.seen.proxy = true
		return true
	case appMark:
		p.seen.app = true
		return true
	case answerHead:
		p.seen.head = true
		return true
	case answerDate:
		p.seen.date = true
		return true
	}
	if value = given(value); value == "" {
		return false
	}
	switch m.is {
	case when:
		t, ok := p.clock().read(value)
		if ok {
			r.Time, r.Zoneless = t.time, t.zoneless
		}
		return ok
	case duration:
		d, ok := durationOf(value, m.unit)
		if ok {
			r.Duration = d
		}
		return ok
	case flags:
		p.seen.flags = value
	case details:
		p.seen.details = value
	case statusDetails:
		p.seen.said = value
	case query:
		p.seen.query = value
	case forwarded:
		p.seen.forwarded = value
	case wrapped:
		p.seen.inner = value
	default:
		return keepText(m.is, value, r)
	}
	return true
}

// keepText keeps what goes into the record as it is, or nearly.
func keepText(is meaning, value string, r *Record) bool {
	switch is {
	case method:
		if !isMethod(value) {
			return false
		}
		r.Method = value
	case target:
		if value[0] != '/' && value != "*" {
			return false
		}
		r.Target = value
	case address:
		if rest, ok := cutScheme(value); !ok && value[0] != '/' || ok && rest == "" {
			return false
		}
		setTarget(value, r)
	case requestLine:
		if had := r.Method; had == "" {
			setRequest(value, r)
		}
		return r.Method != ""
	case host:
		r.Host = value
	case proto:
		r.Proto = value
	case status:
		n := statusOf(value)
		if n == 0 {
			return false
		}
		r.Status = n
	case client:
		r.Client = withoutPort(value)
	case country:
		if len(value) != 2 {
			return false
		}
		r.Country = value
	case agent:
		r.UserAgent = value
	case referer:
		r.Referer = value
	case requestID:
		r.RequestID = value
	case ray:
		r.Ray, _, _ = strings.Cut(value, "-")
	case traceparent:
		if !isTraceparent(value) {
			return false
		}
		r.Trace, r.Span = value[3:35], value[36:52]
	case trace:
		r.Trace = value[strings.LastIndexByte(value, '/')+1:] // projects/NAME/traces/ID
	case span:
		r.Span = value
	case level:
		r.Level = levelOf(value)
	case message:
		r.Message = value
	case errorText:
		r.Error = value
	case logger:
		r.Logger = value
	}
	return true
}

// durationOf reads a duration: "12.3ms", or a number in the unit of its key.
// Where the key does not say it, a fraction is of seconds (Go's loggers, Caddy),
// a whole number of milliseconds, or, being too long for those, of nanoseconds
// (Traefik).
func durationOf(s string, u unit) (time.Duration, bool) {
	if s == "" {
		return 0, false
	}
	if last := s[len(s)-1]; last < '0' || last > '9' {
		d, err := time.ParseDuration(s)
		return max(d, 0), err == nil && d >= 0 && d <= maxDuration
	}
	whole, rest, point := strings.Cut(s, ".")
	n, ok := digits(whole)
	nanos, left := 0, ""
	if point {
		nanos, left = fraction("." + rest)
	}
	if !ok || left != "" {
		return 0, false
	}
	if u == unsaid {
		switch {
		case point:
			u = inSeconds
		case n >= 1_000_000:
			u = inNanos
		default:
			u = inMillis
		}
	}
	scale := [...]time.Duration{inSeconds: time.Second, inMillis: time.Millisecond, inMicros: time.Microsecond, inNanos: 1}[u]
	if n > int(maxDuration/scale) {
		return 0, false
	}
	return time.Duration(n)*scale + time.Duration(nanos)*scale/time.Second, true
}

// maxDuration is what a request may have taken: longer ones are no durations.
const maxDuration = 30 * 24 * time.Hour

// levelOf is the level that a logger means: its name, the numbers of pino and
// bunyan, those of syslog.
func levelOf(s string) string {
	if known, ok := levels[s]; ok {
		return known
	}
	if known, ok := levels[strings.ToLower(s)]; ok {
		return known
	}
	return ""
}

var levels = map[string]string{
	"trace": "debug", "debug": "debug", "dbg": "debug", "10": "debug", "20": "debug", "7": "debug", "verbose": "debug",
	"info": "info", "information": "info", "inf": "info", "notice": "info", "default": "info", "30": "info", "6": "info", "5": "info",
	"warn": "warn", "warning": "warn", "wrn": "warn", "40": "warn", "4": "warn",
	"error": "error", "err": "error", "50": "error", "3": "error", "severe": "error",
	"fatal": "fatal", "panic": "fatal", "dpanic": "fatal", "critical": "fatal", "crit": "fatal", "alert": "fatal", "emerg": "fatal", "emergency": "fatal",
	"60": "fatal", "0": "fatal", "1": "fatal", "2": "fatal",
}
