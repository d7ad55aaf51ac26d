package scenarios

import (
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/expect"
)

func cookieStrippedByProxy() *Cause {
	return &Cause{
		ID: "cookie-stripped-by-proxy", Kind: Mechanism, Group: Proxies,
		Means: "A proxy, cache or CDN removed Cookie or Set-Cookie on the way.",
		Looks: "The login answers as before, but its Set-Cookie is gone, often from a cache; or the request carries the cookie and the answer speaks as if it did not.",
		Unlike: []Unlike{
			{"login-gives-no-session", "the app itself no longer opens a session"},
			{"session-expired", "the cookie arrives, and the session behind it is over"},
			{"tls-termination", "the app holds a Secure cookie back since it believes in http"},
		},
		Advice: []Advice{
			{Nginx, "Remove what hides cookies, and don't cache answers that set them.", "# proxy_hide_header Set-Cookie; proxy_ignore_headers Set-Cookie;\nproxy_cache_bypass $cookie_session; proxy_no_cache $cookie_session;"},
			{Apache, "Keep cookies out of mod_cache.", "CacheIgnoreHeaders Set-Cookie"},
			{Gateway, "Forward the session cookie and bypass the cache where it is present. A cached login page may show users each other's data: treat it as an incident.", ""},
		},
		Mends: []Mend{
			{CookieDropped, Advice{Nginx, "Take out the line that empties or sets Cookie.", "# proxy_set_header Cookie \"\";"}},
			{CookieDropped, Advice{Apache, "Take out the line that unsets or edits Cookie.", "# RequestHeader unset Cookie"}},
			{CookieDropped, Advice{HAProxy, "Take out the rule that deletes Cookie; \"cookie … indirect\" takes its own one alone.", "# http-request del-header Cookie"}},
			{CookieDropped, Advice{Caddy, "Take out the line that removes Cookie.", "# header_up -Cookie"}},
			{CookieDropped, Advice{Envoy, "Take Cookie out of what is removed.", "# request_headers_to_remove: [cookie]"}},
			{SetCookieDropped, Advice{Nginx, "Take out what hides Set-Cookie, and don't cache answers that set one.", "# proxy_hide_header Set-Cookie;\n# proxy_ignore_headers Set-Cookie;"}},
			{SetCookieDropped, Advice{Apache, "Take out what unsets Set-Cookie.", "# Header unset Set-Cookie\n# Header always unset Set-Cookie"}},
			{SetCookieDropped, Advice{HAProxy, "Take out the rule that deletes Set-Cookie.", "# http-response del-header Set-Cookie"}},
			{SetCookieDropped, Advice{Caddy, "Take out the line that removes Set-Cookie.", "# header_down -Set-Cookie"}},
			{SetCookieDropped, Advice{Envoy, "Take Set-Cookie out of what is removed.", "# response_headers_to_remove: [set-cookie]"}},
			{SetCookieRewritten, Advice{Nginx, "Take out proxy_cookie_path, or let it turn the backend's path into the public one.", "# proxy_cookie_path / /elsewhere/;\nproxy_cookie_path off;"}},
			{SetCookieRewritten, Advice{Apache, "Take out ProxyPassReverseCookiePath and edits of Set-Cookie, or let them turn the backend's path into the public one.", "# ProxyPassReverseCookiePath / /elsewhere/"}},
			{SetCookieRewritten, Advice{HAProxy, "Take out the rule that edits Set-Cookie.", "# http-response replace-header Set-Cookie …"}},
			{SetCookieRewritten, Advice{Caddy, "Take out the line that edits Set-Cookie.", "# header_down Set-Cookie …"}},
			{SetCookieDomain, Advice{Nginx, "Take out proxy_cookie_domain, or let it name the public host.", "proxy_cookie_domain off;"}},
			{SetCookieDomain, Advice{Apache, "Take out ProxyPassReverseCookieDomain, or let it name the public host.", "# ProxyPassReverseCookieDomain …"}},
			{SetCookieDomain, Advice{HAProxy, "Take out the rule that edits Set-Cookie.", "# http-response replace-header Set-Cookie …"}},
			{SetCookieDomain, Advice{Caddy, "Take out the line that edits Set-Cookie.", "# header_down Set-Cookie …"}},
			{SetCookieFlags, Advice{Nginx, "Let the app set the flags of its cookies.", "proxy_cookie_flags off;"}},
			{SetCookieFlags, Advice{Apache, "Let the app set the flags of its cookies.", "# Header edit Set-Cookie …"}},
			{SetCookieFlags, Advice{HAProxy, "Let the app set the flags of its cookies.", "# http-response replace-header Set-Cookie …"}},
			{SetCookieFlags, Advice{Caddy, "Let the app set the flags of its cookies.", "# header_down Set-Cookie …"}},
		},
		Refs:           []string{"RFC 6265bis section 3", "RFC 9111 section 7.3", "RFC 9110 section 5.3"},
		Prior:          -0.5,
		Explains:       []string{"login-gives-no-session", "session-cookie-missing", "missing-credentials"},
		SeenFromInside: true,
		Detect:         detectCookieStripped,
		Inject:         injectCookieStripped,
		Enforced:       ByProxy,
		Live:           liveCookieStripped,
		Expect:         refuses(expect.Hole, noSession...),
	}
}

func detectCookieStripped(v *View) []Evidence {
	if v.Failed.Response == nil {
		return nil
	}
	if loss, ok := v.lostSetCookie(); ok {
		return v.strippedDownstream(loss)
	}
	return v.strippedUpstream()
}

