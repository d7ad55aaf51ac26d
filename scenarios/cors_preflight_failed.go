package scenarios

import (
	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/expect"
)

func corsPreflightFailed() *Cause {
	return &Cause{
		ID:    "cors-preflight-failed",
		Kind:  Mechanism,
		Group: CORS,
		Means: "The browser asked the server for leave with OPTIONS, did not get it, and never sent the request itself.",
		Looks: "The OPTIONS beside the request is answered 401, 403, 404, 405 or with a redirect, or its answer does not list the method or a header " +
			"of the request; the request itself has status 0. Playwright shows no OPTIONS at all, proxies show nothing but it.",
		Unlike: []Unlike{
			{"missing-credentials", "a preflight never carries credentials, so its 401 means that authentication stands in front of OPTIONS"},
			{"cors-origin-not-allowed", "there the server answers the preflight and leaves this one origin out, or refuses at the request itself"},
			{"cors-credentials-not-allowed", "there it is the credentials that the answer does not allow"},
			{"wrong-path", "there the request itself is answered 404 too"},
		},
		Advice: []Advice{
			{App, "Answer OPTIONS before authentication and routing, and list every method and header that the page uses.", "app.use(cors({origin: pages, credentials: true}))  // first"},
			{Client, "Call the URL that the server really has: a preflight may not be redirected. Leave out headers that the server does not need.", ""},
			{Nginx, "Answer OPTIONS in the location itself; always makes the headers stand on every status.", "if ($request_method = OPTIONS) { return 204; }\nadd_header Access-Control-Allow-Origin $cors always;\nadd_header Access-Control-Allow-Headers \"authorization, content-type\" always;"},
			{Apache, "Let OPTIONS through without a user.", "<LimitExcept OPTIONS>\n  Require valid-user\n</LimitExcept>"},
			{HAProxy, "Answer OPTIONS in the frontend, before http-request auth; add the headers on the way out.", "http-request return status 204 if METH_OPTIONS cors_page"},
			{Envoy, "Let the CORS filter stand before jwt_authn, and let preflights past it.", "bypass_cors_preflight: true"},
			{Gateway, "Turn off authentication for preflights (Kong: run_on_preflight; API gateways: the CORS setting of the route).", "run_on_preflight: false"},
		},
		Mends: []Mend{
			{PreflightRefused, Advice{Nginx, "Let OPTIONS through to the app, or answer it: look for limit_except, for an if on $request_method, for auth in front of it.", "# if ($request_method !~ ^(GET|HEAD|POST)$) { return 405; }"}},
			{PreflightRefused, Advice{Apache, "Let OPTIONS through to the app: look for <Limit>, for a RewriteCond on REQUEST_METHOD, for auth in front of it.", "# RewriteCond %{REQUEST_METHOD} !^(GET|HEAD|POST)$"}},
			{PreflightRefused, Advice{HAProxy, "Let OPTIONS through to the app.", "# http-request return status 405 if METH_OPTIONS"}},
			{PreflightRefused, Advice{Caddy, "Let OPTIONS through to the app: look for a matcher on the method.", "# respond @options 405"}},
		},
		Refs:   []string{"Fetch, section \"CORS-preflight fetch\"", "Fetch, section \"CORS protocol and HTTP\""},
		Prior:  -0.5,
		Detect: detectPreflightFailed,
		Inject: injectPreflightFailed,
		Parameters: []Parameter{
			{Name: "origin", Type: TypeOrigin, Default: "https://evil.example", Doc: "the page that asks"},
		},
		Enforced: ByBrowser,
		Live:     livePreflightFailed,
		Expect:   blocked(expect.Hole),
	}
}

func detectPreflightFailed(v *View) []Evidence {
	r := v.withheldFor()
	if r == nil {
		return nil
	}
	if corsStatus(v.Failed) > 0 && !diff.IsPreflight(v.Failed) {
		return []Evidence{v.against(RulesOut, FromStatus, "the request itself was answered")}
	}
	if r.Rule == "" {
		return v.perhapsPreflight(r)
	}
	if r.verdict.Stage != browser.StagePreflight {
		return nil
	}
	if r.Cause != "cors-preflight-failed" {
		at, entry := v.ruleEdit(r)
		return []Evidence{{Strength: Weak, Source: FromSimulation, Side: Bad, Entry: entry, At: at, Note: "it was the preflight (OPTIONS) that failed"},
			v.against(Against, FromSimulation, "the server knows preflights and refuses the origin or the credentials of this one")}
	}
	list := v.decided(r, ruleNote(r))
	list = append(list, v.asksNewly(Strong)...)
	if r.verdict.Rule == browser.RulePreflightRedirect {
		for _, part := range []diff.Part{diff.Path, diff.Scheme, diff.Host} {
			if c, ok := v.Change(diff.Request, part, ""); ok && c.Noise == "" {
				list = append(list, v.changed(Weak, c, "the address that the server redirects from"))
			}
		}
	}
	return list
}

