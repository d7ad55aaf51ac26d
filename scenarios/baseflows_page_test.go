package scenarios

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// pageFlows are single pages in Chromium with everything that belongs to
// them: assets, an API of another origin with preflights, beacons.
func pageFlows() []baseFlow {
	return []baseFlow{
		{"page", tuning, page{
			site: "https://www.merle.test", api: "https://api.merle.test/v1", tracker: "https://stats.counter.example", bearer: true,
			calls: []string{"profile", "cart", "wishlist", "notices"}, post: "events", server: []string{"Server: nginx"}, version: 141,
		}.record},
		{"page-two", checking, page{
			site: "https://app.plover.example", api: "https://core.plover.example/rest", tracker: "https://t.beacons.example",
			calls: []string{"boards", "users/me", "flags", "inbox?unread=1"}, post: "boards/7/cards", server: []string{"Server: cloudflare", "CF-Cache-Status: DYNAMIC"}, version: 139,
		}.record},
		{"page-far", checking, page{
			site: "https://kiosk.avens.example", api: "https://backend.avens-api.test/q", tracker: "https://t.beacons.example", bearer: true, key: true,
			calls: []string{"menu", "tables", "staff"}, post: "orders", server: []string{"Server: envoy"}, version: 140,
		}.record},
	}
}

type page struct {
	site, api, tracker string
	bearer             bool // else a session cookie
	key                bool // X-Api-Key beside it
	calls              []string
	post               string
	server             []string
	version            int
}

func (f page) record(t *take) {
	t.proto, t.step = "h2", 60e6
	t.capture.Creator = traffic.Product{Name: "WebInspector", Version: "537.36"}
	t.client = []string{
		"accept-language: en-US,en;q=0.9", "accept-encoding: gzip, deflate, br, zstd",
		fmt.Sprintf(`sec-ch-ua: "Chromium";v="%d", "Not?A_Brand";v="8"`, f.version), "sec-ch-ua-mobile: ?0", `sec-ch-ua-platform: "Linux"`,
		fmt.Sprintf("user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36", f.version),
	}
	t.server = f.server
	session := "sid=" + t.opaque(40)
	token := t.jwt("RS256", "spa-3", `"iss":"https://idp.example/","aud":"spa-api","sub":"c-77","scope":"read write"`)
	asset := func(name, kind, mediaType string) {
		dest := map[string]string{"script": "script", "stylesheet": "style", "image": "image", "font": "font"}[kind]
		t.add(talk{ask: "GET " + f.site + name, kind: kind, send: append(fetched("same-origin", "no-cors", dest), "referer: "+f.site+"/"),
			answer: []string{"content-type: " + mediaType, "cache-control: max-age=31536000, immutable", `etag: "` + t.hex(16) + `"`}, body2: "asset " + name})
	}

	t.add(talk{ask: "GET " + f.site + "/", kind: "document", body2: "<!doctype html><title>Welcome</title><div id=root></div>",
		send: append(fetched("none", "navigate", "document"), "upgrade-insecure-requests: 1", "cookie: _ga=GA1.1.9.1; "+session)})
	for i := range 6 {
		asset(fmt.Sprintf("/assets/chunk%d.%s.js", i, t.hex(8)), "script", "text/javascript")
	}
	asset("/assets/main."+t.hex(8)+".css", "stylesheet", "text/css")
	for i := range 12 {
		asset(fmt.Sprintf("/img/%d.webp", i), "image", "image/webp")
	}
	asset("/fonts/text.woff2", "font", "font/woff2")
	credential := []string{"cookie: " + session}
	if f.bearer {
		credential = []string{"authorization: Bearer " + token}
		if f.key {
			credential = append(credential, "x-api-key: pk_9c1Lq0ZxT5mRw1v8Fh2K")
		}
	}
	for i, call := range f.calls {
		f.call(t, talk{ask: "GET " + f.api + "/" + call, body2: `{"data":{"id":"x1","name":"` + call[:4] + `"}}`, decisive: i == 1}, credential)
	}
	f.call(t, talk{ask: "POST " + f.api + "/" + f.post, body: `{"kind":"view","n":4}`, status: 201, body2: `{"id":19}`, decisive: true}, credential)
	for i := range 4 {
		t.add(talk{ask: fmt.Sprintf("POST %s/collect?v=2&cid=%d&_=%d", f.tracker, t.Uint32(), t.at.UnixMilli()), kind: "ping", status: 204, body: fmt.Sprintf("en=scroll&n=%d", i),
			send: append(fetched("cross-site", "no-cors", "empty"), "origin: "+f.site, "referer: "+f.site+"/")})
	}
	for i := range 4 {
		asset(fmt.Sprintf("/img/late-%d.webp", i), "image", "image/webp")
	}
}

// call is a request of the page's script to the API, with the preflight that
// Chromium notes behind it.
func (f page) call(t *take, k talk, credential []string) {
	method, address, _ := strings.Cut(k.ask, " ")
	relation := "same-site"
	if siteOf(f.site) != siteOf(f.api) {
		relation = "cross-site"
	}
	var asks []string
	for _, line := range credential {
		if name, _, _ := strings.Cut(line, ":"); name != "cookie" {
			asks = append(asks, name)
		}
	}
	allow := []string{"access-control-allow-origin: " + f.site, "vary: Origin"}
	if !f.bearer {
		allow = append(allow, "access-control-allow-credentials: true")
	}
	k.kind = "fetch"
	origin := []string{"origin: " + f.site, "referer: " + f.site + "/"}
	k.send = append(append(append(k.send, credential...), origin...), fetched(relation, "cors", "empty")...)
	k.answer = append(k.answer, allow...)
	if k.body != "" {
		k.send = append(k.send, "content-type: application/json")
		asks = append(asks, "content-type")
	}
	t.add(k)
	if len(asks) == 0 && method == "GET" {
		return // a simple request
	}
	t.add(talk{ask: "OPTIONS " + address, kind: "preflight", status: 204,
		send: append(append([]string{"access-control-request-method: " + method, "access-control-request-headers: " + strings.Join(asks, ",")}, origin...), fetched(relation, "cors", "empty")...),
		answer: append(allow[:len(allow):len(allow)], "access-control-allow-methods: GET,POST,PUT,DELETE", "access-control-allow-headers: authorization,content-type,x-api-key",
			"access-control-max-age: 600")})
}

// fetched are the headers of Fetch Metadata.
func fetched(site, mode, dest string) []string {
	return []string{"sec-fetch-site: " + site, "sec-fetch-mode: " + mode, "sec-fetch-dest: " + dest}
}

// siteOf is the registrable domain of an invented host: its last two labels.
func siteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	labels := strings.Split(u.Hostname(), ".")
	return strings.Join(labels[max(0, len(labels)-2):], ".")
}
