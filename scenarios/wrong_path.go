package scenarios

import (
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func wrongPath() *Cause {
	return &Cause{
		ID:    "wrong-path",
		Kind:  Mechanism,
		Group: Target,
		Means: "The path is another one: a typo, an old link, a missing or doubled segment, a slash, another version.",
		Looks: "The path differs in form and the rest is the same; the answer is 404, 405 or 410, or a 401 or 403 of a guard that covers unknown paths.",
		Unlike: []Unlike{
			{"proxy-rewrite", "there the client's path is the same and a proxy changed it"},
			{"cookie-path-mismatch", "there the cookie does not follow to the new path"},
			{"cors-preflight-failed", "there a redirect to the right path meets a preflight, which may not follow"},
		},
		Advice: []Advice{
			{Client, "Join base URL and path with a URL library, not with +, and copy paths from the API's description.", `new URL("v1/orders", "https://api.example.com/")`},
			{Nginx, "Mind the slash at the end of proxy_pass: with one the matched prefix is replaced, without it the path passes as it is.", "merge_slashes on;\nlocation /api/ { proxy_pass http://app; }"},
			{App, "Redirect old paths with 308, which keeps method and body.", ""},
		},
		Refs:   []string{"RFC 9110 sections 4.2 and 15.5.5", "RFC 3986 section 6"},
		Detect: detectWrongPath,
		Inject: injectWrongPath,
		Parameters: []Parameter{
			{Name: "mistake", Type: TypeChoice, Choices: []Choice{{Value: "double-slash", Doc: "two slashes at the start"}, {Value: "typo", Doc: "one letter more at the end"}, {Value: "version", Doc: "a version before the last segment"}}, Default: "typo", Doc: "what is wrong with the path"},
		},
		Enforced: ByClient,
		Expect:   or(oneOf(expect.Lenient, 404, 405, 410, 400, 401, 403), sentAway(), expect.That(expect.StatusBetween(400, 499))),
	}
}

func detectWrongPath(v *View) []Evidence {
	good, bad, ok := v.urls()
	change, changed := v.mattering(diff.Path)
	if v.Good == nil {
		return v.unpairedPath()
	}
	if !ok || !changed || good.EscapedPath() == bad.EscapedPath() {
		return nil
	}
	note, form := pathMistake(good.EscapedPath(), bad.EscapedPath())
	if note == "" {
		return nil
	}
	if v.succeedsAt(Bad, func(u *url.URL) bool { return u.Host == bad.Host && u.EscapedPath() == bad.EscapedPath() }) {
		return []Evidence{v.against(RulesOut, FromFlow, "the same path works elsewhere in the failing capture")}
	}
	list := []Evidence{v.observed(form, FromRequest, change.Edit, note)}
	switch s := v.status(); {
	case form == Weak && (s == 404 || s == 410):
		list = append(list, v.observed(Weak, FromStatus, statusOf(v.Failed), "there is nothing under this id, or not for this caller"))
	case s == 404 || s == 405 || s == 410:
		list = append(list, v.observed(Decisive, FromStatus, statusOf(v.Failed), "the server does not know this path or does not take this method here"))
	case s == 401 || s == 403 || s == 400 || s == 421:
		list = append(list, v.observed(Weak, FromStatus, statusOf(v.Failed), "a guard may cover paths that nobody serves"))
	case s >= 500:
		list = append(list, v.against(Against, FromStatus, "the server knows the path and broke"))
	}
	if form == Weak && v.status() != 405 {
		list = append(list, v.against(Against, FromRequest, "it is the same kind of path, with another id"))
	}
	if !v.keepsCredentials() {
		list = append(list, v.against(Against, FromRequest, "a credential did not come along"))
	} else {
		list = append(list, v.says(Strong, "wrong-path", "the server says so in the words that it has for unknown paths")...)
	}
	if diff.IsPreflight(v.Failed) {
		list = append(list, v.against(Against, FromFlow, "it is a preflight that fails, which has rules of its own"))
	}
	if v.redirectedFrom(v.Failed) != nil {
		list = append(list, v.against(Against, FromFlow, "a redirect led to this path"))
	}
	return list
}

// unpairedPath judges a failing request without a counterpart, where the
// working capture has one without a counterpart too, at a path that is a
// mistake away.
func (v *View) unpairedPath() []Evidence {
	bad, status := v.Failed.Request.ParsedURL(), v.status()
	if bad == nil || status != 404 && status != 405 && status != 410 {
		return nil
	}
	for _, i := range v.OnlyOK {
		x := v.Comparison.OK.Exchanges[i]
		u := x.Request.ParsedURL()
		if u == nil || u.Host != bad.Host || x.Request.Method != v.Failed.Request.Method || !Works(x) || !oneMistake(u.EscapedPath(), bad.EscapedPath()) {
			continue
		}
		note, _ := pathMistake(u.EscapedPath(), bad.EscapedPath())
		return []Evidence{
			v.observed(Strong, FromRequest, seen(diff.Request, diff.Path, "", bad.Path), note),
			v.observed(Decisive, FromStatus, statusOf(v.Failed), "the server does not know this path or does not take this method here"),
			{Strength: Weak, Source: FromFlow, Side: OK, Entry: i, Note: "the working capture asks here, and never at the other path"},
		}
	}
	return nil
}

// oneMistake tells paths that are the same but for one segment more or less, or
// one slip in a segment.
func oneMistake(good, bad string) bool {
	g, b := strings.Split(strings.Trim(good, "/"), "/"), strings.Split(strings.Trim(bad, "/"), "/")
	if len(g) > len(b) {
		g, b = b, g
	}
	i := 0
	for i < len(g) && strings.EqualFold(g[i], b[i]) {
		i++
	}
	switch len(b) - len(g) {
	case 0:
		return i == len(g) || strings.Join(g[i+1:], "/") == strings.Join(b[i+1:], "/") && (closeWords(g[i], b[i]) || isVersion(g[i]) && isVersion(b[i]))
	case 1:
		return strings.Join(g[i:], "/") == strings.Join(b[i+1:], "/")
	}
	return false
}

// pathMistake names how two paths differ, and how much that looks like a
// mistake; Weak where only ids do.
func pathMistake(good, bad string) (string, Strength) {
	switch {
	case strings.Contains(bad, "//") && !strings.Contains(good, "//"):
		return "the path has a doubled slash", Strong
	case strings.TrimSuffix(good, "/") == strings.TrimSuffix(bad, "/"):
		return "the slash at the end differs", Strong
	case strings.EqualFold(good, bad):
		return "the path differs in case", Strong
	case decodedPath(good) == decodedPath(bad):
		return "the path is encoded otherwise", Strong
	}
	g, b := strings.Split(strings.Trim(good, "/"), "/"), strings.Split(strings.Trim(bad, "/"), "/")
	if len(g) != len(b) {
		return otherLength(g, b), Strong
	}
	differ, onlyIDs := 0, true
	note := "a segment of the path is another word"
	for i := range g {
		if g[i] == b[i] {
			continue
		}
		differ++
		onlyIDs = onlyIDs && isIdentifier(g[i]) && isIdentifier(b[i])
		switch {
		case isVersion(g[i]) && isVersion(b[i]):
			note = "the version in the path is another one"
		case closeWords(g[i], b[i]):
			note = "a segment of the path is misspelled"
		}
	}
	if onlyIDs {
		return "the path names another thing of the same kind", Weak
	}
	if differ > 1 && differ == len(g) {
		return "the path is another one altogether", Weak
	}
	return note, Strong
}

func decodedPath(path string) string {
	if plain, err := url.PathUnescape(path); err == nil {
		return plain
	}
	return path
}

func otherLength(g, b []string) string {
	if len(b) > len(g) {
		for i := 1; i < len(b); i++ {
			if b[i] == b[i-1] && b[i] != "" {
				return "a segment of the path is doubled"
			}
		}
		return "the path has a segment more"
	}
	return "the path lacks a segment"
}

func isVersion(segment string) bool {
	rest, ok := strings.CutPrefix(strings.ToLower(segment), "v")
	if !ok {
		rest = segment
	}
	return rest != "" && len(rest) <= 10 && strings.Trim(rest, "0123456789.-") == "" && (ok || strings.ContainsAny(rest, ".-"))
}

// closeWords tells words that are one slip of the finger apart: a letter more,
// less, another, or two swapped.
func closeWords(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 || len(b) > 64 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	a, b = a[i:], b[i:]
	switch {
	case len(a) < len(b):
		return a == b[1:]
	case a[1:] == b[1:]:
		return true
	}
	return len(a) > 1 && a[0] == b[1] && a[1] == b[0] && a[2:] == b[2:]
}

func injectWrongPath(in *Injection) error {
	u := in.Request().ParsedURL()
	if u == nil || len(u.Path) < 3 {
		return cannot("the path is too short for a mistake")
	}
	path := u.Path
	i := strings.LastIndexByte(strings.TrimSuffix(path, "/"), '/')
	wrong := []string{"/" + path, strings.TrimSuffix(path, "/") + "x", path[:i] + "/v9" + path[i:]}
	if err := in.moveURL(func(u *url.URL) { u.Path, u.RawPath = wrong[in.pick("mistake", "double-slash", "typo", "version")], "" }); err != nil {
		return err
	}
	in.Refuse(Refusal{Status: 404, Code: "not_found", Description: "no Route matched with those values"})
	return nil
}
