package scenarios

import (
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
)

func TestCookieSameSiteBlocked(t *testing.T) {
	cross := "> Origin: https://widget.birch.example\n> Sec-Fetch-Site: cross-site\n> Sec-Fetch-Mode: cors\n> Sec-Fetch-Dest: empty\n"
	api := "GET https://desk.alder.example/api/me\n" + asChromium + cross
	none := "< Set-Cookie: desk_session=8fK2xQ91mZpL7vTb; Path=/; Secure; SameSite=None\n"
	worked := signIn(none, api+cookieKept)
	checkCause(t, cookieSameSiteBlocked(), []causeFlow{
		{"Lax and a fetch of another site", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/; Secure; SameSite=Lax\n", api+"< 401\n"), true, 0},
		{"no attribute counts as Lax", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/; Secure\n", api+"< 401\n"), true, 0},
		{"None without Secure is refused", worked, signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/; SameSite=None\n", api+"< 401\n"), true, 0},
		{"a browser that keeps cookies from third parties says so", worked, signIn(none, api+"> Sec-Fetch-Storage-Access: none\n< 401\n"), true, 0},
		{"Strict, and a link from elsewhere", signIn(goodLine, inboxPage+cookieKept), signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/; Secure; SameSite=Strict\n",
			"GET https://desk.alder.example/inbox\n"+asChromium+"> Sec-Fetch-Site: cross-site\n> Sec-Fetch-Mode: navigate\n> Sec-Fetch-Dest: document\n> Referer: https://mail.birch.example/\n"+turnedAway), true, 0},
		{"Lax and a form that another site posts back (form_post)", "GET https://desk.alder.example/start\n" + asChromium + asVisit + "< 302\n< Set-Cookie: oidc_session=8fK2xQ91mZpL7vTb; Secure; SameSite=None; Path=/\n\nPOST https://desk.alder.example/back\n" +
			asChromium + "> Origin: https://idp.birch.example\n> Sec-Fetch-Site: cross-site\n> Sec-Fetch-Mode: navigate\n> Sec-Fetch-Dest: document\n> Cookie: oidc_session=8fK2xQ91mZpL7vTb\n< 200\n",
			"GET https://desk.alder.example/start\n" + asChromium + asVisit + "< 302\n< Set-Cookie: oidc_session=Qm4y7Hs0aWcX2nRk; Secure; SameSite=Lax; Path=/\n\nPOST https://desk.alder.example/back\n" +
				asChromium + "> Origin: https://idp.birch.example\n> Sec-Fetch-Site: cross-site\n> Sec-Fetch-Mode: navigate\n> Sec-Fetch-Dest: document\n< 401\n", true, 0},
		{"Firefox has no Lax by default, and keeps third parties apart", "", signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/; Secure\n", inboxPage+turnedAway), false, 0},
		{"hosts of one site are never cross-site", signIn(goodLine, inboxPage+cookieKept), signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/; Secure; SameSite=Strict\n",
			"GET https://desk.alder.example/inbox\n"+asChromium+"> Sec-Fetch-Site: same-site\n> Sec-Fetch-Mode: cors\n> Origin: https://www.alder.example\n"+turnedAway), false, 0},
		{"curl knows no SameSite", "POST https://h.alder.example/in\n" + asCurl + "< 204\n< Set-Cookie: sid=8fK2xQ91mZpL7vTb\n\nGET https://h.alder.example/me\n" + asCurl + "> Cookie: sid=8fK2xQ91mZpL7vTb\n< 200\n",
			"POST https://h.alder.example/in\n" + asCurl + "< 204\n< Set-Cookie: sid=8fK2xQ91mZpL7vTb; SameSite=Strict\n\nGET https://h.alder.example/me\n" + asCurl + "> Origin: https://x.example\n< 401\n", false, 0},
		{"the cookie would go: the script did not ask for it", worked, signIn(none, api+"< 401\n"), false, 0},
	})
}

// TestNoneWithoutSecureIsToldFirst: the verdict and the fix both begin with what
// is wrong in the line, for to move the API to the page's site mends it too late.
func TestNoneWithoutSecureIsToldFirst(t *testing.T) {
	cross := "GET https://desk.alder.example/api/me\n" + asChromium + "> Origin: https://widget.birch.example\n> Sec-Fetch-Site: cross-site\n> Sec-Fetch-Mode: cors\n> Sec-Fetch-Dest: empty\n"
	ok := signIn("< Set-Cookie: desk_session=8fK2xQ91mZpL7vTb; Path=/; Secure; SameSite=None\n", cross+cookieKept)
	bad := signIn("< Set-Cookie: desk_session=Qm4y7Hs0aWcX2nRk; Path=/; SameSite=None\n", cross+"< 401\n")
	d := Diagnose(diff.Compare(written(t, ok), written(t, bad), diff.Options{}))
	if len(d.Findings) == 0 || d.Findings[0].Cause.ID != "cookie-samesite-blocked" {
		t.Fatal(verdict(d))
	}
	if note := d.Findings[0].Evidence[0].Note; !strings.Contains(note, "needs Secure") {
		t.Errorf("evidence: %s", note)
	}
	if fix := d.Findings[0].Cause.AdviceFor(nil)[0].Text; !strings.HasPrefix(fix, "Add Secure") {
		t.Errorf("fix: %s", fix)
	}
}
