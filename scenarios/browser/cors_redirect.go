package browser

import "strings"

// maxRedirects is the standard's limit (Fetch section "HTTP-redirect fetch").
const maxRedirects = 20

// location extracts the Location of an answer; several says that there are
// different ones.
func location(header Fields) (value string, present, several bool) {
	for _, f := range header {
		if !strings.EqualFold(f.Name, "Location") {
			continue
		}
		v := trimHTTP(f.Value)
		several = several || present && v != value
		if !present {
			value, present = v, true
		}
	}
	return value, present, several
}

// isRedirect tells whether the browser follows the answer: a redirect without
// Location is an ordinary answer.
func isRedirect(a *CORSAnswer, p Profile) bool {
	value, present, _ := location(a.Header)
	return IsRedirect(a.Status) && present && (value != "" || p == Standard)
}

// netFailure is what ends the request below CORS.
func (d *decision) netFailure(a *CORSAnswer, stage CORSStage) {
	if a.Status == 407 {
		// "HTTP-network-or-cache fetch": a 407 from a server that is no proxy.
		d.failNet(stage, corsFailure{rule: RuleProxyAuth}, "net::ERR_UNEXPECTED_PROXY_AUTH")
		return
	}
	if _, _, several := location(a.Header); several && (d.p == Chromium || isRedirect(a, d.p)) {
		d.failNet(stage, corsFailure{rule: RuleRedirectLocation}, "net::ERR_RESPONSE_HEADERS_MULTIPLE_LOCATION")
		return
	}
	if d.p == Chromium && isRedirect(a, d.p) {
		value, _, _ := location(a.Header)
		if _, err := parseURL(value, &d.url); err != nil {
			d.failNet(stage, corsFailure{rule: RuleRedirectLocation}, "net::ERR_INVALID_REDIRECT")
		}
	}
}

// target reads the Location of a redirect.
func (d *decision) target(a *CORSAnswer) (webURL, bool) {
	value, _, _ := location(a.Header)
	next, err := parseURL(value, &d.url)
	if err != nil {
		d.failNet(StageRedirect, corsFailure{rule: RuleRedirectLocation}, "net::ERR_INVALID_REDIRECT")
		return next, false
	}
	if next.http() {
		return next, true
	}
	f := corsFailure{rule: RuleRedirectScheme, got: next.scheme, want: "http or https"}
	switch {
	case unsafeScheme(next.scheme):
		d.failNet(StageRedirect, f, "net::ERR_UNSAFE_REDIRECT")
	case d.r.Mode == ModeCORS:
		d.fail(StageRedirect, f)
	default:
		d.failNet(StageRedirect, f, "net::ERR_UNKNOWN_URL_SCHEME")
	}
	return next, false
}

// unsafeScheme is what a redirect from the web may never reach in Chromium,
// whatever the mode.
func unsafeScheme(scheme string) bool {
	switch scheme {
	case "about", "data", "blob", "file", "chrome", "chrome-extension", "devtools":
		return true
	}
	return false
}

// redirect is "HTTP-redirect fetch", with the CORS check that precedes it.
func (d *decision) redirect(a *CORSAnswer) {
	if d.cors {
		if f := corsCheck(a.Header, d.requestOrigin(), d.r.Credentials); f.failed() {
			d.fail(StageRedirect, f)
			return
		}
	}
	switch d.r.Redirect {
	case RedirectError:
		d.failNet(StageRedirect, corsFailure{rule: RuleRedirectError}, "net::ERR_FAILED")
		return
	case RedirectManual:
		d.v.Allowed, d.v.Status, d.done = true, 0, true
		d.v.ResponseType, d.v.Visible = "opaqueredirect", []string{}
		return
	}
	next, ok := d.target(a)
	if !ok {
		return
	}
	if d.hop == maxRedirects {
		d.failNet(StageRedirect, corsFailure{rule: RuleRedirectCount}, "net::ERR_TOO_MANY_REDIRECTS")
		return
	}
	if d.redirectUserinfo(&next); d.done {
		return
	}
	if a.Status != 303 && d.r.Body == StreamBody && d.body {
		d.failNet(StageRedirect, corsFailure{rule: RuleRedirectBody}, "net::ERR_INVALID_ARGUMENT")
		return
	}
	d.follow(a.Status, &next)
}

// redirectUserinfo refuses a target with user name or password.
func (d *decision) redirectUserinfo(next *webURL) {
	if !next.userinfo || d.r.Mode != ModeCORS {
		return
	}
	f := corsFailure{rule: RuleRedirectCredentials}
	if d.cors || !d.r.Origin.SameOrigin(next.origin()) {
		d.fail(StageRedirect, f)
		return
	}
	if d.p == Chromium && d.r.Via == ViaFetch {
		d.failNet(StageRedirect, f, "origin")
		d.v.Error = ""
		d.deviates(DeviationRedirectUserinfo)
	}
}

// follow turns the request into that for the next hop.
func (d *decision) follow(status int, next *webURL) {
	from, to := d.url.origin(), next.origin()
	if !from.SameOrigin(to) {
		if !d.r.Origin.SameOrigin(from) {
			d.tainted = true
		}
		d.drop(func(name string) bool { return name == "authorization" }) // for good, also where a later hop comes back
	}
	if RedirectsToGET(status, d.method) {
		d.method, d.body = "GET", false
		d.drop(IsBodyField)
	}
	if next.fragment == "" {
		next.fragment = d.url.fragment
	}
	d.url = *next
	d.hop++
}

func (d *decision) drop(which func(name string) bool) {
	kept := d.headers[:0]
	for _, h := range d.headers {
		if !which(h.name) {
			kept = append(kept, h)
		}
	}
	d.headers = kept
}

// badPort is the standard's port blocking list.
func badPort(port uint16) bool {
	switch port {
	case 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95,
		101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179,
		389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601,
		636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000,
		6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080:
		return true
	}
	return false
}
