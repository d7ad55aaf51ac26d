package scenarios

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// resign puts a token with other claims into the target, signed by a key that
// the target trusts. Header and other claims stay byte for byte as they are.
func (in *Injection) resign(claims map[string]any) error {
	token, c, ok := TokenOf(in.Exchange())
	if !ok {
		return in.unreadable()
	}
	if in.Live.Signer == nil {
		return needs("a token with other claims has to be signed, or it fails of its signature", SigningKey, OtherToken)
	}
	if alg, want := in.Live.Signer.Algorithm(), textMember(token.Header, "alg"); alg != "" && alg != want {
		return fmt.Errorf("%w: the token is signed with %s and sign-with has %s: a token of another algorithm fails of its signature", ErrNotTestable, shownAlg(want), alg)
	}
	header, payload, err := token.decoded()
	if err != nil {
		return cannot("the token can't be taken apart")
	}
	if payload, err = withMembers(payload, claims); err != nil {
		return cannot("the claims of the token can't be changed")
	}
	signed, err := in.Live.Signer.Sign(header, payload)
	if err != nil {
		return fmt.Errorf("%w: sign-with: %w", ErrNotTestable, err)
	}
	if err := keepsPromise(signed, claims); err != nil {
		return err
	}
	in.replaceCredential(c, signed, token.Raw)
	return nil
}

// unreadable is the error of a request whose token, if it has one, tells
// nothing: another one has to be given.
func (in *Injection) unreadable() error {
	if _, ok := bearerIn(in.Request()); !ok {
		return cannot("the request carries no token")
	}
	return needs("the request carries no token that can be read, so another one has to be given", OtherToken)
}

// shownAlg is an algorithm for messages: a registered name, no captured text
// of any length.
func shownAlg(alg string) string {
	if len(alg) > 16 || alg == "" {
		return "another algorithm"
	}
	return alg
}

// keepsPromise tells whether a token that came back has the claims that were
// asked for: an issuer that sets its own would make a token that is good.
func keepsPromise(signed string, claims map[string]any) error {
	token, ok := ParseJWT(signed)
	if !ok {
		return fmt.Errorf("%w: sign-with: what came back is no token", ErrNotTestable)
	}
	for name, want := range claims {
		wanted, err := json.Marshal(want)
		var there any
		if err != nil || json.Unmarshal(wanted, &there) != nil || !reflect.DeepEqual(token.Claims[name], there) {
			return fmt.Errorf("%w: sign-with: the token that came back has another %s than was asked for", ErrNotTestable, name)
		}
	}
	return nil
}

// decoded returns header and claims as they were signed.
func (t *JWT) decoded() (header, claims []byte, err error) {
	part := strings.Split(t.Raw, ".")
	header, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(part[0], "="))
	if err != nil {
		return nil, nil, err
	}
	claims, err = base64.RawURLEncoding.DecodeString(strings.TrimRight(part[1], "="))
	return header, claims, err
}

// withMembers sets members of a JSON object. All other bytes stay as they are;
// new members come last, in the order of their names.
func withMembers(object []byte, set map[string]any) ([]byte, error) {
	dec := jsontext.NewDecoder(strings.NewReader(string(object)), jsontext.AllowDuplicateNames(true))
	if brace, err := dec.ReadToken(); err != nil || brace.Kind() != '{' {
		return nil, errors.New("no JSON object")
	}
	var out []byte
	copied, members := 0, 0
	missing := map[string]bool{}
	for name := range set {
		missing[name] = true
	}
	for ; dec.PeekKind() == '"'; members++ {
		name, err := dec.ReadToken()
		if err != nil {
			return nil, err
		}
		key := name.String()
		value, err := dec.ReadValue()
		if err != nil {
			return nil, err
		}
		if _, is := set[key]; !is {
			continue
		}
		replaced, err := json.Marshal(set[key])
		if err != nil {
			return nil, err
		}
		end := int(dec.InputOffset())
		out = append(append(out, object[copied:end-len(value)]...), replaced...)
		copied = end
		delete(missing, key)
	}
	if _, err := dec.ReadToken(); err != nil {
		return nil, err
	}
	out = append(out, object[copied:int(dec.InputOffset())-len("}")]...)
	added, err := newMembers(set, missing)
	if err != nil {
		return nil, err
	}
	if len(added) > 0 && members > 0 {
		out = append(out, ',')
	}
	return append(append(out, added...), '}'), nil
}

// newMembers writes those of the members that are missing, without braces.
func newMembers(set map[string]any, missing map[string]bool) ([]byte, error) {
	added := maps.Clone(set)
	maps.DeleteFunc(added, func(name string, _ any) bool { return !missing[name] })
	if len(added) == 0 {
		return nil, nil
	}
	object, err := json.Marshal(added, json.Deterministic(true))
	if err != nil {
		return nil, err
	}
	return object[1 : len(object)-1], nil
}

// givenToken puts the token of the parameter into the place of the working
// one; false: none was given. Check says what the new one must be.
func (in *Injection) givenToken(check func(*JWT) error) (bool, error) {
	value, given, err := in.secret("token")
	if !given || err != nil {
		return given, err
	}
	value = strings.TrimSpace(value)
	if scheme, rest, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "bearer") {
		value = strings.TrimSpace(rest)
	}
	c, old, ok := in.tokenPlace()
	if !ok {
		return true, cannot("the request carries no token")
	}
	if old == value {
		return true, fmt.Errorf("%w: token: it is the one that works", ErrNotTestable)
	}
	if token, readable := ParseJWT(value); readable && check != nil {
		if err := check(token); err != nil {
			return true, err
		}
	}
	in.replaceCredential(c, value, old)
	return true, nil
}

// tokenPlace is where the request carries its token, readable or opaque.
func (in *Injection) tokenPlace() (c Credential, value string, ok bool) {
	if token, c, ok := TokenOf(in.Exchange()); ok {
		return c, token.Raw, true
	}
	c, ok = bearerIn(in.Request())
	return c, c.Value, ok
}

// over wants a token whose end is behind: a later one would be accepted, and
// rightly so.
func (in *Injection) over(token *JWT) error {
	if exp, ok := token.Time("exp"); ok && !in.Now.IsZero() && exp.After(in.Now) {
		return fmt.Errorf("%w: token: it is good for another %s", ErrNotTestable, roughly(exp.Sub(in.Now)))
	}
	return nil
}

// givenCookie puts the value of the parameter into the place of a session
// cookie; false: none was given.
func (in *Injection) givenCookie() (bool, error) {
	value, given, err := in.secret("cookie")
	if !given || err != nil {
		return given, err
	}
	name, old, ok := in.sessionCookie()
	if !ok {
		return true, cannot("the request carries no session cookie")
	}
	if head, rest, is := strings.Cut(value, "="); is && head == name {
		value = rest
	}
	if old == value {
		return true, fmt.Errorf("%w: cookie: it is the one that works", ErrNotTestable)
	}
	withoutCookie(in.Request(), name, value)
	return true, nil
}

func (in *Injection) sessionCookie() (name, value string, ok bool) {
	for _, c := range loginCookies(in.Request()) {
		return c.Name, c.Value, true
	}
	return "", "", false
}
