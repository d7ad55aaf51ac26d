package scenarios

import (
	"fmt"
	"net/http"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/expect"
)

func sessionCookieMissing() *Cause {
	return &Cause{
		ID:    "session-cookie-missing",
		Kind:  Symptom,
		Group: Sessions,
		Means: "The session cookie that the working request sends is not in the failing one, and no rule of browsers shows why.",
		Looks: "The cookie is gone, the server answers 401 or sends to the login, often with a fresh cookie of the same name.",
		Unlike: []Unlike{
			{"missing-credentials", "there no credential of any kind is left"},
			{"credentials-not-sent", "there a script asks across origins, and no cookie at all goes with it"},
			{"login-gives-no-session", "there the login of the failing capture sets no cookie"},
			{"cookie-domain-mismatch", "there, and with Path, Secure, SameSite and the prefixes, the rule that failed is known"},
		},
		Advice: []Advice{
			{Client, "Log in first and keep the cookies: curl, Python (requests.Session) and Go (http.Client.Jar) each have a jar.", "curl -c jar -b jar https://…"},
			{App, "Send people to the login with a way back.", "Location: /login?next=/the/page"},
		},
		Refs:     []string{"RFC 6265bis section 5.8"},
		Explains: []string{"auth-loop"},
		Detect:   detectSessionCookieMissing,
		Inject:   injectSessionCookieMissing,
		Live:     liveSessionCookieMissing,
		Enforced: ByClient,
		Expect:   refuses(expect.Hole, noSession...),
	}
}

func detectSessionCookieMissing(v *View) []Evidence {
	lost := v.lostCookies()
	if len(lost) == 0 || v.Failed.Response == nil || v.status() >= 500 && v.status() != 500 {
		return nil
	}
	var list []Evidence
	for i, c := range lost {
		strength := Decisive
		if i > 0 || rankOfName(c.Name) > 0 {
			strength = Strong
		}
		list = append(list, v.observed(strength, FromRequest, v.cookieEdit(c.Name, c.Value), "the working request sends this cookie, the failing one does not"))
	}
	list = append(list, v.saysWhyCookie(lost[0].Name)...)
	if at, ok := v.freshCookie(lost[0].Name); ok {
		list = append(list, v.observed(Strong, FromStatus, at, "the answer hands out a fresh cookie of that name, as to a stranger"))
	} else if diff.OutcomeOf(v.Failed).Ending == diff.LoginRedirect {
		list = append(list, v.observed(Strong, FromStatus, seen(diff.Response, diff.Location, "", v.field("location")), "the server sends to the login"))
	}
	if v.Voice() == Invalid {
		list = append(list, v.against(Against, FromText, "the answer speaks of a credential that it saw and refused"))
	}
	if v.scriptWithoutCookies() {
		list = append(list, v.against(Against, FromRequest, "a script asks another origin and no cookie at all goes with it"))
	}
	return list
}

// freshCookie is a cookie of that name that the failing answer sets.
func (v *View) freshCookie(name string) (diff.Edit, bool) {
	for _, line := range setCookieLines(v.Failed.Response) {
		if s := browser.ParseSetCookie(line); s.Name == name && s.Value != "" {
			return seen(diff.Response, diff.SetCookie, name, line), true
		}
	}
	return diff.Edit{}, false
}

// scriptWithoutCookies tells requests of a script to another origin that carry
// no cookie at all.
func (v *View) scriptWithoutCookies() bool {
	x := v.Failed
	return len(x.Request.CookiePairs()) == 0 && isCrossOriginCall(&x.Request)
}

func injectSessionCookieMissing(in *Injection) error {
	cookies, err := in.droppable(1)
	if err != nil {
		return err
	}
	withoutCookie(in.Request(), cookies[0].Name, "")
	in.Refuse(Refusal{Status: http.StatusUnauthorized, Code: "not_authenticated", Description: "You need to sign in to continue."})
	return nil
}

// droppable are the cookies that carry the login of the target, the first of
// them or, for 0, all.
func (in *Injection) droppable(first int) ([]traffic.Param, error) {
	cookies := loginCookies(in.Request())
	if len(cookies) == 0 {
		return nil, fmt.Errorf("%w: the request carries no session cookie", ErrCannotInject)
	}
	if first > 0 {
		cookies = cookies[:first]
	}
	if len(in.Request().CookiePairs()) == len(cookies) && isCrossOriginCall(in.Request()) {
		return nil, fmt.Errorf("%w: a script's request without any cookie is one that asked for none", ErrCannotInject)
	}
	return cookies, nil
}

// liveSessionCookieMissing leaves all of them away: a login that is remembered
// in a second cookie would open the door again.
func liveSessionCookieMissing(in *Injection) error {
	cookies, err := in.droppable(0)
	if err != nil {
		return err
	}
	for _, c := range cookies {
		withoutCookie(in.Request(), c.Name, "")
	}
	return nil
}
