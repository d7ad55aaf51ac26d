package browse

import (
	"bufio"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/devtools"
)

// A shape is what a recording has to hold: one exchange, and what is to be said
// of it.
type shape struct {
	name   string
	page   string
	script string
	serve  func(w http.ResponseWriter, r *http.Request, bad bool)
	path   string // of the exchange; the last one of that path
	check  func(t *testing.T, c *traffic.Capture, x *traffic.Exchange, n devtools.Notes)
	reason string
}

var long = strings.Repeat("0123456789abcdef", 1<<13) // 128 KiB

func shapes() []shape {
	has := func(t *testing.T, what string, ok bool) {
		t.Helper()
		if !ok {
			t.Errorf("no %s", what)
		}
	}
	body := func(t *testing.T, b traffic.Body) string {
		t.Helper()
		s, err := b.Text(0)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	return []shape{
		{name: "preflight", page: shopPage, script: asked, serve: stock(nil), path: "/v2/stock", reason: "an entry of its own, which says whom it is for",
			check: func(t *testing.T, c *traffic.Capture, _ *traffic.Exchange, _ devtools.Notes) {
				var preflight, main *traffic.Exchange
				for _, x := range c.Exchanges {
					switch x.Request.Method {
					case "OPTIONS":
						preflight = x
					case "PATCH":
						main = x
					}
				}
				if preflight == nil || main == nil {
					t.Fatal("not both are there")
				}
				var i struct{ Type, RequestID string }
				if err := json.Unmarshal(preflight.Unknown.Get("/_initiator"), &i); err != nil {
					t.Fatal(err)
				}
				n, _ := devtools.Of(main)
				p, _ := devtools.Of(preflight)
				has(t, "link", i.Type == "preflight" && i.RequestID == n.Request)
				has(t, "document of the preflight", p.Document == n.Document && n.Document != "")
				has(t, "body", body(t, main.Request.Body) == `{"item":7}`)
				has(t, "answer", body(t, main.Response.Body) == `{"item":7,"left":12}`)
				has(t, "protocol", main.Response.Proto == "h2")
				has(t, "address", main.Recorded.ServerIP == "127.0.0.1")
				has(t, "resource type", string(preflight.Unknown.Get("/_resourceType")) == `"preflight"`)
			}},
		{name: "redirects", page: shopPage, script: `await (await fetch('/a', {method: 'POST', body: 'x=1', headers: {Authorization: 'Basic bWFkZTp1cA=='}})).text();`, path: "/c",
			serve: func(w http.ResponseWriter, r *http.Request, _ bool) {
				switch r.URL.Path {
				case "/a":
					w.Header().Add("Set-Cookie", "hop=1; Path=/")
					http.Redirect(w, r, "/b", http.StatusTemporaryRedirect)
				case "/b":
					w.Header().Add("Set-Cookie", "hop=2; Path=/; Domain=elsewhere.example")
					http.Redirect(w, r, "/c", http.StatusSeeOther)
				default:
					fmt.Fprint(w, "end")
				}
			}, reason: "one entry each, with the raw headers of its own hop",
			check: func(t *testing.T, c *traffic.Capture, x *traffic.Exchange, _ devtools.Notes) {
				var seen []string
				for _, x := range c.Exchanges {
					if n, _ := devtools.Of(x); string(x.Unknown.Get("/_resourceType")) == `"fetch"` {
						seen = append(seen, fmt.Sprint(x.Request.Method, x.Request.ParsedURL().Path, x.Response.Status, x.Request.Header.Get("Cookie"), len(n.Refused), x.Request.Body.Present()))
					}
				}
				want := []string{"POST/a307 0 true", "POST/b303 hop=1 1 true", "GET/c200 hop=1 0 false"}
				if got := strings.Join(seen, "|"); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(strings.Join(want, "|"), " ", "") {
					t.Errorf("got %q, want %q", seen, want)
				}
				has(t, "Authorization that was sent", x.Request.Header.Get("Authorization") != "")
			}},
		{name: "disk cache", page: "http://app.kN.test/-/page", script: `await (await fetch('/kept')).text(); await (await fetch('/kept')).text();`, path: "/kept",
			serve: func(w http.ResponseWriter, _ *http.Request, _ bool) {
				w.Header().Set("Cache-Control", "max-age=600")
				fmt.Fprint(w, "kept")
			}, reason: "the server was not asked",
			check: func(t *testing.T, _ *traffic.Capture, x *traffic.Exchange, _ devtools.Notes) {
				source, _, value := devtools.SourceOf(x)
				has(t, "mark", source == devtools.HTTPCache && value == "disk")
				has(t, "body", body(t, x.Response.Body) == "kept")
			}},
		{name: "long post, binary answer", page: shopPage, script: `const f = new FormData(); f.append('file', new Blob(['0123456789abcdef'.repeat(8192)]), 'a.txt'); await (await fetch('/upload', {method: 'POST', body: '0123456789abcdef'.repeat(8192)})).arrayBuffer();`, path: "/upload",
			serve: func(w http.ResponseWriter, _ *http.Request, _ bool) {
				w.Header().Set("Content-Type", "application/octet-stream")
				_, _ = w.Write([]byte{0, 255, 254, 0, 1})
			}, reason: "more than the event holds",
			check: func(t *testing.T, _ *traffic.Capture, x *traffic.Exchange, _ devtools.Notes) {
				has(t, "body that was sent", body(t, x.Request.Body) == long)
				has(t, "binary answer", body(t, x.Response.Body) == "\x00\xff\xfe\x00\x01")
			}},
		{name: "longer than the limit", page: shopPage, script: `await (await fetch('/huge')).text();`, path: "/huge",
			serve:  func(w http.ResponseWriter, _ *http.Request, _ bool) { fmt.Fprint(w, long+long+long) },
			reason: "a note stands for the body",
			check: func(t *testing.T, _ *traffic.Capture, x *traffic.Exchange, n devtools.Notes) {
				has(t, "note", n.NoBody != "" && !x.Response.Body.Present())
			}},
		{name: "server-sent events", page: shopPage, script: `const s = new EventSource('/events'); await new Promise(done => s.addEventListener('second', done));`, path: "/events",
			serve: func(w http.ResponseWriter, r *http.Request, _ bool) {
				w.Header().Set("Content-Type", "text/event-stream")
				fmt.Fprint(w, "data: one\n\nevent: second\ndata: two\n\n")
				_ = http.NewResponseController(w).Flush()
				<-r.Context().Done()
			}, reason: "it does not end before the recording does",
			check: func(t *testing.T, _ *traffic.Capture, x *traffic.Exchange, n devtools.Notes) {
				has(t, "status", x.Response.Status == 200)
				has(t, "events", strings.Contains(string(x.Unknown.Get("/_eventSourceMessages")), `"event":"second","data":"two"`))
				has(t, "note", n.Unfinished)
			}},
		{name: "no answer yet", page: shopPage, script: `fetch('/slow'); await fetch('/asked');`, path: "/slow",
			serve: func(_ http.ResponseWriter, r *http.Request, _ bool) {
				if r.URL.Path == "/slow" {
					<-r.Context().Done()
				}
			}, reason: "in flight when the recording ends",
			check: func(t *testing.T, _ *traffic.Capture, x *traffic.Exchange, n devtools.Notes) {
				has(t, "missing answer", x.Response.Status == 0 && x.Response.Unfinished() && n.Unfinished)
			}},
		{name: "WebSocket", page: "http://app.kN.test/-/page", script: `document.cookie = 'sid=up'; const s = new WebSocket('ws://app.kN.test/chat'); s.onopen = () => s.send('hello'); await new Promise(done => s.onmessage = done); s.close(); await new Promise(done => s.onclose = done);`, path: "/chat",
			serve: chat, reason: "the handshake as it was, and the messages",
			check: func(t *testing.T, _ *traffic.Capture, x *traffic.Exchange, _ devtools.Notes) {
				has(t, "status", x.Response.Status == http.StatusSwitchingProtocols)
				has(t, "key", x.Request.Header.Get("Sec-WebSocket-Key") != "")
				var messages []message
				if err := json.Unmarshal(x.Unknown.Get("/_webSocketMessages"), &messages); err != nil {
					t.Fatal(err)
				}
				has(t, "messages", len(messages) >= 2 && messages[0].Type == "send" && messages[0].Data == "hello" && messages[1].Type == "receive" && messages[1].Data == "hi")
			}},
		{name: "frame of another site", page: shopPage, script: `const f = document.createElement('iframe'); f.src = 'https://www.partner-kN.test/frame'; document.body.append(f); await new Promise(done => onmessage = done);`, path: "/inner",
			serve: func(w http.ResponseWriter, r *http.Request, _ bool) {
				if r.URL.Path == "/frame" {
					document(w, "", `await (await fetch('/inner')).text(); parent.postMessage('done', '*');`)
				}
			}, reason: "another process tells of it",
			check: func(t *testing.T, c *traffic.Capture, x *traffic.Exchange, n devtools.Notes) {
				has(t, "target", n.Target == "iframe")
				has(t, "page of the tab", x.Recorded.Page == c.Exchanges[0].Recorded.Page && x.Recorded.Page != "")
				i := slices.IndexFunc(c.Exchanges, func(x *traffic.Exchange) bool { return x.Request.ParsedURL().Path == "/frame" })
				f, _ := devtools.Of(c.Exchanges[i])
				has(t, "frame", f.Frame)
			}},
		{name: "popup", page: shopPage, script: `open('/popup'); await new Promise(done => onmessage = done);`, path: "/popup",
			serve: func(w http.ResponseWriter, r *http.Request, _ bool) {
				if r.URL.Path == "/popup" {
					document(w, "", `opener.postMessage('done', '*');`)
				}
			}, reason: "from its first request on",
			check: func(t *testing.T, c *traffic.Capture, x *traffic.Exchange, _ devtools.Notes) {
				has(t, "page of its own", x.Recorded.Page != "" && x.Recorded.Page != c.Exchanges[0].Recorded.Page)
				has(t, "body", strings.Contains(body(t, x.Response.Body), "opener"))
			}},
		{name: "worker", page: shopPage, script: `const w = new Worker('/worker.js'); await new Promise(done => w.onmessage = done);`, path: "/from-worker",
			serve: func(w http.ResponseWriter, r *http.Request, _ bool) {
				w.Header().Set("Content-Type", "text/javascript")
				if r.URL.Path == "/worker.js" {
					fmt.Fprint(w, `fetch('/from-worker').then(r => r.text()).then(() => postMessage('done'));`)
				}
			}, reason: "a target of its own",
			check: func(t *testing.T, _ *traffic.Capture, x *traffic.Exchange, n devtools.Notes) {
				has(t, "target", n.Target == "worker")
				has(t, "page", x.Recorded.Page != "")
				has(t, "raw headers", !n.Provisional)
			}},
		{name: "shared worker", page: shopPage, script: `const w = new SharedWorker('/shared.js'); await new Promise(done => w.port.onmessage = done);`, path: "/from-shared",
			serve: func(w http.ResponseWriter, r *http.Request, _ bool) {
				w.Header().Set("Content-Type", "text/javascript")
				if r.URL.Path == "/shared.js" {
					fmt.Fprint(w, `onconnect = e => fetch('/from-shared').then(r => r.text()).then(() => e.ports[0].postMessage('done'));`)
				}
			}, reason: "it belongs to no tab",
			check: func(t *testing.T, _ *traffic.Capture, _ *traffic.Exchange, n devtools.Notes) {
				has(t, "target", n.Target == "shared_worker")
			}},
		{name: "service worker asks the server", page: "http://app.kN.localhost/-/page",
			script: `await navigator.serviceWorker.register('/sw.js'); await navigator.serviceWorker.ready;
if (!navigator.serviceWorker.controller) await new Promise(done => navigator.serviceWorker.addEventListener('controllerchange', done));
await (await fetch('/through')).text();`, path: "/through",
			serve: func(w http.ResponseWriter, r *http.Request, _ bool) {
				if r.URL.Path != "/sw.js" {
					fmt.Fprint(w, "from the server")
					return
				}
				w.Header().Set("Content-Type", "text/javascript")
				fmt.Fprint(w, `addEventListener('install', e => e.waitUntil(skipWaiting())); addEventListener('activate', e => e.waitUntil(clients.claim())); addEventListener('fetch', e => { if (e.request.url.endsWith('/through')) e.respondWith(fetch(e.request)); });`)
			}, reason: "that of the page, and that of its worker",
			check: func(t *testing.T, c *traffic.Capture, _ *traffic.Exchange, _ devtools.Notes) {
				via, direct := 0, 0
				for _, x := range c.Exchanges {
					if x.Request.ParsedURL().Path != "/through" {
						continue
					}
					if source, _, _ := devtools.SourceOf(x); source != "" {
						t.Errorf("the server was asked, and the source is %s", source)
					}
					if n, _ := devtools.Of(x); n.Target == "service_worker" {
						direct++
					} else if x.Unknown.Get("/response/_fetchedViaServiceWorker") != nil {
						via++
					}
				}
				has(t, "both", via == 1 && direct == 1)
			}},
		{name: "login by a form", page: shopPage, script: `document.body.innerHTML = '<form method="post" action="/login"><input name="user" value="ada"></form>'; document.forms[0].submit(); await new Promise(() => {});`, path: "/login",
			serve: func(w http.ResponseWriter, r *http.Request, _ bool) {
				if r.URL.Path == "/login" {
					w.Header().Add("Set-Cookie", "sid="+ticket+"; HttpOnly; Path=/")
					w.Header().Add("Set-Cookie", "seen=1; Path=/")
					http.Redirect(w, r, "/welcome", http.StatusSeeOther)
					return
				}
				document(w, "Welcome", "done()")
			}, reason: "a navigation",
			check: func(t *testing.T, c *traffic.Capture, x *traffic.Exchange, _ devtools.Notes) {
				has(t, "form", body(t, x.Request.Body) == "user=ada")
				has(t, "both cookies", len(x.Response.Header.Values("Set-Cookie")) == 2)
				i := slices.IndexFunc(c.Exchanges, func(x *traffic.Exchange) bool { return x.Request.ParsedURL().Path == "/welcome" })
				has(t, "cookie that was sent", c.Exchanges[i].Request.Header.Get("Cookie") == "sid="+ticket+"; seen=1")
				p := slices.IndexFunc(c.Pages, func(p traffic.Page) bool { return p.ID == c.Exchanges[i].Recorded.Page })
				has(t, "title", p >= 0 && c.Pages[p].Title == "Document" && c.Pages[p].Started.Known())
			}},
	}
}

// chat is the smallest of WebSocket servers (RFC 6455): it answers the first
// message with "hi", and then any with a close.
func chat(w http.ResponseWriter, r *http.Request, _ bool) {
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	_ = rw.Flush()
	for _, answer := range []string{"\x81\x02hi", "\x88\x00"} {
		if !frame(rw.Reader) {
			return
		}
		_, _ = rw.WriteString(answer)
		_ = rw.Flush()
	}
}

// frame reads a short frame of a client.
func frame(r *bufio.Reader) bool {
	head := make([]byte, 2)
	for i := range head {
		b, err := r.ReadByte()
		if err != nil {
			return false
		}
		head[i] = b
	}
	for range int(head[1]&0x7f) + 4 {
		if _, err := r.ReadByte(); err != nil {
			return false
		}
	}
	return true
}

// TestFlows records what pages do, all in one browser.
func TestFlows(t *testing.T) {
	all := shapes()
	l := &lab{}
	for _, s := range all {
		l.cases = append(l.cases, kase{name: s.name, page: s.page, script: s.script, serve: s.serve})
	}
	c := l.play(t, func(b *Browser) { b.MaxBody = 300 << 10 })
	var again strings.Builder
	if err := traffic.Write(&again, c, traffic.HAR); err != nil {
		t.Fatal(err)
	}
	read, err := traffic.Read(strings.NewReader(again.String()), "again", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !traffic.Equal(c, read) {
		t.Error("the recording is not what is read of it")
	}
	for i, s := range all {
		t.Run(s.name, func(t *testing.T) {
			part := l.of(c, i)
			for _, x := range slices.Backward(part.Exchanges) {
				if x.Request.ParsedURL().Path == s.path {
					n, ok := devtools.Of(x)
					if !ok {
						t.Fatal("no notes")
					}
					s.check(t, part, x, n)
					if t.Failed() {
						t.Logf("%s: %s", s.reason, x.Unknown)
					}
					return
				}
			}
			t.Fatalf("%s is not in the recording (%s)", s.path, s.reason)
		})
	}
}
