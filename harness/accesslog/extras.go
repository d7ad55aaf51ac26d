package accesslog

import "strings"

// extras reads what people log behind the user agent. A name before "=" tells
// what a value is, and so does the shape of some: what could be two things is
// left alone.
func (p *Parser) extras(rest string, r *Record) {
	for range 64 {
		rest = strings.TrimLeft(rest, " ")
		if rest == "" {
			return
		}
		var value string
		if v, after, ok := quoted(rest); ok {
			value, rest = v, after
		} else if name, v, after, ok := pair(rest); ok {
			p.named(name, v, r)
			rest = after
			continue
		} else {
			value, rest = token(rest)
		}
		p.shaped(given(value), r)
	}
}

// shaped takes a value by its looks.
func (p *Parser) shaped(s string, r *Record) {
	switch {
	case s == "":
	case isSeconds(s):
		if r.Duration == 0 {
			r.Duration, _ = durationOf(s, inSeconds)
		}
	case isTraceparent(s):
		p.take(keyMeaning{is: traceparent}, s, r)
	case isRay(s):
		p.take(keyMeaning{is: ray}, s, r)
	case isHexID(s):
		p.take(keyMeaning{is: requestID, rank: 5}, s, r)
	case isAddressList(s):
		p.take(keyMeaning{is: forwarded, rank: 5}, s, r)
	}
}

// isSeconds tells nginx' times, which have three digits behind the point.
func isSeconds(s string) bool {
	i := strings.IndexByte(s, '.')
	if i <= 0 || len(s)-i != 4 {
		return false
	}
	_, ok1 := digits(s[:i])
	_, ok2 := digits(s[i+1:])
	return ok1 && ok2
}

// isTraceparent tells the field of W3C Trace Context: version, trace id, parent
// id, flags.
func isTraceparent(s string) bool {
	return len(s) == 55 && s[2] == '-' && s[35] == '-' && s[52] == '-' && isHex(s[:2]) && isHex(s[3:35]) && isHex(s[36:52]) && isHex(s[53:])
}

// isRay tells the CF-RAY field: 16 hex digits and an airport.
func isRay(s string) bool {
	return len(s) == 20 && s[16] == '-' && isHex(s[:16]) && strings.ToUpper(s[17:]) == s[17:] && !isHex(s[17:])
}

// isHexID tells nginx' $request_id, and a UUID.
func isHexID(s string) bool {
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		return isHex(s[:8]) && isHex(s[9:13]) && isHex(s[14:18]) && isHex(s[19:23]) && isHex(s[24:])
	}
	return len(s) == 32 && isHex(s)
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (s[i] < '0' || s[i] > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}
