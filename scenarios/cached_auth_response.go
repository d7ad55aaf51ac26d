package scenarios

import (
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/devtools"
	"github.com/replaydiff/replay/scenarios/expect"
)

func cachedAuthResponse() *Cause {
	return &Cause{
		ID:    "cached-auth-response",
		Kind:  Mechanism,
		Group: Captures,
		Means: "The refusal comes out of a cache: the server was not asked, so nothing that the request carries can change the answer.",
		Looks: "A 401, 403 or redirect to the login with Age above zero, a cache hit in X-Cache or Cache-Status, a 304, or the browser's own mark; the working answer came from the server.",
		Unlike: []Unlike{
			{"cookie-stripped-by-proxy", "there a cache keeps Set-Cookie from the answer to a login"},
			{"session-expired", "there the server itself refuses"},
			{"cors-origin-not-allowed", "there a cached answer is fine and allows another origin"},
		},
		Advice: []Advice{
			{Client, "Ask past the caches; clear site data where a service worker answers.", `fetch(url, {cache: "reload"})`},
			{App, "Refusals and what is for one person must not be stored.", "Cache-Control: no-store"},
			{Nginx, "Do not cache what came with or without a login.", "proxy_no_cache $http_authorization $cookie_session;\nproxy_cache_bypass $http_authorization $cookie_session;"},
			{Gateway, "Remove 401, 403 and 302 from what the CDN caches, and purge the URL.", ""},
		},
		Refs:     []string{"RFC 9111 sections 3.5, 5.1 and 5.2.2.5", "RFC 9211 (Cache-Status)"},
		Prior:    -0.5,
		Detect:   detectCachedAuthResponse,
		Inject:   injectCachedAuthResponse,
		Enforced: ByClient,
		Live:     liveCachedAuthResponse,
		Expect:   refuses(expect.Hole, 401, 403, 404),
	}
}

func detectCachedAuthResponse(v *View) []Evidence {
	if v.Failed.Response == nil || !refused(v.Failed) && v.status() != 304 {
		return nil
	}
	at, why := servedFromCache(v.Failed)
	if why == "" {
		return nil
	}
	list := []Evidence{v.observed(Decisive, FromStatus, at, why)}
	if v.worked() != nil {
		if _, cached := servedFromCache(v.Good); cached == "" {
			list = append(list, v.observed(Weak, FromFlow, diff.Edit{}, "the working answer came from the server itself"))
		}
	}
	if v.status() == 404 || v.status() == 400 {
		list = append(list, v.against(Against, FromStatus, "the answer does not speak of who asks"))
	}
	return list
}

// servedFromCache tells by what an answer is known to come out of a cache.
func servedFromCache(x *traffic.Exchange) (at diff.Edit, why string) {
	switch source, field, value := devtools.SourceOf(x); source {
	case devtools.HTTPCache:
		return seen(diff.Recorder, diff.Note, field, value), "the browser took the refusal from its own cache"
	case devtools.CacheStorage:
		return seen(diff.Recorder, diff.Note, field, value), "a service worker took the refusal from a cache of its own"
	case devtools.ServiceWorker:
		return seen(diff.Recorder, diff.Note, field, value), "a service worker made the refusal itself: the server was not asked"
	}
	if age, err := strconv.Atoi(strings.TrimSpace(x.Response.Header.Get("age"))); err == nil && age > 0 {
		return seen(diff.Response, diff.Header, "age", x.Response.Header.Get("age")), "the refusal lay in a cache before it was served"
	}
	for _, name := range []string{"x-cache", "cf-cache-status", "x-cache-status", "x-proxy-cache", "cache-status", "x-varnish-cache", "x-vercel-cache", "x-nginx-cache", "x-cache-lookup", "cdn-cache", "x-drupal-cache"} {
		value := x.Response.Header.Get(name)
		if isHit(value) {
			return seen(diff.Response, diff.Header, name, value), "a cache says that it served the refusal"
		}
	}
	return diff.Edit{}, ""
}

// isHit reads what caches say, in the words of Varnish, nginx, CDNs and RFC
// 9211. "Hit from" a cache that failed upstream says "Error".
func isHit(value string) bool {
	words := strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r == ' ' || r == ',' || r == ';' || r == '_' || r == '/' })
	return slices.Contains(words, "hit") && !slices.Contains(words, "error") && !slices.Contains(words, "miss")
}

func injectCachedAuthResponse(in *Injection) error {
	if in.Request().Method != "GET" {
		return cannot("only a GET is answered by caches")
	}
	in.Refuse(Refusal{Status: 401, Scheme: "Bearer", Description: "Unauthorized"})
	h := &in.Exchange().Response.Header
	SetHeader(h, "Age", strconv.Itoa(30+in.Rand.IntN(300)))
	SetHeader(h, "X-Cache", "HIT")
	return nil
}

// liveCachedAuthResponse asks with a login first and as nobody then: what comes
// from a cache is another person's page.
func liveCachedAuthResponse(in *Injection) error {
	if in.Request().Method != "GET" {
		return cannot("only a GET is answered by caches")
	}
	lost := slices.DeleteFunc(CredentialsOf(in.Request()), func(c Credential) bool { return !c.opensDoors() })
	if len(lost) == 0 {
		return cannot("nobody is logged in")
	}
	in.Live.moves.Before = append(in.Live.moves.Before, cloneExchange(in.Exchange()))
	for _, c := range lost {
		if !drop(in.Request(), c) {
			return cannot("a credential stands in the body")
		}
	}
	return nil
}
