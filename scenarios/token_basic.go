package scenarios

import (
	"encoding/base64"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// BasicOf returns user and password of Basic credentials (RFC 7617 section 2).
func BasicOf(c Credential) (user, password string, ok bool) {
	if !strings.EqualFold(c.Scheme, "basic") {
		return "", "", false
	}
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(c.Value, "="))
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(raw), ":")
}

// DigestOf returns the parameters of Digest credentials by name in lower case
// (RFC 7616 section 3.4).
func DigestOf(c Credential) (map[string]string, bool) {
	if !strings.EqualFold(c.Scheme, "digest") {
		return nil, false
	}
	parameters := map[string]string{}
	for _, p := range authParams(c.Value) {
		parameters[strings.ToLower(p.Name)] = p.Value
	}
	return parameters, len(parameters) > 0
}

// authParams reads name=value and name="value", parted by commas (RFC 9110
// section 11.2). It is lenient: AWS puts spaces where the commas should be.
func authParams(s string) []traffic.Param {
	var list []traffic.Param
	for {
		s = strings.TrimLeft(s, ", \t")
		name, rest, ok := strings.Cut(s, "=")
		if !ok {
			return list
		}
		var value string
		if strings.HasPrefix(rest, `"`) {
			value, s = quotedString(rest)
		} else {
			end := strings.IndexAny(rest, ", \t")
			if end < 0 {
				end = len(rest)
			}
			value, s = rest[:end], rest[end:]
		}
		list = append(list, traffic.Param{Name: strings.TrimSpace(name), Value: value})
	}
}

// quotedString reads the quoted string that s begins with (RFC 9110 section
// 5.6.4); one without an end goes to the end.
func quotedString(s string) (value, rest string) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}
