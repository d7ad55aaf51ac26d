package answers

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// What recorders keep of an answer is not always what was on the wire.

// alignBodies makes one of an empty body and an absent one where that is the
// recorder's choice.
func alignBodies(recorded *traffic.Exchange, old, new *traffic.Response) {
	if old == nil || new == nil || old.Body.Present() == new.Body.Present() {
		return
	}
	if isEmpty(old.Body) && isEmpty(new.Body) || recorded.Request.Method == "HEAD" {
		old.Body, new.Body = traffic.Body{MediaType: old.Body.MediaType}, traffic.Body{MediaType: new.Body.MediaType}
	}
}

func isEmpty(b traffic.Body) bool { return !b.Present() || b.MaxLen() == 0 }

// bodyRecorded tells whether an absent body means that there was none. Browsers
// keep no bodies of redirects and preflights, and lose others.
func bodyRecorded(x *traffic.Exchange) bool {
	r := x.Response
	switch {
	case r.Body.Present(), r.Header.Get("content-length") == "0":
		return true
	case r.Status/100 == 3, x.Request.Method == "OPTIONS":
		return false
	}
	return r.Sizes.Content == 0
}

// listsCookie tells whether a recorder without Set-Cookie fields has the cookie
// in its own list.
func listsCookie(r *traffic.Response, name string) bool {
	if r == nil || r.Header.Has("set-cookie") {
		return false
	}
	for _, cookie := range r.Cookies {
		if cookie.Name == name {
			return true
		}
	}
	return false
}

// alignLists gives the fields of the new answer the lines of the old one where
// they say the same: recorders and proxies join the lines of a list (RFC 9110
// section 5.3).
func alignLists(old, new *traffic.Response) {
	if old == nil || new == nil || !repeats(old.Header) && !repeats(new.Header) {
		return
	}
	lines, others := linesOf(old.Header), linesOf(new.Header)
	for name, one := range lines {
		other := others[name]
		if len(one) != len(other) && len(other) > 0 && name != "set-cookie" && joinedLines(one) == joinedLines(other) {
			new.Header = withLines(new.Header, name, one)
		}
	}
}

// linesOf are the values of each field by its name in lower case.
func linesOf(h traffic.Header) map[string][]string {
	lines := make(map[string][]string, len(h))
	for _, f := range h {
		name := strings.ToLower(f.Name)
		lines[name] = append(lines[name], f.Value)
	}
	return lines
}

// repeats tells whether some field has several lines.
func repeats(h traffic.Header) bool {
	if len(h) > 100 {
		return true // to look would take longer
	}
	for i := range h {
		for k := range i {
			if len(h[i].Name) == len(h[k].Name) && strings.EqualFold(h[i].Name, h[k].Name) {
				return true
			}
		}
	}
	return false
}

// joinedLines is a list in one line, without white space around its members.
func joinedLines(lines []string) string {
	members := strings.FieldsFunc(strings.Join(lines, ","), func(r rune) bool { return r == ',' || r == '\n' })
	for i := range members {
		members[i] = strings.TrimSpace(members[i])
	}
	return strings.Join(members, ",")
}

// withLines is a header section with other lines for a field, where its first
// one stood.
func withLines(h traffic.Header, name string, lines []string) traffic.Header {
	var out traffic.Header
	for _, f := range h {
		if !strings.EqualFold(f.Name, name) {
			out = append(out, f)
			continue
		}
		for _, line := range lines {
			out = append(out, traffic.HeaderField{Name: f.Name, Value: line})
		}
		lines = nil
	}
	return out
}
