package browser

import (
	"net/http"
	"slices"
	"strings"
)

// A Field is one header line: name and value as bytes, with the white space
// around the value still there.
type Field struct{ Name, Value string }

// Fields are header lines in order, with repetitions. The difference between
// one line "a, b" and two lines decides CORS, so a map would not do.
type Fields []Field

// FieldsOf turns a net/http header into fields, names in sorted order.
func FieldsOf(h http.Header) Fields {
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	fields := make(Fields, 0, len(h))
	for _, name := range names {
		for _, value := range h[name] {
			fields = append(fields, Field{name, value})
		}
	}
	return fields
}

// get is the standard's "get a header": all values of that name, each without
// surrounding white space, joined by a comma and a space. Two lines with a
// correct value each therefore make one incorrect value.
func (f Fields) get(name string) (value string, present bool) {
	for _, field := range f {
		if len(field.Name) != len(name) || field.Name != name && !strings.EqualFold(field.Name, name) {
			continue
		}
		if present {
			value += ", " + trimHTTP(field.Value)
			continue
		}
		value, present = trimHTTP(field.Value), true
	}
	return value, present
}

// trimHTTP removes HTTP whitespace bytes (Fetch "normalize a byte sequence").
func trimHTTP(s string) string { return strings.Trim(s, " \t\r\n") }

// list parses the value of a #token field (Fetch section "HTTP new-header
// syntax"). Empty members are skipped (RFC 9110 section 5.6.1); one member
// that is no token spoils the whole list, which is what ok tells.
func list(value string) (members []string, ok bool) {
	if value == "" {
		return nil, true
	}
	members = make([]string, 0, 1+strings.Count(value, ","))
	for value != "" {
		member := value
		if i := strings.IndexByte(value, ','); i >= 0 {
			member, value = value[:i], value[i+1:]
		} else {
			value = ""
		}
		if member = strings.Trim(member, " \t"); member == "" {
			continue
		}
		if !isToken(member) {
			return nil, false
		}
		members = append(members, member)
	}
	return members, true
}

// isToken tells whether s is a token (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		if !isTokenByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isTokenByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0
}

// lowerName is strings.ToLower without garbage for the names that make up most
// of the traffic.
func lowerName(name string) string {
	if lower, known := commonNames[name]; known {
		return lower
	}
	return strings.ToLower(name)
}

var commonNames = func() map[string]string {
	names := make(map[string]string)
	for _, name := range []string{
		"Accept", "Accept-Language", "Accept-Ranges", "Access-Control-Allow-Credentials",
		"Access-Control-Allow-Headers", "Access-Control-Allow-Methods", "Access-Control-Allow-Origin",
		"Access-Control-Expose-Headers", "Access-Control-Max-Age", "Age", "Authorization", "Cache-Control",
		"Connection", "Content-Encoding", "Content-Language", "Content-Length", "Content-Type", "Date", "ETag",
		"Expires", "Last-Modified", "Location", "Origin", "Pragma", "Range", "Referer", "Server", "Set-Cookie",
		"Strict-Transport-Security", "Transfer-Encoding", "User-Agent", "Vary", "Via", "WWW-Authenticate",
		"X-CSRF-Token", "content-type", "authorization", "x-requested-with", "X-Request-Id", "X-Requested-With",
	} {
		names[name] = strings.ToLower(name)
	}
	return names
}()
