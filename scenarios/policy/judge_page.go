package policy

import (
	"net/http"
	"strings"

	"golang.org/x/net/html"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/challenge"
)

// pages judges what a person was shown who asked for a page and was not let in:
// the way to the login, or a bare 401.
func (j *judge) pages() {
	for at, i := range j.order {
		x := j.flow.Exchanges[i]
		switch {
		case x.Response == nil || !scenarios.IsNavigation(x) || carriesPassword(&x.Request):
		case diff.OutcomeOf(x).Ending == diff.LoginRedirect:
			j.saw(BareRefusal)
		case x.Response.Status == http.StatusUnauthorized:
			bare, known := isBare(x.Response)
			if !known {
				continue
			}
			j.saw(BareRefusal)
			if bare && !j.loginNext(at) {
				j.broken(Breach{Rule: BareRefusal, Entry: i, Said: "a page was answered with 401, and nothing leads to the login"})
			}
		}
	}
}

// isBare tells whether a 401 shows no way to log in: no challenge for which a
// browser asks, no form, no link. What scripts would do of it is not known.
func isBare(r *traffic.Response) (bare, known bool) {
	for _, c := range challenge.Parse(r.Header.Values("www-authenticate")...) {
		switch strings.ToLower(c.Scheme) {
		case "basic", "digest", "negotiate", "ntlm":
			return false, true
		}
	}
	if r.Header.Has("refresh") {
		return false, true
	}
	content, err := r.Body.Bytes(maxGrant)
	if err != nil || !r.Body.Present() && (r.Sizes.Content != 0 || r.Sizes.Body > 0) {
		return false, false
	}
	kind := strings.ToLower(r.Header.Get("content-type"))
	if kind == "" {
		kind = strings.ToLower(r.Body.MediaType)
	}
	if !strings.Contains(kind, "html") {
		return true, true
	}
	return pageIsBare(string(content))
}

// pageIsBare looks for a form, a link to a login, a page that leads on, and
// scripts.
func pageIsBare(page string) (bare, known bool) {
	z := html.NewTokenizer(strings.NewReader(page))
	scripts := false
	for {
		switch z.Next() {
		case html.ErrorToken: // the end, or what is cut off
			return !scripts, !scripts
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch t.Data {
			case "form":
				return false, true
			case "script":
				scripts = true
			case "meta":
				if strings.EqualFold(attribute(t, "http-equiv"), "refresh") {
					return false, true
				}
			case "a":
				r := traffic.Request{URL: attribute(t, "href")}
				if u := r.ParsedURL(); u != nil && diff.IsLoginPath(u.Path) {
					return false, true
				}
			}
		}
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// loginNext tells whether the next page is one of a login: somebody, or
// something, found the way.
func (j *judge) loginNext(at int) bool {
	for _, i := range j.order[at+1:] {
		if x := j.flow.Exchanges[i]; scenarios.IsNavigation(x) {
			return j.logsIn(x)
		}
	}
	return false
}