// strippedDownstream weighs a Set-Cookie that vanished. A proxy that hides
// the field hides all of it, and leaves the rest of the answer alone.
func (v *View) strippedDownstream(loss cookieLoss) []Evidence {
	if loss.picky && loss.cached == "" {
		return nil // tls-termination
	}
	found := []Evidence{loss.evidence("the answer no longer sets the session cookie")}
	bad := v.capture(Bad).Exchanges[loss.entry]
	before := names(onPath(v.capture(OK).Exchanges[loss.good].Response.Header))
	onTheWay, appeared := false, false
	for _, m := range onPath(bad.Response.Header) {
		onTheWay = onTheWay || m.layer != layerApp
		appeared = appeared || m.layer != layerApp && !slices.Contains(before, m.product)
	}
	if loss.cached != "" {
		at := seen(diff.Response, diff.Header, loss.cached, bad.Response.Header.Get(loss.cached))
		found = append(found, Evidence{Strength: Strong, Source: FromStatus, Side: Bad, Entry: loss.entry, At: at, Note: "it comes from a cache"})
	}
	switch {
	case loss.all && loss.otherwiseSame && onTheWay:
		found = append(found, Evidence{Strength: Strong, Source: FromStatus, Side: Bad, Entry: loss.entry, Note: "the answer is the same otherwise, and a proxy stands on the way"})
	case !onTheWay && loss.cached == "":
		found[0].Strength = Weak
	case !loss.otherwiseSame && !appeared && loss.cached == "":
		found[0].Strength = Weak
		found = append(found, v.against(Against, FromStatus, "the login ends otherwise than before, and nothing new stands on the way: a proxy takes the cookie and leaves the rest"))
	}
	if !loss.all {
		found = append(found, v.against(Against, FromFlow, "other cookies of that answer arrived"))
	}
	return found
}

// strippedUpstream weighs a cookie that was sent and not seen.
func (v *View) strippedUpstream() []Evidence {
	if found := v.cookieUnseen(); len(found) > 0 {
		return found
	}
	if v.Good == nil || v.Voice() != Missing || v.Failed.Request.Header.Get("authorization") != "" {
		return nil
	}
	hit, ok := v.Says(missingVoice)
	if !ok || !v.sameSession() {
		return nil
	}
	via := v.newOnPath()
	if via == "" && hit.Faint {
		return nil // a session that is over sounds the same
	}
	found := []Evidence{v.observed(Weak, hit.Source, hit.At, "the answer speaks as if nobody had logged in, and the request carries the session cookie that worked")}
	if !hit.Faint {
		found[0].Strength = Strong
	}
	if via != "" {
		found = append(found, v.observed(Strong, FromStatus, diff.Edit{}, via+" stands on the way, and did not before"))
	}
	return found
}

// cookieUnseen weighs what CSRF checks say that look for a cookie first: that
// there is none, while the request carries the one that this flow was given.
// Two recordings never share a session, so its value proves nothing.
func (v *View) cookieUnseen() []Evidence {
	hit, ok := v.Says("csrf-token-missing")
	if !ok || hit.Faint || !strings.HasPrefix(hit.words, "csrf cookie") || v.Good == nil {
		return nil
	}
	flow := v.cookieFlow(Bad)
	for _, c := range v.Failed.Request.CookiePairs() {
		sets := flow.sets[c.Name]
		given := slices.IndexFunc(sets, func(s cookieLine) bool { return s.value == c.Value && s.entry < v.Failed.Index })
		if given < 0 || len(v.cookieValues(&v.Good.Request, c.Name)) == 0 || !isSessionCookie(c.Name, c.Value) && !isCSRFName(c.Name) {
			continue
		}
		s := sets[given]
		return []Evidence{
			v.observed(Strong, hit.Source, hit.At, "the answer speaks as if no cookie had arrived, and the request carries it"),
			{Strength: Strong, Source: FromFlow, Side: Bad, Entry: s.entry, At: seen(diff.Response, diff.SetCookie, c.Name, s.line), Note: "the cookie that was sent was set here"},
		}
	}
	return nil
}

// sameSession tells whether both requests carry the same session cookie.
func (v *View) sameSession() bool {
	for _, c := range CredentialsOf(&v.Good.Request) {
		if c.Kind != SessionCookie {
			continue
		}
		for _, d := range CredentialsOf(&v.Failed.Request) {
			if d.Kind == SessionCookie && d.Name == c.Name && d.Value == c.Value {
				return true
			}
		}
	}
	return false
}

func injectCookieStripped(in *Injection) error {
	for _, login := range in.Flow.Exchanges[:in.Target] {
		if login.Response == nil {
			continue
		}
		for _, line := range login.Response.Header.Values("set-cookie") {
			name, value, _ := setCookieParts(line)
			if !isSessionName(name) && !looksRandom(value) || isCSRFName(name) || value == "" {
				continue
			}
			if !slices.Contains(cookieValues(in.Request(), name), value) {
				continue // the target would not miss it
			}
			DeleteHeader(&login.Response.Header, "set-cookie")
			login.Response.Cookies = nil
			SetHeader(&login.Response.Header, "X-Cache", "HIT")
			for _, x := range in.Flow.Exchanges[login.Index+1 : in.Target+1] {
				for i := range x.Request.Header.All("cookie") {
					x.Request.Header[i].Value = withoutCookies(x.Request.Header[i].Value, []string{name})
				}
				x.Request.Cookies = nil
			}
			in.Refuse(Refusal{Status: 401, Description: "Please log in", Code: "not_authenticated"})
			return nil
		}
	}
	return fmt.Errorf("%w: no answer before it sets a session cookie", ErrCannotInject)
}

func liveCookieStripped(in *Injection) error {
	if _, _, ok := in.sessionCookie(); !ok {
		return cannot("the request carries no session cookie")
	}
	return in.damage(Damage{Entry: in.Target, Do: DropRequestField, Name: "cookie"})
}
