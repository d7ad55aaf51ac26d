package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func wrongMethod() *Cause {
	return &Cause{
		ID:    "wrong-method",
		Kind:  Mechanism,
		Group: Target,
		Means: "The method is another one than in the working request, often since a redirect turned POST into GET.",
		Looks: "Method differs at the same URL, and body and Content-Type are gone with it; the answer is 405 with Allow, or that of another operation.",
		Unlike: []Unlike{
			{"wrong-path", "there 405 comes with the method that always worked"},
			{"cors-preflight-failed", "there OPTIONS is a preflight and not the request itself"},
			{"csrf-token-missing", "there an unsafe method is refused for want of a token"},
		},
		Advice: []Advice{
			{Client, "Call the final URL; do not follow redirects in tests.", `fetch(url, {method: "POST", redirect: "error"})`},
			{Nginx, "308 keeps method and body, 301 and 302 do not.", "return 308 https://$host$request_uri;"},
			{App, "Name the methods that exist.", "Allow: GET, POST"},
		},
		Refs:   []string{"RFC 9110 sections 15.4.2 to 15.4.9 and 15.5.6", "Fetch, HTTP-redirect fetch"},
		Prior:  -0.3,
		Detect: detectWrongMethod,
		Inject: injectWrongMethod,
		Parameters: []Parameter{
			{Name: "method", Type: TypeChoice, Choices: []Choice{{Value: "GET", Doc: "reads"}, {Value: "POST", Doc: "writes"}, {Value: "PUT", Doc: "writes"}, {Value: "PATCH", Doc: "writes"}, {Value: "DELETE", Doc: "deletes"}}, Doc: "the method instead"},
		},
		Enforced: ByClient,
		Expect:   oneOf(expect.Lenient, 405, 404, 401, 403, 400, 501),
	}
}

func detectWrongMethod(v *View) []Evidence {
	good, bad, ok := v.urls()
	change, changed := v.mattering(diff.Method)
	if diff.IsPreflight(v.Failed) {
		return nil
	}
	if !ok || !changed {
		return v.methodNotAllowed()
	}
	strength := Strong
	if strings.TrimSuffix(good.Path, "/") == strings.TrimSuffix(bad.Path, "/") {
		strength = Decisive
	}
	list := []Evidence{v.observed(strength, FromRequest, change.Edit, "the method is another one")}
	for _, c := range v.Matter() {
		gone := c.Part == diff.Body || c.Part == diff.Header && (c.Name == "content-type" || c.Name == "content-length")
		if gone && c.Op == diff.Remove {
			list = append(list, v.observed(Weak, FromRequest, c.Edit, "the body went with it"))
		}
	}
	if from := v.redirectedFrom(v.Failed); from != nil {
		list = append(list, Evidence{Strength: Decisive, Source: FromFlow, Side: Bad, Entry: from.Index, At: statusOf(from), Note: "a redirect that lets clients change POST to GET"})
	}
	if v.allows(v.Good.Request.Method) {
		list = append(list, v.observed(Decisive, FromStatus, allowOf(v), "the server allows the method of the working request and not this one"))
	} else if v.status() == 405 || v.status() == 501 {
		list = append(list, v.observed(Strong, FromStatus, statusOf(v.Failed), "the server does not take this method here"))
	}
	return list
}

// methodNotAllowed judges a failing request alone.
func (v *View) methodNotAllowed() []Evidence {
	if v.worked() != nil || v.status() != 405 || !v.answerHeader().Has("allow") {
		return nil
	}
	return []Evidence{v.observed(Strong, FromStatus, allowOf(v), "the server names the methods that it takes, and this one is not among them")}
}

func allowOf(v *View) diff.Edit {
	return seen(diff.Response, diff.Header, "allow", v.field("allow"))
}

// allows tells whether a 405 names a method and not that of the request (RFC
// 9110 section 10.2.1).
func (v *View) allows(method string) bool {
	if v.status() != 405 {
		return false
	}
	allowed := strings.FieldsFunc(strings.ToUpper(strings.Join(v.answerHeader().Values("allow"), ",")), func(r rune) bool { return r == ',' || r == ' ' })
	return slices.Contains(allowed, strings.ToUpper(method)) && !slices.Contains(allowed, strings.ToUpper(v.Failed.Request.Method))
}

func injectWrongMethod(in *Injection) error {
	r := in.Request()
	wrong := "GET"
	if strings.EqualFold(r.Method, "GET") {
		wrong = "POST"
	}
	if in.With["method"] != "" {
		wrong = in.With["method"]
	}
	if strings.EqualFold(wrong, r.Method) {
		return cannot("the flow uses that method")
	}
	allowed := r.Method
	for _, i := range append(in.handshake(), in.Target) {
		x := in.own(i)
		x.Request.Method = wrong
		if x.Request.Header.Has(":method") {
			SetHeader(&x.Request.Header, ":method", wrong)
		}
	}
	in.Refuse(Refusal{Status: 405, Code: "method_not_allowed", Description: "Method Not Allowed"})
	SetHeader(&in.Exchange().Response.Header, "Allow", allowed)
	return nil
}
