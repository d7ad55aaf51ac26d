package credential

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/net/http/httpguts"
)

// Parse reads the value of --auth:
//
//	Bearer env:TOKEN              any scheme; env:NAME is a variable,
//	Basic user:env:PW             file:PATH the content of a file
//	Basic env:USER_AND_PASSWORD
//	X-Api-Key: env:KEY            any header field
//	cookie:sid=env:SID            a cookie
//	query:api_key=env:KEY         a query parameter
//	env:TOKEN                     a token: it goes where the recorded one stood
//
// A secret may stand there itself; it is never repeated in an error. What is
// missing is told at once, all of it; at each Fetch variables and files are
// read again, for files change. getenv nil is os.Getenv.
func Parse(auth string, getenv func(string) string) (Source, error) {
	s := &given{getenv: getenv}
	if err := s.parse(strings.TrimSpace(auth)); err != nil {
		return nil, fmt.Errorf("--auth: %w", err)
	}
	if _, err := s.credential(); err != nil {
		return nil, fmt.Errorf("--auth: %w", err)
	}
	return s, nil
}

const examples = "give 'Bearer env:TOKEN', 'Basic user:env:PW', 'X-Api-Key: env:KEY', 'cookie:sid=env:SID' or 'query:key=env:KEY'"

// Computed knows header fields that the sender computes for each request and
// connection, so that they can't be given.
func Computed(name string) bool {
	switch strings.ToLower(name) {
	case "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect", "proxy-connection", "proxy-authorization":
		return true
	}
	return false
}

// parse tells the forms apart.
func (s *given) parse(auth string) error {
	if strings.IndexFunc(auth, isControl) >= 0 {
		return errors.New("it holds a line break or another control character")
	}
	if auth == "" {
		return errors.New("it is empty; " + examples)
	}
	if rest, ok := strings.CutPrefix(auth, "cookie:"); ok {
		return s.parseCookies(rest)
	}
	if rest, ok := strings.CutPrefix(auth, "query:"); ok {
		return s.parseQuery(rest)
	}
	if name, value, ok := cutField(auth); ok {
		return s.parseField(name, value)
	}
	return s.parseAuthorization("Authorization", auth)
}

// cutField splits "Name: value". Without a blank behind the colon it takes a
// reference to tell it from user:password.
func cutField(auth string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(auth, ":")
	if !ok || !httpguts.ValidHeaderFieldName(name) || name == "env" || name == "file" {
		return "", "", false
	}
	if !strings.HasPrefix(value, " ") && !strings.HasPrefix(value, "env:") && !strings.HasPrefix(value, "file:") {
		return "", "", false
	}
	return name, strings.TrimSpace(value), true
}

func (s *given) parseField(name, value string) error {
	if Computed(name) {
		return fmt.Errorf("the field %s is computed for each request: it can't be given", name)
	}
	switch strings.ToLower(name) {
	case "cookie":
		return s.parseCookies(value)
	case "authorization":
		return s.parseAuthorization(name, value)
	}
	if value == "" {
		return fmt.Errorf("the field %s has no value", name)
	}
	return s.add(inHeader, name, "", value)
}

func (s *given) parseCookies(list string) error {
	for pair := range strings.SplitSeq(list, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(pair), "=")
		if !ok || !httpguts.ValidHeaderFieldName(name) || value == "" {
			return errors.New("a cookie is given as name=value: 'cookie:sid=env:SID'")
		}
		if err := s.add(inCookie, name, "", value); err != nil {
			return err
		}
	}
	return nil
}

func (s *given) parseQuery(pair string) error {
	name, value, ok := strings.Cut(pair, "=")
	if !ok || name == "" || value == "" {
		return errors.New("a query parameter is given as name=value: 'query:api_key=env:KEY'")
	}
	return s.add(inQuery, name, "", value)
}

// parseAuthorization reads a scheme and what comes behind it, or a token
// without a scheme.
func (s *given) parseAuthorization(name, value string) error {
	scheme, rest, ok := strings.Cut(value, " ")
	if _, file := strings.CutPrefix(value, "file:"); file {
		ok = false // a path may have blanks
	}
	rest = strings.TrimSpace(rest)
	switch {
	case !ok && isScheme(value):
		return fmt.Errorf("behind the scheme %s its credentials are missing; %s", value, examples)
	case !ok:
		return s.add(inToken, name, "", value)
	case !httpguts.ValidHeaderFieldName(scheme):
		return errors.New("it begins with no scheme and no field name; " + examples)
	case strings.EqualFold(scheme, "basic"):
		return s.parseBasic(name, scheme, rest)
	}
	return s.add(inHeader, name, scheme, rest)
}

// parseBasic reads user and password, each of which may be kept elsewhere. One
// of them may be missing beside a key that is kept elsewhere, as some APIs want
// it; beside a literal it is a variable that was empty.
func (s *given) parseBasic(name, scheme, rest string) error {
	user, password := rest, ""
	i := basicColon(rest)
	if i >= 0 {
		user, password = rest[:i], rest[i+1:]
		if password == "" && !strings.HasPrefix(user, "env:") {
			return errors.New("the password of Basic is missing: give 'Basic user:env:PW'")
		}
	}
	u, err := ParseSecret(user, "")
	if err != nil {
		return err
	}
	p, err := ParseSecret(password, "")
	if err != nil {
		return err
	}
	s.parts = append(s.parts, part{place: inHeader, name: name, scheme: scheme, secret: u, password: p, basic: true, parted: i >= 0})
	return nil
}

// basicColon is where user and password part, -1: both are in one secret.
func basicColon(rest string) int {
	if strings.HasPrefix(rest, "file:") {
		return -1
	}
	from := 0
	if strings.HasPrefix(rest, "env:") {
		from = len("env:")
	}
	if i := strings.IndexByte(rest[from:], ':'); i >= 0 {
		return from + i
	}
	return -1
}

// add notes one part. A reference may stand behind "name=", as in 'Token
// token=env:T'.
func (s *given) add(place place, name, scheme, value string) error {
	before := ""
	for _, ref := range []string{"=env:", "=file:", `="env:`} {
		if i := strings.Index(value, ref); i > 0 && place == inHeader {
			cut := i + strings.IndexByte(ref, ':') - len("env")
			if ref == "=file:" {
				cut = i + 1
			}
			before, value = value[:cut], value[cut:]
			break
		}
	}
	after := ""
	if strings.HasSuffix(before, `"`) {
		value, after = strings.TrimSuffix(value, `"`), `"`
	}
	secret, err := ParseSecret(value, "")
	if err != nil {
		return err
	}
	s.parts = append(s.parts, part{place: place, name: name, scheme: scheme, before: before, after: after, secret: secret})
	return nil
}

// isScheme knows words that are a scheme and no token (IANA HTTP Authentication
// Schemes, and those in wide use beside them).
func isScheme(word string) bool {
	switch strings.ToLower(word) {
	case "bearer", "basic", "digest", "token", "negotiate", "ntlm", "dpop", "apikey", "api-key", "jwt", "hawk", "oauth", "mutual", "hoba", "vapid":
		return true
	}
	return false
}