// perhapsPreflight is the evidence where the recorder has neither the preflight
// nor the reason.
func (v *View) perhapsPreflight(r *corsRead) []Evidence {
	if !r.needsPreflight() {
		return nil
	}
	list := []Evidence{v.observed(Strong, FromStatus, v.blockEdit(), "the browser blocked a request across origins that needs a preflight")}
	list = append(append(list, v.asksNewly(Strong)...), v.unmade()...)
	if len(v.pageMoved(Strong)) > 0 {
		return append(list, v.against(Against, FromRequest, "another page asks than before, whose origin may not be allowed"))
	}
	if v.originWelcome(r) {
		list = append(list, Evidence{Strength: Weak, Source: FromFlow, Side: Bad, Entry: v.Failed.Index, Note: "the server lets the page read its answers to other requests"})
	}
	return list
}

// originWelcome tells whether the same server let the same page read another
// answer.
func (v *View) originWelcome(r *corsRead) bool {
	server, err := browser.OriginOf(r.url)
	if err != nil {
		return false
	}
	for _, x := range v.Comparison.Bad.Exchanges {
		if x == v.Failed || x.Response == nil || corsStatus(x) == 0 || diff.IsPreflight(x) || x.Response.Error != "" {
			continue
		}
		if o, err := browser.OriginOf(x.Request.URL); err == nil && o == server &&
			x.Response.Header.Get("Access-Control-Allow-Origin") == r.origin.String() {
			return true
		}
	}
	return false
}

func injectPreflightFailed(in *Injection) error {
	x, err := in.crossOrigin()
	if err != nil {
		return err
	}
	p := preflightOf(in.Flow, x)
	if p == nil {
		if marksNothing(in.Flow) {
			return cannot("the flow has no preflight")
		}
		p = in.addPreflight(x)
	}
	switch in.Rand.IntN(5) {
	case 0: // authentication stands in front of OPTIONS
		p.Response = in.Server.Answer(Refusal{Status: 401, Scheme: "Bearer", Description: "Unauthorized"})
	case 1: // OPTIONS is not routed
		p.Response = in.Server.Answer(Refusal{Status: 404 + in.Rand.IntN(2), Description: "Not Found"})
	case 2: // the answer allows, its status does not
		p.Response.Status = 403
	default:
		need := browser.NeedsPreflight(authorRequest(x), browser.Chromium)
		if len(need.Headers) > 0 {
			SetHeader(&p.Response.Header, "access-control-allow-headers", "x-other")
		} else {
			SetHeader(&p.Response.Header, "access-control-allow-methods", "GET,POST")
		}
	}
	in.neverSent(x)
	return nil
}

// livePreflightFailed lets a page of another origin ask the real server for
// leave.
func livePreflightFailed(in *Injection) error {
	page, err := in.foreignPage()
	if err != nil {
		return err
	}
	r := authorRequest(in.Exchange())
	r.Origin = page
	if need := browser.NeedsPreflight(r, browser.Chromium); !need.Needed {
		return cannot("the request needs no preflight")
	}
	in.Live.moves.Visit = &Visit{Page: page.String(), CORS: true, Credentials: includesCredentials(in.Exchange())}
	return nil
}

// foreignPage is the page of the parameter, of another origin than the target.
func (in *Injection) foreignPage() (browser.Origin, error) {
	page, ok := parseOrigin(in.With["origin"])
	target, err := browser.OriginOf(in.Request().URL)
	switch {
	case !ok || err != nil:
		return browser.Origin{}, cannot("the page or the target has no origin")
	case page.SameOrigin(target):
		return browser.Origin{}, cannot("the page is of the same origin")
	case diff.IsPreflight(in.Exchange()):
		return browser.Origin{}, cannot("the request is a preflight itself")
	}
	return page, nil
}
