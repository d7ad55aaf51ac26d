package credential

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// given is a credential that the user wrote down.
type given struct {
	parts  []part
	getenv func(string) string
}

// A place is where a part of a credential goes.
type place int

const (
	inHeader place = iota
	inCookie
	inQuery
	inToken // Authorization, or where the recorded token stood
)

// A part is one field, cookie or parameter.
type part struct {
	place            place
	name, scheme     string
	before, after    string // around the secret
	secret, password Secret
	basic, parted    bool // Basic; user and password are given one by one
}

// Fetch reads variables and files again.
func (s *given) Fetch(context.Context) (Credential, error) {
	c, err := s.credential()
	if err != nil {
		err = fmt.Errorf("--auth: %w", err)
	}
	return c, err
}

func (s *given) credential() (Credential, error) {
	look := newLookup(s.getenv)
	var c Credential
	for _, p := range s.parts {
		if err := p.put(&c, look); err != nil {
			look.errs = append(look.errs, err)
		}
	}
	if err := look.err(); err != nil {
		return Credential{}, err
	}
	c.Expires = expiryOf(c)
	return c, nil
}

// put reads one part. A secret that is missing is noted by look.
func (p part) put(c *Credential, look *lookup) error {
	value := look.read(p.secret)
	password := look.read(p.password)
	if value == "" && !p.secret.IsZero() || password == "" && !p.password.IsZero() {
		return nil
	}
	if err := p.checkText(value); err != nil {
		return err
	}
	if p.basic {
		credentials, err := basic(value, password, p.secret, p.parted)
		if err != nil {
			return err
		}
		value = credentials
	}
	value = p.before + value + p.after
	switch p.place {
	case inCookie:
		c.Cookies = append(c.Cookies, traffic.Param{Name: p.name, Value: value})
	case inQuery:
		c.Query = append(c.Query, traffic.Param{Name: p.name, Value: value})
	case inToken:
		if strings.Contains(value, " ") || p.name != "Authorization" {
			c.Fields = append(c.Fields, traffic.HeaderField{Name: p.name, Value: value})
			return nil
		}
		c.Token = value
	default:
		if p.scheme != "" {
			value = p.scheme + " " + value
		}
		c.Fields = append(c.Fields, traffic.HeaderField{Name: p.name, Value: value})
	}
	return nil
}

// checkText refuses what servers are known to refuse with a bare 401.
func (p part) checkText(value string) error {
	word, _, more := strings.Cut(value, " ")
	switch {
	case more && p.scheme != "" && strings.EqualFold(word, p.scheme):
		return fmt.Errorf("%s begins with %q already, which would stand there twice: take the scheme out of one of them", p.secret, p.scheme)
	case len(value) > 1 && value[0] == value[len(value)-1] && (value[0] == '"' || value[0] == '\''):
		return fmt.Errorf("%s is in quotes, which would be sent too: take them off", p.secret)
	case p.place == inCookie && strings.ContainsAny(value, ";, \t\""):
		return fmt.Errorf("%s holds a character that a cookie value can't have (RFC 6265 section 4.1.1): encode it", p.secret)
	case strings.EqualFold(p.scheme, "bearer") && !isToken68(value):
		return fmt.Errorf("%s holds a character that a Bearer token can't have (RFC 6750 section 2.1)", p.secret)
	}
	return nil
}

// isToken68 knows the characters of a bare credential (RFC 9110 section 11.2).
func isToken68(value string) bool {
	body := strings.TrimRight(value, "=")
	for i := range len(body) {
		c := body[i]
		if (c|0x20 < 'a' || 'z' < c|0x20) && (c < '0' || '9' < c) && strings.IndexByte("-._~+/", c) < 0 {
			return false
		}
	}
	return body != ""
}

// basic encodes user and password (RFC 7617 section 2); both may come in one
// secret, encoded or not.
func basic(user, password string, from Secret, parted bool) (string, error) {
	if parted {
		if strings.Contains(user, ":") {
			return "", errors.New("the user of Basic has a colon, which would end it (RFC 7617 section 2)")
		}
		return base64.StdEncoding.EncodeToString([]byte(user + ":" + password)), nil
	}
	if strings.Contains(user, ":") {
		return base64.StdEncoding.EncodeToString([]byte(user)), nil
	}
	if decoded, err := base64.StdEncoding.DecodeString(user); err == nil && slices.Contains(decoded, ':') {
		return user, nil
	}
	return "", fmt.Errorf("%s holds no colon between user and password: give 'Basic user:env:PW'", from)
}
