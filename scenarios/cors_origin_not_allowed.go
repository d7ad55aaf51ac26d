package scenarios

import (
	"net/http"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func corsOriginNotAllowed() *Cause {
	return &Cause{
		ID:    "cors-origin-not-allowed",
		Kind:  Mechanism,
		Group: CORS,
		Means: "The server does not allow the page's origin to read its answers, so the browser keeps them from the script.",
		Looks: "Access-Control-Allow-Origin is missing, names another origin, or stands there twice (app and proxy both add it). The server's log shows " +
			"a 200; Chromium notes net::ERR_FAILED beside the real status, Firefox notes nothing.",
		Unlike: []Unlike{
			{"cors-preflight-failed", "there the server does not answer OPTIONS as a preflight at all"},
			{"cors-credentials-not-allowed", "there the origin is allowed, and only the credentials are not"},
			{"missing-credentials", "a 401 without the header looks like CORS in the console; the refusal comes first, the header only hides it"},
			{"waf-blocked", "there a block page of an edge lacks the header"},
		},
		Advice: []Advice{
			{App, "Compare Origin with a list of the pages that may read, answer with that very origin, and add Vary: Origin. Do it for errors too.", "Access-Control-Allow-Origin: <Origin, if it is on the list>\nVary: Origin"},
			{Client, "Load the page from an origin that is on the list: scheme, host and port count, www and the bare domain are two.", ""},
			{Nginx, "Map the origin to itself if it is known; always makes the header stand on 4xx and 5xx too.", "map $http_origin $cors { ~^https://(app|www)\\.example\\.com$ $http_origin; }\nadd_header Access-Control-Allow-Origin $cors always;\nadd_header Vary Origin always;"},
			{Apache, "Set the header in one layer only; always covers errors.", "SetEnvIf Origin \"^https://(app|www)\\.example\\.com$\" CORS=$0\nHeader always set Access-Control-Allow-Origin %{CORS}e env=CORS"},
			{HAProxy, "Set the header on the way out, where the origin is known.", "acl cors_page var(txn.origin) -m end .example.com\nhttp-response set-header vary Origin if cors_page"},
			{Gateway, "A cache in front has to keep answers apart by Origin, or it hands out those for another page.", "Vary: Origin"},
		},
		Mends: []Mend{
			{CORSDoubled, Advice{Nginx, "The app does CORS itself: take out the proxy's line, or hide the app's.", "# add_header {Name} …;"}},
			{CORSDoubled, Advice{Apache, "The app does CORS itself: take out the proxy's line. `Header always set` adds to what the app said.", "# Header always set {Name} …"}},
			{CORSDoubled, Advice{HAProxy, "The app does CORS itself: take out the proxy's line. add-header does not look what is there.", "# http-response add-header {Name} …"}},
			{CORSDoubled, Advice{Caddy, "The app does CORS itself: take out the proxy's line.", "# header +{Name} …"}},
			{CORSDropped, Advice{Nginx, "Take out what hides the app's answer to the browser.", "# proxy_hide_header {Name};"}},
			{CORSDropped, Advice{Apache, "Take out what unsets the app's answer to the browser.", "# Header unset {Name}"}},
			{CORSDropped, Advice{HAProxy, "Take out what deletes the app's answer to the browser.", "# http-response del-header {Name}"}},
			{CORSDropped, Advice{Caddy, "Take out what removes the app's answer to the browser.", "# header_down -{Name}"}},
		},
		Refs:   []string{"Fetch, section \"CORS check\"", "RFC 9110 section 12.5.5"},
		Prior:  -0.5,
		Detect: detectOriginNotAllowed,
		Inject: injectOriginNotAllowed,
		Parameters: []Parameter{
			{Name: "origin", Type: TypeOrigin, Default: "https://evil.example", Doc: "the page that asks"},
		},
		Enforced: ByBrowser,
		Live:     liveOriginNotAllowed,
		Expect:   blocked(expect.Hole),
	}
}

func detectOriginNotAllowed(v *View) []Evidence {
	r := v.withheldFor()
	switch {
	case r == nil:
		return nil
	case r.Rule == "":
		return v.perhapsOrigin(r)
	case r.Cause != "cors-origin-not-allowed":
		return nil
	}
	if v.hidesRefusal(r) {
		return v.hiddenRefusal(r)
	}
	list := append(v.decided(r, ruleNote(r)), v.pageMoved(Strong)...)
	list = append(list, v.saysOrigin(r)...)
	if cachedForAnother(v.Failed) {
		list = append(list, v.observed(Strong, FromFlow, seen(diff.Response, diff.Header, "age", v.field("age")),
			"a cache handed out an answer that was made for another origin"))
	}
	return list
}

// hiddenRefusal weighs a refusal without the header. It is about the origin
// where it says so, or where a 403 meets a page that has moved.
func (v *View) hiddenRefusal(r *corsRead) []Evidence {
	said, moved := v.saysOrigin(r), v.pageMoved(Strong)
	list := append(said, moved...)
	at, entry := v.ruleEdit(r)
	rule := Evidence{Strength: Strong, Source: FromSimulation, Side: Bad, Entry: entry, At: at, Note: ruleNote(r)}
	switch {
	case len(said) > 0:
		rule.Strength = Decisive
		return append(list, rule)
	case len(moved) > 0 && corsStatus(v.Failed) == http.StatusForbidden:
		return append(list, rule)
	}
	return append(list, Evidence{Strength: Weak, Source: FromSimulation, Side: Bad, Entry: entry, At: at, Note: "the refusal has no CORS header, so the script sees a network error instead"},
		v.against(Against, FromStatus, "the server refused for a reason of its own, which the missing header only hides"))
}

func (v *View) saysOrigin(r *corsRead) []Evidence {
	x := v.Failed
	if r.asked != nil && speaksOfOrigin(r.asked) {
		x = r.asked
	} else if !speaksOfOrigin(x) {
		return nil
	}
	return []Evidence{{Strength: Decisive, Source: FromText, Side: Bad, Entry: x.Index, At: seen(diff.Response, diff.Status, "", browserStatus(x)), Note: "the refusal says that the origin is not allowed"}}
}

// cachedForAnother tells a kept answer that names another origin and does not
// vary by it (RFC 9110 section 12.5.5).
func cachedForAnother(x *traffic.Exchange) bool {
	h := x.Response.Header
	if !h.Has("Access-Control-Allow-Origin") || strings.Contains(strings.ToLower(strings.Join(h.Values("Vary"), ",")), "origin") {
		return false
	}
	age := strings.TrimSpace(h.Get("Age"))
	return age != "" && strings.Trim(age, "0") != "" || strings.HasPrefix(strings.ToUpper(h.Get("X-Cache")), "HIT")
}

// perhapsOrigin is the evidence where the recorder has no answer.
func (v *View) perhapsOrigin(r *corsRead) []Evidence {
	moved := v.pageMoved(Strong)
	strength := Weak
	if len(moved) > 0 || !r.needsPreflight() && !marksBlocked(v.Comparison.Bad, v.Failed) || playwright(v.Comparison.Bad) && !r.needsPreflight() {
		strength = Strong
	}
	if v.originWelcome(r) && len(moved) == 0 {
		moved = append(moved, v.against(Against, FromFlow, "the server lets the page read its answers to other requests"))
	}
	list := []Evidence{v.observed(strength, FromStatus, v.blockEdit(), "the browser blocked a request across origins and does not say why")}
	if strength == Strong {
		list = append(list, v.observed(Weak, FromSimulation, diff.Edit{}, "an answer to another origin is read only where its headers allow that"))
	}
	return append(append(list, moved...), v.unmade()...)
}

func injectOriginNotAllowed(in *Injection) error {
	x, err := in.crossOrigin()
	if err != nil {
		return err
	}
	if !x.Response.Header.Has("access-control-allow-origin") {
		return cannot("the answer allows no origin")
	}
	switch in.Rand.IntN(4) {
	case 0: // the server's list names another page
		SetHeader(&x.Response.Header, "access-control-allow-origin", "https://old."+in.random(6)+".example")
	case 1: // app and proxy both add it
		x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: "access-control-allow-origin", Value: "*"})
	default:
		DeleteHeader(&x.Response.Header, "access-control-allow-origin")
		DeleteHeader(&x.Response.Header, "access-control-allow-credentials")
	}
	in.keptFromScript(x)
	return nil
}

// liveOriginNotAllowed lets a page of another origin read the real answer,
// without cookies.
func liveOriginNotAllowed(in *Injection) error {
	page, err := in.foreignPage()
	if err != nil {
		return err
	}
	in.Live.moves.Visit = &Visit{Page: page.String(), CORS: true}
	return nil
}
