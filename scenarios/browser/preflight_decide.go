package browser

import (
	"slices"
	"strings"
)

// preflight asks first where it must ("CORS-preflight fetch"). It returns the
// key of the cache entry that the request relies on.
func (d *decision) preflight(answer *CORSAnswer) (key preflightKey, cached bool) {
	need := preflightNeed(d.r, d.method, d.headers, d.p)
	need.Forced = need.Forced && d.body || need.Forced && d.p != Chromium
	d.noteNeed(&need)
	if !need.Needed {
		return key, false
	}
	include := d.r.Credentials == CredentialsInclude
	origin := d.requestOrigin()
	if len(d.hops) > 1 && d.cache == nil {
		// Within one chain a browser remembers as well.
		d.cache = &PreflightCache{Profile: d.p}
	}
	if d.cache != nil {
		if key, cached = d.cache.key(d.r.Origin, origin, d.v.url, include); cached {
			if d.cache.allows(key, &need, include, d.now) {
				return key, true
			}
		}
	}
	d.send(CORSWire{
		Preflight: true, Method: "OPTIONS", Origin: d.requestOriginString(),
		RequestMethod: need.Method, RequestHeaders: strings.Join(need.Headers, ","),
	})
	if answer == nil {
		d.fail(StagePreflight, corsFailure{rule: RulePreflightUnknown})
		return key, cached
	}
	d.misdirected(answer)
	if d.netFailure(answer, StagePreflight); d.done {
		return key, cached
	}
	d.v.Status = answer.Status
	grant, failure := checkPreflight(answer, &need, origin, d.r.Credentials, d.p)
	if failure.failed() {
		d.notePreflight(answer, &need, failure.rule)
		d.fail(StagePreflight, failure)
		return key, cached
	}
	d.v.Status = 0
	if d.p != Standard && grant.authorizationByWildcard(need.Headers) {
		d.deviates(DeviationAuthorizationWildcard)
	}
	if cached {
		d.cache.put(key, grant, answer.Header, d.now)
	}
	return key, cached
}

// noteNeed names the deviations that kept a preflight away.
func (d *decision) noteNeed(need *PreflightNeed) {
	if d.p != Chromium {
		return
	}
	if d.r.UploadListener && d.r.Via == ViaXHR && !d.body {
		d.deviates(DeviationUploadListener)
	}
	for _, f := range d.r.Header {
		if len(f.Name) > len("Viewport-Width") {
			continue // longer than any of them
		}
		name := lowerName(f.Name)
		if name == "user-agent" || clientHint(name, trimHTTP(f.Value)) {
			d.deviates(DeviationClientHints)
		}
		if name == "range" && !slices.Contains(need.Headers, name) {
			continue
		}
		if name == "range" && simpleRange(trimHTTP(f.Value), Standard) {
			d.deviates(DeviationRangeNumbers)
		}
	}
}

// notePreflight names the deviations in how Chromium refuses a preflight.
func (d *decision) notePreflight(answer *CORSAnswer, need *PreflightNeed, rule CORSRule) {
	if d.p != Chromium {
		return
	}
	switch rule {
	case RulePreflightRedirect:
		if corsCheck(answer.Header, d.requestOrigin(), d.r.Credentials).failed() {
			d.deviates(DeviationPreflightRedirect)
		}
	case RuleMethodNotAllowed:
		if _, present := answer.Header.get("Access-Control-Allow-Methods"); !present && need.Forced {
			d.deviates(DeviationForcedMethod)
		}
	}
}
