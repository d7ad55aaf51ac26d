package scenarios

import (
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func rateLimited() *Cause {
	return &Cause{
		ID: "rate-limited", Kind: Mechanism, Group: AccessControl,
		Means: "Too many requests or login attempts: the server refuses for a while, whatever the credential.",
		Looks: "A 429, or a 401, 403 or 503 with Retry-After or a used-up RateLimit field, after requests that passed with the same credential.",
		Unlike: []Unlike{
			{"bot-challenge", "a 429 with the mark of a challenge"},
			{"wrong-credentials", "fails at the first attempt, and waiting does not help"},
			{"waf-blocked", "depends on what is sent, not on how often"},
		},
		Advice: []Advice{
			{Client, "Back off with jitter, honour Retry-After, refresh tokens one at a time.", "await sleep(Number(res.headers.get(\"retry-after\") ?? 1) * 1000)"},
			{Nginx, "Allow a burst, count by user and answer 429 instead of 503.", "limit_req zone=perUser burst=20 nodelay;\nlimit_req_status 429;"},
			{HAProxy, "Deny with the status that says so.", "http-request deny deny_status 429 if { sc_http_req_rate(0) gt 100 }"},
			{App, "Send Retry-After, and don't answer 401 to a locked account: clients take it for an expired token.", ""},
		},
		Refs:   []string{"RFC 6585 section 4", "RFC 9110 section 10.2.3", "draft-ietf-httpapi-ratelimit-headers"},
		Prior:  -0.5,
		Detect: detectRateLimited,
		Inject: injectRateLimited,
		Parameters: []Parameter{
			{Name: "requests", Type: TypeNumber, Max: 200, Doc: "how many are sent at once"},
		},
		Enforced: ByClient,
		Needs:    []Need{Burst},
		Live:     liveRateLimited,
		Expect:   or(oneOf(expect.Lenient, 429, 503, 403), expect.That(expect.Header("retry-after", expect.Present()))),
	}
}

func detectRateLimited(v *View) []Evidence {
	if v.Failed.Response == nil || v.status() != 0 && v.status() < 400 && !isErrorDocument(v.Failed.Response) {
		return nil
	}
	if mark := botMark(v.Failed.Response); mark != "" {
		return nil
	}
	found := v.heard(Decisive, "rate-limited", "the answer says that it was too often")
	if v.statusIs(429, 420) {
		found = append(found, v.observed(Decisive, FromStatus, v.statusSeen(), "429 is too many requests"))
	}
	if wait := v.field("retry-after"); wait != "" && v.statusIs(401, 403, 503) && v.status() != 503 {
		found = append(found, v.observed(Strong, FromStatus, v.fieldSeen("retry-after"), "it asks to come back later"))
	}
	if name := usedUp(v.Failed.Response); name != "" && (v.Good == nil || usedUp(v.Good.Response) == "") {
		found = append(found, v.observed(Strong, FromStatus, v.fieldSeen(name), "the allowance is used up"))
	}
	if e, ok := v.burst(); ok && (len(found) > 0 || v.limitedByNginx()) {
		found = append(found, e)
	}
	if len(found) == 0 {
		return nil
	}
	return append(found, v.saysOtherBlock("rate-limited")...)
}

// limitedByNginx: limit_req and limit_conn answer 503 unless told otherwise.
func (v *View) limitedByNginx() bool {
	a := AnswererOf(v.Failed.Response)
	return v.status() == 503 && a.Made && a.Product == "nginx"
}

// usedUp returns the name of a field that says that nothing remains; "" none.
func usedUp(r *traffic.Response) string {
	if r == nil {
		return ""
	}
	for _, f := range r.Header {
		name := strings.ToLower(f.Name)
		value := strings.TrimSpace(f.Value)
		switch {
		case strings.Contains(name, "ratelimit") || strings.Contains(name, "rate-limit"):
			if strings.Contains(name, "remaining") && value == "0" || name == "ratelimit" && (strings.Contains(value, "remaining=0") || strings.HasSuffix(value, "r=0") || strings.Contains(value, "r=0;")) {
				return name
			}
		}
	}
	return ""
}

// The requests of a burst.
const (
	burstLength = 4
	burstWindow = 10 * time.Second
)

// burst tells whether requests of the same kind to the same host went before
// the failing one, shortly, and passed.
func (v *View) burst() (Evidence, bool) {
	end := v.Failed.Recorded.Started
	if !end.Known() {
		return Evidence{}, false
	}
	count := 0
	for _, x := range v.capture(Bad).Exchanges[:v.Failed.Index] {
		at := x.Recorded.Started
		if at.Known() && end.Time.Sub(at.Time) <= burstWindow && x.Request.Method == v.Failed.Request.Method && hostOf(x) == hostOf(v.Failed) && Works(x) {
			count++
		}
	}
	if count < burstLength {
		return Evidence{}, false
	}
	return v.observed(Strong, FromFlow, diff.Edit{}, "several requests of the same kind passed within the ten seconds before it"), true
}

func injectRateLimited(in *Injection) error {
	in.Refuse(Refusal{Status: 429, Description: "Too many requests, retry later", Code: "rate_limit_exceeded"})
	SetHeader(&in.Exchange().Response.Header, "Retry-After", "30")
	return nil
}

func liveRateLimited(in *Injection) error {
	n := in.number("requests", 0)
	if n == 0 {
		return needs("many requests at once take leave", Burst)
	}
	in.Live.moves.Burst = n
	return nil
}
