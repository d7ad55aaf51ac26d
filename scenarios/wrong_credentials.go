package scenarios

import (
	"encoding/base64"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func wrongCredentials() *Cause {
	return &Cause{
		ID:    "wrong-credentials",
		Kind:  Mechanism,
		Group: Credentials,
		Means: "User, password or secret is another one than in the working request, and the server refuses it.",
		Looks: "Basic decodes in both and user or password differs; a login form or password grant is sent with another value; Digest answers for another user, or is challenged again without stale.",
		Unlike: []Unlike{
			{"malformed-authorization", "there the header does not decode, or a line break or quotes got into the password"},
			{"account-disabled", "there the password is right and the account is locked"},
			{"rate-limited", "there too many attempts were made, and it works again later"},
			{"proxy-auth-denied", "there a web server in front asks, in another scheme than the app"},
			{"client-authentication-failed", "there it is the client of an identity provider, not a person"},
		},
		Advice: []Advice{
			{Client, "Reset the password, and renew what is stored: .netrc, keychain, CI secrets. curl and Python requests may prefer .netrc without a word.", `curl -u "$USER" https://…   # asks for the password`},
			{Nginx, "The password file must be readable and use a hash that nginx knows.", "auth_basic_user_file /etc/nginx/htpasswd;"},
			{Apache, "Set the password anew.", "htpasswd -B /etc/apache2/htpasswd user"},
		},
		Refs:     []string{"RFC 7617 section 2", "RFC 7616 sections 3.3 and 3.4", "RFC 6749 section 5.2"},
		Detect:   detectWrongCredentials,
		Inject:   injectWrongCredentials,
		Enforced: ByClient,
		Expect:   refuses(expect.Hole, 401, 403, 400, 422, 423, 429),
	}
}

func detectWrongCredentials(v *View) []Evidence {
	if _, isClient := tokenRequest(v.Failed); isClient && !isPasswordGrant(v.Failed) {
		return nil
	}
	list := append(v.otherBasic(), v.otherDigest()...)
	list = append(list, v.otherLogin()...)
	said := v.says(Strong, "wrong-credentials", "the server says that user or password is wrong")
	if len(list) == 0 && v.worked() == nil && brings(v.Failed) {
		return append(said, v.askedAgain()...)
	}
	if len(list) == 0 {
		return nil
	}
	return append(list, said...)
}

// brings tells whether a request has user and password in it.
func brings(x *traffic.Exchange) bool {
	a, _ := authorizationOf(x)
	return strings.EqualFold(a.Scheme, "basic") || strings.EqualFold(a.Scheme, "digest") || hasKind(sentWith(x), LoginForm)
}

// otherBasic compares user and password of Basic.
func (v *View) otherBasic() []Evidence {
	bad, _ := authorizationOf(v.Failed)
	good, _ := authorizationOf(v.worked())
	if !strings.EqualFold(bad.Scheme, "basic") || !strings.EqualFold(good.Scheme, "basic") || bad.Value == good.Value {
		return nil
	}
	if flaw, _ := comparedFlaw(bad, good); flaw != "" || brokenCredential(bad) != "" {
		return nil
	}
	strength := Decisive
	if s := v.status(); s != 401 && s != 403 {
		strength = Strong
	}
	note := "Basic carries another user"
	if userOf(bad.Value) == userOf(good.Value) {
		note = "Basic carries another password for the same user"
	}
	return []Evidence{v.observed(strength, FromRequest, v.sent(bad), note)}
}

func userOf(basic string) string {
	user, _, _ := strings.Cut(decodeBasic(basic), ":")
	return user
}

// askedAgain judges a failing request alone: it brought user and password and
// was asked for them again.
func (v *View) askedAgain() []Evidence {
	bad, _ := authorizationOf(v.Failed)
	if v.status() != 401 || bad.Scheme == "" || brokenCredential(bad) != "" {
		return nil
	}
	for _, c := range v.challenges() {
		stale, _ := c.Get("stale")
		if c.Is(bad.Scheme) && !strings.EqualFold(stale, "true") {
			return []Evidence{v.observed(Strong, FromChallenge, seen(diff.Response, diff.Header, "www-authenticate", v.field("www-authenticate")),
				"user and password were sent, and the server asks for them again")}
		}
	}
	return nil
}

// otherDigest compares the users of Digest, and hears a second challenge that
// is not about an old nonce.
func (v *View) otherDigest() []Evidence {
	bad, _ := authorizationOf(v.Failed)
	good, _ := authorizationOf(v.worked())
	if !strings.EqualFold(bad.Scheme, "digest") || !strings.EqualFold(good.Scheme, "digest") || brokenCredential(bad) != "" || brokenHeader(v.Failed.Request.Header.Get("authorization")) != "" {
		return nil
	}
	if digestParameter(bad.Value, "username") != digestParameter(good.Value, "username") {
		return []Evidence{v.observed(Decisive, FromRequest, v.sent(bad), "Digest answers for another user")}
	}
	again := v.askedAgain()
	if len(again) == 0 {
		return nil
	}
	return append(again, v.observed(Strong, FromRequest, v.sent(bad), "the answer to the challenge was computed and refused"))
}

// digestParameter reads a parameter of Digest credentials (RFC 7616 section
// 3.4): quoted or a token.
func digestParameter(value, name string) string {
	for part := range strings.SplitSeq(value, ",") {
		key, val, _ := strings.Cut(strings.TrimSpace(part), "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.Trim(strings.TrimSpace(val), `"`)
		}
	}
	return ""
}

// otherLogin compares what a login form or a password grant was sent with.
func (v *View) otherLogin() []Evidence {
	if v.worked() == nil || !hasKind(sentWith(v.Good), LoginForm) {
		return nil
	}
	good, bad := fieldMap(&v.Good.Request), fieldMap(&v.Failed.Request)
	strength := Decisive
	if v.status() >= 500 && v.Voice() != Invalid {
		strength = Weak // it broke; a SOAP fault is a 500 too, and says what it is
	}
	var list []Evidence
	for name, value := range good {
		now, there := bad[name]
		if !isPasswordName(name) && !isUserName(name) || there && now == value {
			continue
		}
		note := "the login is sent with another " + map[bool]string{true: "password", false: "user"}[isPasswordName(name)]
		if !there {
			note = "the login lacks a field that the working one has"
		}
		list = append(list, v.observed(strength, FromRequest, v.sent(Credential{Part: diff.Body, Name: name, Value: now}), note))
	}
	return list
}

func fieldMap(r *traffic.Request) map[string]string {
	fields := map[string]string{}
	for _, f := range bodyFields(r) {
		fields[f.Name] = f.Value
	}
	return fields
}

// isUserName knows the fields that say who logs in.
func isUserName(name string) bool {
	switch joined(name) {
	case "username", "user", "email", "login", "loginid", "userid", "emailaddress", "usernameoremail", "identifier", "account", "phone", "log", "uid", "accountname", "jusername":
		return true
	}
	return hasWord(name, "username", "email", "identifier")
}

func injectWrongCredentials(in *Injection) error {
	a, ok := authorizationOf(in.Exchange())
	if _, isClient := tokenRequest(in.Exchange()); isClient && !isPasswordGrant(in.Exchange()) {
		return cannot("Basic at a token endpoint is the client's, not a person's")
	}
	user, _, colon := strings.Cut(decodeBasic(a.Value), ":")
	if ok && strings.EqualFold(a.Scheme, "basic") && colon {
		SetHeader(&in.Request().Header, "authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user+":wrong-"+in.random(8))))
		in.Refuse(Refusal{Status: 401, Scheme: "Basic", Description: "Invalid username or password"})
		return nil
	}
	for _, c := range CredentialsOf(in.Request()) {
		if c.Kind == LoginForm {
			if err := setField(in.Request(), c.Name, "wrong-"+in.random(8), true); err != nil {
				return err
			}
			in.Refuse(Refusal{Status: 401, Code: "invalid_credentials", Description: "Invalid username or password"})
			return nil
		}
	}
	return cannot("the flow sends no user and password")
}
