package scenarios

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/scenarios/browser"
	"github.com/replaydiff/replay/scenarios/devtools"
	"github.com/replaydiff/replay/scenarios/expect"
)

func localNetworkBlocked() *Cause {
	return &Cause{
		ID:    "local-network-blocked",
		Kind:  Mechanism,
		Group: Captures,
		Means: "The browser keeps a public page from a private or loopback address until the user allows it. No header of the server helps.",
		Looks: "ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS, or a request of a public page to a private address that ends without an answer, in Chromium from version 142.",
		Unlike: []Unlike{
			{"cors-preflight-failed", "there the request or its preflight reached the server"},
			{"tls-or-network-error", "there the connection was tried and failed"},
			{"wrong-scheme", "there https and http are mixed; local access needs a secure page"},
		},
		Advice: []Advice{
			{Client, "Allow access to the local network for this site; the page has to be https.", ""},
			{Client, "Say in the request that the address is local, so that mixed content is judged after the permission.", `fetch("http://192.168.1.4/status", {targetAddressSpace: "local"})`},
			{App, "Serve page and device from one address space, or go through a public name.", ""},
		},
		Refs:   []string{"Local Network Access (WICG)", "Chrome 142 release notes", "Private Network Access (on hold)"},
		Prior:  -1,
		Detect: detectLocalNetworkBlocked,
		Inject: injectLocalNetworkBlocked,
		Parameters: []Parameter{
			{Name: "page", Type: TypeOrigin, Default: "https://www.example.com", Doc: "the public page that asks"},
		},
		Enforced: ByBrowser,
		Live:     liveLocalNetworkBlocked,
		Expect:   blocked(expect.Lenient),
	}
}

var localNetworkWords = regexp.MustCompile(`(?i)ERR_BLOCKED_BY_(LOCAL|PRIVATE)_NETWORK_ACCESS_\w+|(local|private) network (access|request)`)

func detectLocalNetworkBlocked(v *View) []Evidence {
	x := v.Failed
	if x.Response == nil {
		return nil
	}
	if localNetworkWords.MatchString(x.Response.Error) {
		return []Evidence{v.observed(Decisive, FromStatus, seen(diff.Response, diff.Failure, "", x.Response.Error), "the browser says that it blocked access to the local network")}
	}
	if failed, _ := corsTold(v.Comparison.Bad, x); failed != nil {
		if rule, _, _ := devtools.CORSRule(failed.Error); rule == browser.RuleLocalNetwork {
			return v.saysCORS()
		}
		return nil
	}
	u := x.Request.ParsedURL()
	page := pageOf(v)
	if u == nil || page == "" || x.Response.Status > 0 || !isLocalNetwork(u.Hostname()) || isLocalNetwork(page) || !strings.Contains(x.Response.Error, "ERR_FAILED") {
		return nil
	}
	return []Evidence{v.observed(Strong, FromSimulation, seen(diff.Request, diff.Host, "", u.Host), "a public page calls a private address and gets no answer")}
}

// pageOf returns the host of the page that made the failing request.
func pageOf(v *View) string {
	for _, name := range []string{"origin", "referer"} {
		if u, err := url.Parse(v.Failed.Request.Header.Get(name)); err == nil && u.Hostname() != "" {
			return u.Hostname()
		}
	}
	return ""
}

func injectLocalNetworkBlocked(in *Injection) error {
	if !in.Request().Header.Has("origin") {
		return cannot("the flow is not of a page")
	}
	in.unanswered("net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS")
	return nil
}

func liveLocalNetworkBlocked(in *Injection) error {
	in.Live.moves.Visit = &Visit{Page: in.With["page"], CORS: true, LocalNetwork: true}
	return nil
}
