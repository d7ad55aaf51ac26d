package suite

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/expect"
)

// A guard is a scenario that is worth keeping, and why.
type guard struct {
	scenario   Scenario
	why        string
	everywhere bool // on every route that is guarded
	several    bool // on the first routes that it fits: one may be exempt
	here       bool // on the request that decides alone
	readable   bool // only of a token that can be read
	testable   bool // only where nothing has to be given
	bearer     bool // only of a request that sends Bearer
	session    bool // only where a cookie is all that says who asks
	given      bool // the scenario names its route
}

func (f *fitting) guards() []guard {
	list := []guard{
		{scenario: MissingCredentials(), why: "Nobody gets in without a login.", everywhere: true},
		{scenario: SessionCookieMissing(), why: "Nobody gets in without a session.", everywhere: true, session: true},
		{scenario: APIKeyMissing(), why: "Nobody gets in without a key.", everywhere: true},
		{scenario: scenario("expired-token"), why: "A token that is over is refused, so that clients know to refresh."},
		{scenario: TokenSignatureInvalid(Flipped), why: "A token that was tampered with is refused."},
		{scenario: TokenSignatureInvalid(AlgNone), why: "A token that says it needs no signature is refused."},
		{scenario: scenario("wrong-audience"), why: "A token for another API is refused.", readable: true},
		{scenario: scenario("wrong-issuer"), why: "A token of another issuer is refused.", readable: true},
		{scenario: InsufficientScope(), why: "A token without scopes opens nothing.", readable: true},
		{scenario: MissingProof(), why: "A token that is bound to a key is refused without the proof of it."},
		{scenario: APIKeyRejected(), why: "A key that nobody issued is refused."},
		{scenario: RequestSignatureInvalid(), why: "A request that was changed after it was signed is refused."},
		{scenario: RevokedToken(), why: "A token that was revoked is refused.", testable: true},
		{scenario: SessionExpired(), why: "After the logout the session is over.", testable: true},
		{scenario: CSRFTokenMissing(), why: "Nothing is written without a CSRF token.", several: true},
		{scenario: CSRFTokenMismatch(), why: "Nothing is written with a CSRF token of nobody."},
		{scenario: PKCEMissing(VerifierRemoved), why: "A code is worth nothing without its verifier."},
		{scenario: InvalidGrant(UnknownGrant), why: "A code or refresh token that nobody issued is worth nothing."},
		{scenario: RedirectURIMismatch(), why: "Codes go to registered addresses alone."},
		{scenario: ClientAuthenticationFailed(), why: "A client that can't prove itself gets no token."},
		{scenario: LoginStateLost(), why: "A login that was begun elsewhere is refused."},
	}
	list = append(list, f.cookieGuards()...)
	list = append(list, f.browserGuards()...)
	return append(list,
		guard{scenario: WrongCredentials(), why: "A wrong password is refused. It is tried once, for accounts may be locked."},
		guard{scenario: WrongAuthScheme("bearer").Expect(expect.StatusBetween(200, 299)), why: "Case does not count in the word Bearer (RFC 9110 section 11.1).", bearer: true},
		guard{scenario: MissingBearerPrefix(), why: "The header has to be Bearer and the token."},
		guard{scenario: MalformedAuthorization(Undefined), why: "The word undefined is no token.", bearer: true},
		guard{scenario: MalformedAuthorization(BadBase64), why: "What is no Base64 opens nothing."},
	)
}

// cookieGuards keep the attributes of the session cookie, and its way to another
// host, where the flow shows them.
func (f *fitting) cookieGuards() []guard {
	session := map[string]bool{}
	for _, c := range scenarios.CredentialsOf(&f.flow.Exchanges[f.entry].Request) {
		if c.Kind == scenarios.SessionCookie {
			session[c.Name] = true
		}
	}
	list := []guard{{scenario: SubdomainCookie("").Expect(expect.StatusBetween(200, 299)), why: "The session that another host set is good here.", here: true, testable: true}}
	for _, x := range slices.Backward(f.flow.Exchanges[:f.entry]) {
		if x.Response == nil || originOf(&x.Request) != originOf(&f.flow.Exchanges[f.entry].Request) {
			continue
		}
		for _, text := range x.Response.Header.Values("set-cookie") {
			line := browser.ParseSetCookie(text)
			if kept := protections(line); session[line.Name] && line.Value != "" && len(kept) > 0 {
				s := NoDifference().On(routeOf(&x.Request)).Expect(expect.Cookie(line.Name, expect.Set, kept...))
				return append(list, guard{scenario: s, why: "The session cookie keeps what protects it.", given: true})
			}
		}
	}
	return list
}

// protections are the attributes of a cookie that say where it goes.
func protections(line browser.SetCookie) []expect.Field {
	var kept []expect.Field
	for _, name := range []string{"domain", "path", "secure", "httponly", "samesite"} {
		for _, a := range line.Attributes {
			switch {
			case !strings.EqualFold(a.Name, name):
			case name == "secure" || name == "httponly" || name == "domain": // Domain is that of the target
				kept = append(kept, expect.Param(name, expect.Present()))
			case a.Value != "":
				kept = append(kept, expect.Param(name, expect.Is(a.Value)))
			}
		}
	}
	return slices.CompactFunc(kept, func(a, b expect.Field) bool { return a.Name == b.Name })
}

// browserGuards are for flows of a page at another origin, and for sessions in
// cookies that any page could ride on.
func (f *fitting) browserGuards() []guard {
	x := f.flow.Exchanges[f.entry]
	page := x.Request.Header.Get("origin")
	home, err := browser.OriginOf(x.Request.URL)
	from, errPage := browser.ParseOrigin(page)
	if err != nil || errPage != nil || from.Opaque() || from.SameOrigin(home) {
		return nil
	}
	const foreign = "https://evil.example"
	mayRead := CORSOrigin(page)
	if CORSCredentials(page).fits(f.flow, f.entry) == nil {
		mayRead = CORSCredentials(page)
	}
	return []guard{
		{scenario: CORSPreflight(page).Expect(expect.Browser(expect.CORSAllowed)), why: "The page itself gets leave to ask.", here: true},
		{scenario: mayRead.Expect(expect.Browser(expect.CORSAllowed)), why: "The page itself may read the answer.", here: true},
		{scenario: CORSCredentials(foreign), why: "No other page asks with a person's cookies.", here: true},
		{scenario: CredentialsNotSent(), why: "Without cookies the session is not there.", everywhere: true},
	}
}
