package credential

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/http/httpguts"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Set is a place in a request and what goes there.
type Set struct {
	Path     string // "request.header.authorization", "request.cookie.sid", "request.query.key"
	Template string // "Bearer {}"; "{name}" is what a Take of that name found
}

// Check tells whether the path is one that a credential can go to.
func (s Set) Check() error {
	name := s.name()
	switch {
	case name == "":
		return errors.New("a credential goes to request.header.NAME, request.cookie.NAME or request.query.NAME")
	case s.is("request.query."):
	case !httpguts.ValidHeaderFieldName(name):
		return errors.New("the name holds a character that it can't have")
	case s.is("request.header.") && Computed(name):
		return errors.New("the field is computed for each request: it can't be set")
	}
	if !strings.Contains(s.Template, "{") {
		return errors.New("the value has no {} for what was taken: \"Bearer {}\"")
	}
	return nil
}

func (s Set) is(prefix string) bool {
	return len(s.Path) > len(prefix) && strings.EqualFold(s.Path[:len(prefix)], prefix)
}

func (s Set) name() string {
	for _, prefix := range []string{"request.header.", "request.cookie.", "request.query."} {
		if s.is(prefix) {
			return s.Path[len(prefix):]
		}
	}
	return ""
}

// fill makes a credential of the places and the values by name.
func fill(sets []Set, values map[string]string) (Credential, error) {
	var c Credential
	for _, s := range sets {
		value := filled(s.Template, values)
		name := s.name()
		switch {
		case strings.IndexFunc(value, isControl) >= 0:
			return Credential{}, fmt.Errorf("what goes to %s holds a control character", s.Path)
		case s.is("request.cookie."):
			c.Cookies = append(c.Cookies, traffic.Param{Name: name, Value: value})
		case s.is("request.query."):
			c.Query = append(c.Query, traffic.Param{Name: name, Value: value})
		case strings.EqualFold(name, "authorization"):
			c.Fields = append(c.Fields, traffic.HeaderField{Name: "Authorization", Value: value})
		default:
			c.Fields = append(c.Fields, traffic.HeaderField{Name: name, Value: value})
		}
	}
	return c, nil
}

// filled puts values into "{name}". Braces that hold no known name stay, for
// JSON has them too; what is put in is not looked at again.
func filled(template string, values map[string]string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(template, '{')
		if i < 0 {
			break
		}
		name, rest, ok := strings.Cut(template[i+1:], "}")
		value, known := values[name]
		if !ok || !known {
			b.WriteString(template[:i+1])
			template = template[i+1:]
			continue
		}
		b.WriteString(template[:i])
		b.WriteString(value)
		template = rest
	}
	b.WriteString(template)
	return b.String()
}
