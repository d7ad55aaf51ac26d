package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/scenarios/expect"
)

func malformedAuthorization() *Cause {
	return &Cause{
		ID:    "malformed-authorization",
		Kind:  Mechanism,
		Group: Credentials,
		Means: "The Authorization header can't be read: a placeholder, a doubled scheme, quotes, a line break, half a token.",
		Looks: "The value holds undefined, null or [object Object], a template that nobody filled in, two schemes, quotes or invisible characters; " +
			"Basic does not decode or has no colon; a JWT lacks a part or was cut off. The working request shows none of it.",
		Unlike: []Unlike{
			{"wrong-credentials", "there the header is well formed and its content is refused"},
			{"token-signature-invalid", "there the token has its full length and three parts"},
			{"missing-bearer-prefix", "there the token is whole and only the scheme is gone"},
			{"cookie-too-large", "there the header section is too long for the server: 431, or 400 with a text about sizes"},
		},
		Advice: []Advice{
			{Client, "Trim the token, wait for it before the request is made, and fail when it is empty.", "const t = (await getToken())?.trim();\nif (!t) throw new Error(\"no token\");\nheaders.Authorization = `Bearer ${t}`;"},
			{Client, "In a shell: double quotes expand variables, single quotes do not; base64 breaks lines, echo adds one.", `curl -H "Authorization: Bearer $(tr -d '\n' <token)"` + "\nprintf '%s' \"$user:$password\" | base64 -w0"},
			{App, "Answer 400 with invalid_request for a header that can't be parsed, so that it is no riddle.", `WWW-Authenticate: Bearer error="invalid_request"`},
		},
		Refs:     []string{"RFC 6750 sections 2.1 and 3.1", "RFC 7617 sections 2 and 2.1", "RFC 9110 sections 5.5 and 11.2"},
		Prior:    -0.5,
		Explains: []string{"missing-credentials"},
		Detect:   detectMalformedAuthorization,
		Inject:   injectMalformedAuthorization,
		Parameters: []Parameter{
			{Name: "form", Type: TypeChoice, Choices: []Choice{{Value: "doubled", Doc: "the scheme twice", Lenient: true}, {Value: "undefined", Doc: "the word undefined for a token"}, {Value: "template", Doc: "a placeholder that was not filled in"}, {Value: "quoted", Doc: "quotes around the token", Lenient: true}, {Value: "truncated", Doc: "half of the token"}, {Value: "bad-base64", Doc: "Basic that is no Base64"}, {Value: "no-colon", Doc: "Basic without a colon"}, {Value: "alone", Doc: "the scheme and nothing behind"}}, Default: "undefined", Doc: "what is wrong with the header"},
		},
		Enforced: ByClient,
		Expect:   refuses(expect.Hole, 401, 403, 400),
	}
}

func detectMalformedAuthorization(v *View) []Evidence {
	bad, ok := authorizationOf(v.Failed)
	if !ok || isBlackened(bad.Value) {
		return nil
	}
	good, had := authorizationOf(v.worked())
	flaw, strength := v.authorizationFlaw(bad, good, had)
	if flaw == "" {
		return nil
	}
	list := []Evidence{v.observed(strength, FromRequest, v.sent(bad), flaw)}
	switch status := v.status(); {
	case status == 431 || status == 414 || status == 494:
		list = append(list, v.against(Against, FromStatus, "the server speaks of the size of the request"))
	case status == 400:
		list = append(list, v.observed(Strong, FromStatus, statusOf(v.Failed), "the server calls the request malformed"))
	}
	return append(list, v.says(Strong, "malformed-authorization", "the server could not parse the header")...)
}

// authorizationFlaw names what is broken in the failing header and not in the
// working one, and how surely; "" nothing.
func (v *View) authorizationFlaw(bad, good Credential, had bool) (string, Strength) {
	fields := len(v.Failed.Request.Header.Values("authorization"))
	if fields > 1 && (!had || len(v.Good.Request.Header.Values("authorization")) < fields) {
		return "the request has more than one Authorization field", Decisive
	}
	raw := v.Failed.Request.Header.Get("authorization")
	if flaw := brokenHeader(raw); flaw != "" && !(had && brokenHeader(v.Good.Request.Header.Get("authorization")) == flaw) {
		return flaw, Decisive
	}
	if flaw := brokenCredential(bad); flaw != "" && !(had && brokenCredential(good) == flaw) {
		return flaw, Decisive
	}
	if had {
		return comparedFlaw(bad, good)
	}
	return "", 0
}

