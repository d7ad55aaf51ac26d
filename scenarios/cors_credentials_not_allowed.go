package scenarios

import (
	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func corsCredentialsNotAllowed() *Cause {
	return &Cause{
		ID:    "cors-credentials-not-allowed",
		Kind:  Mechanism,
		Group: CORS,
		Means: "The page sends its cookies along, and the server's answer does not allow that, so the browser keeps it from the script.",
		Looks: "The request goes out with cookies to another origin, and the answer has Access-Control-Allow-Origin: *, or no " +
			"Access-Control-Allow-Credentials, or another value there than exactly true. In the preflight, * for methods or headers counts for nothing.",
		Unlike: []Unlike{
			{"credentials-not-sent", "there the page sends none, and the script can read the refusal"},
			{"cors-origin-not-allowed", "there the origin itself is not allowed, with credentials or without"},
		},
		Advice: []Advice{
			{App, "Answer with the page's own origin and allow credentials; list methods and headers by name. Never echo any origin that asks.", "Access-Control-Allow-Origin: https://app.example.com\nAccess-Control-Allow-Credentials: true\nVary: Origin"},
			{Client, "Leave the credentials out where the API needs none.", `fetch(url, {credentials: "omit"})`},
			{Nginx, "Replace the star by the known origin, and add the second header.", "add_header Access-Control-Allow-Origin $cors always;\nadd_header Access-Control-Allow-Credentials true always;"},
			{Apache, "The same for Apache.", "Header always set Access-Control-Allow-Origin %{CORS}e env=CORS\nHeader always set Access-Control-Allow-Credentials true env=CORS"},
			{Gateway, "API gateways that are set to allow all origins send the star; give them the list.", ""},
		},
		Refs:   []string{"Fetch, section \"CORS check\"", "Fetch, section \"CORS protocol and credentials\""},
		Prior:  -0.5,
		Detect: detectCredentialsNotAllowed,
		Inject: injectCredentialsNotAllowed,
		Parameters: []Parameter{
			{Name: "origin", Type: TypeOrigin, Default: "https://evil.example", Doc: "the page that asks"},
		},
		Enforced: ByBrowser,
		Live:     liveCredentialsNotAllowed,
		Expect:   blocked(expect.Hole),
	}
}

func detectCredentialsNotAllowed(v *View) []Evidence {
	r := v.withheldFor()
	switch {
	case r == nil:
		return nil
	case r.Rule == "":
		return v.perhapsCredentials(r)
	case r.Cause != "cors-credentials-not-allowed":
		return nil
	case v.hidesRefusal(r):
		at, entry := v.ruleEdit(r)
		return []Evidence{{Strength: Weak, Source: FromSimulation, Side: Bad, Entry: entry, At: at, Note: "the refusal does not allow credentials, so the script sees a network error instead"},
			v.against(Against, FromStatus, "the server refused for a reason of its own, which the header only hides")}
	}
	list := v.decided(r, ruleNote(r))
	if v.Failed.Request.Header.Has("Cookie") {
		list = append(list, v.observed(Weak, FromRequest, diff.Edit{}, "the request carries cookies to another origin"))
	}
	return list
}

func (v *View) perhapsCredentials(r *corsRead) []Evidence {
	if !v.sendsCookiesElsewhere(Bad) && !includesCredentials(v.Failed) || len(v.pageMoved(Strong)) > 0 {
		return nil
	}
	list := []Evidence{v.observed(Weak, FromStatus, v.blockEdit(), "the browser blocked a request across origins that goes with credentials")}
	if !r.needsPreflight() {
		list[0].Strength = Strong
	}
	return append(list, v.unmade()...)
}

func injectCredentialsNotAllowed(in *Injection) error {
	x, err := in.crossOrigin()
	if err != nil {
		return err
	}
	if !includesCredentials(x) || x.Response.Header.Get("access-control-allow-credentials") != "true" {
		return cannot("the request goes without cookies")
	}
	switch in.Rand.IntN(3) {
	case 0:
		SetHeader(&x.Response.Header, "access-control-allow-origin", "*")
		DeleteHeader(&x.Response.Header, "access-control-allow-credentials")
	case 1:
		SetHeader(&x.Response.Header, "access-control-allow-credentials", "True")
	default:
		DeleteHeader(&x.Response.Header, "access-control-allow-credentials")
	}
	in.keptFromScript(x)
	return nil
}

// liveCredentialsNotAllowed lets a page of another origin ask with cookies.
func liveCredentialsNotAllowed(in *Injection) error {
	page, err := in.foreignPage()
	if err != nil {
		return err
	}
	if !includesCredentials(in.Exchange()) {
		return cannot("the request goes without cookies")
	}
	in.Live.moves.Visit = &Visit{Page: page.String(), CORS: true, Credentials: true}
	return nil
}