// comparedFlaw names what only the comparison with a whole credential shows.
func comparedFlaw(bad, good Credential) (string, Strength) {
	if !strings.EqualFold(bad.Scheme, good.Scheme) {
		if bad.Scheme == "" && strings.EqualFold(good.Scheme, "basic") {
			return "the word Basic is missing in front of the credentials", Decisive
		}
		return "", 0
	}
	if isMasked(bad.Value) || isMasked(good.Value) {
		return "", 0
	}
	switch {
	case len(bad.Value) >= 8 && len(bad.Value) < len(good.Value) && strings.HasPrefix(good.Value, bad.Value):
		return "the credential is cut off: it is the beginning of the one that worked", Decisive
	case len(bad.Value) >= 8 && len(bad.Value) < len(good.Value) && strings.HasSuffix(good.Value, bad.Value):
		return "the credential has lost its beginning", Decisive
	case len(good.Value) >= 8 && len(bad.Value) > len(good.Value) && len(bad.Value) <= len(good.Value)+8 && strings.Contains(bad.Value, good.Value):
		return "something is glued to the credential that worked", Decisive
	case strings.ContainsAny(bad.Value, " \t") && !strings.ContainsAny(good.Value, " \t") && takesBareToken(bad.Scheme):
		return "white space stands inside the credential", Decisive
	case strings.Contains(bad.Value, "%") && !strings.Contains(good.Value, "%") && unescape(bad.Value) != bad.Value:
		return "the credential is percent-encoded", Decisive
	case looksLikeJWT(good.Value) && !looksLikeJWT(bad.Value) && isToken68(bad.Value) && len(bad.Value) < 8:
		return "something much too short stands where the token should", Decisive
	}
	if strings.EqualFold(bad.Scheme, "basic") {
		return comparedBasic(bad.Value, good.Value)
	}
	return "", 0
}

// comparedBasic names user:password pairs that differ in form alone.
func comparedBasic(bad, good string) (string, Strength) {
	b, g := decodeBasic(bad), decodeBasic(good)
	switch {
	case b == "" || g == "" || b == g:
		return "", 0
	case strings.TrimSpace(b) == g:
		return "white space is glued to user and password", Decisive
	case strings.NewReplacer(`"`, "", "'", "").Replace(b) == g:
		return "quotes are part of user or password", Decisive
	case latin1(b) == g || latin1(g) == b:
		return "user and password are in another character encoding", Decisive
	}
	return "", 0
}

// latin1 reads each byte as a character.
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

func injectMalformedAuthorization(in *Injection) error {
	a, ok := authorizationOf(in.Exchange())
	if !ok || a.Scheme == "" || isMasked(a.Value) {
		return cannot("the flow sends no Authorization")
	}
	broken := brokenForms(a)
	if in.With["form"] == "alone" { // of any scheme, where somebody asks for it
		broken = append(broken, brokenForm{"alone", a.Scheme})
	}
	form := slices.IndexFunc(broken, func(b brokenForm) bool { return b.name == in.With["form"] })
	switch {
	case form < 0 && in.With["form"] != "":
		return cannot("an Authorization of this scheme can't be broken in that form")
	case form < 0:
		form = in.Rand.IntN(len(broken))
	}
	SetHeader(&in.Request().Header, "authorization", broken[form].value)
	in.Refuse(Refusal{Status: 401, Scheme: a.Scheme, Error: "invalid_request", Description: "Bad Authorization header"})
	return nil
}

// A brokenForm is a header that no parser reads as it was meant.
type brokenForm struct{ name, value string }

func brokenForms(a Credential) []brokenForm {
	forms := []brokenForm{{"doubled", a.Scheme + " " + a.Scheme + " " + a.Value}, {"undefined", a.Scheme + " undefined"}, {"template", a.Scheme + " ${TOKEN}"}}
	switch {
	case strings.EqualFold(a.Scheme, "basic"):
		forms = append(forms, brokenForm{"bad-base64", "Basic " + strings.TrimRight(a.Value, "=") + "!"}, brokenForm{"no-colon", "Basic dXNlcg=="}, brokenForm{"alone", "Basic"})
	case takesBareToken(a.Scheme):
		forms = append(forms, brokenForm{"quoted", a.Scheme + ` "` + a.Value + `"`})
		if len(a.Value) >= 24 {
			forms = append(forms, brokenForm{"truncated", a.Scheme + " " + a.Value[:len(a.Value)/2]})
		}
	}
	return forms
}
