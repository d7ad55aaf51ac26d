package browse

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/devtools"
)

// mute is a browser that never answers.
type mute struct{ sent []*cdproto.Message }

func (m *mute) Read(ctx context.Context, _ *cdproto.Message) error { <-ctx.Done(); return ctx.Err() }
func (m *mute) Write(_ context.Context, c *cdproto.Message) error {
	m.sent = append(m.sent, c)
	return nil
}
func (m *mute) Close() error { return nil }

// A bench is a recorder with one page and a clock that is set by hand.
type bench struct {
	*recorder
	conn *mute
	at   time.Time
	got  []*traffic.Exchange
}

func newBench() *bench {
	b := &bench{conn: &mute{}, at: time.Unix(1_800_000_000, 0)}
	b.recorder = newRecorder(&Browser{}, &wire{conn: b.conn, waiting: map[int64]call{}}, func(x *traffic.Exchange) { b.got = append(b.got, x) })
	b.recorder.now = func() time.Time { return b.at }
	b.say(cdproto.EventTargetAttachedToTarget, `{"sessionId":"S","targetInfo":{"targetId":"T","type":"page","url":"about:blank"}}`)
	return b
}

func (b *bench) say(method, params string) {
	b.handle(&cdproto.Message{Method: cdproto.MethodType(method), Params: []byte(params)})
}

func (b *bench) page(method, params string) {
	b.handle(&cdproto.Message{SessionID: "S", Method: cdproto.MethodType(method), Params: []byte(params)})
}

// answer replies to what was asked last by that method.
func (b *bench) answer(method, result string) bool {
	for i := len(b.conn.sent) - 1; i >= 0; i-- {
		if m := b.conn.sent[i]; string(m.Method) == method {
			b.handle(&cdproto.Message{ID: m.ID, Result: []byte(result)})
			return true
		}
	}
	return false
}

func sentEvent(url string, at int, redirect string) string {
	return fmt.Sprintf(`{"requestId":"R","loaderId":"L","documentURL":"https://a.test/","request":{"url":%q,"method":"GET","headers":{"X-Page":"1"}},"timestamp":%d,"wallTime":1800000000,"type":"Fetch","frameId":"T"%s}`, url, at, redirect)
}

// TestOrderOfRawHeaders lets the raw headers of a request and its redirects come
// at any time: before, between and after what they belong to.
func TestOrderOfRawHeaders(t *testing.T) {
	type event struct{ method, params string }
	hop := func(n int) []event {
		return []event{
			{cdproto.EventNetworkRequestWillBeSentExtraInfo, fmt.Sprintf(`{"requestId":"R","associatedCookies":[],"headers":{"X-Wire":"%d"}}`, n)},
			{cdproto.EventNetworkResponseReceivedExtraInfo, fmt.Sprintf(`{"requestId":"R","blockedCookies":[],"headers":{"X-Answer":"%d"},"statusCode":%d}`, n, []int{302, 307, 200}[n])},
		}
	}
	main := []event{
		{cdproto.EventNetworkRequestWillBeSent, sentEvent("https://a.test/0", 1, "")},
		{cdproto.EventNetworkRequestWillBeSent, sentEvent("https://a.test/1", 2, `,"redirectHasExtraInfo":true,"redirectResponse":{"status":302,"headers":{}}`)},
		{cdproto.EventNetworkRequestWillBeSent, sentEvent("https://a.test/local", 3, `,"redirectHasExtraInfo":false,"redirectResponse":{"status":307,"headers":{"Non-Authoritative-Reason":"HSTS"}}`)},
		{cdproto.EventNetworkResponseReceived, `{"requestId":"R","hasExtraInfo":true,"response":{"status":200,"headers":{}}}`},
		{cdproto.EventNetworkLoadingFinished, `{"requestId":"R","timestamp":5,"encodedDataLength":9}`},
	}
	rapid.Check(t, func(t *rapid.T) {
		b := newBench()
		// The second hop was made up inside the browser: it has no raw headers.
		raw := append(hop(0), hop(2)...)
		sent, received := []event{raw[0], raw[2]}, []event{raw[1], raw[3]}
		queues := [][]event{main, sent, received}
		for len(queues[0])+len(queues[1])+len(queues[2]) > 0 {
			q := rapid.IntRange(0, 2).Draw(t, "from")
			if len(queues[q]) == 0 {
				continue
			}
			b.page(queues[q][0].method, queues[q][0].params)
			queues[q] = queues[q][1:]
			b.settle()
		}
		if len(b.got) != 0 {
			t.Fatal("added before the body was there")
		}
		b.answer("Network.getResponseBody", `{"body":"end","base64Encoded":false}`)
		b.settle()
		var seen []string
		for _, x := range b.got {
			seen = append(seen, fmt.Sprint(x.Request.ParsedURL().Path, " ", x.Request.Header.Get("X-Wire"), x.Request.Header.Get("X-Page"), " ", x.Response.Header.Get("X-Answer"), x.Response.Status))
		}
		if diff := cmp.Diff([]string{"/0 0 0302", "/1 1 307", "/local 2 2200"}, seen); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestRawHeadersThatNeverCome(t *testing.T) {
	b := newBench()
	b.page(cdproto.EventNetworkRequestWillBeSent, sentEvent("https://a.test/", 1, ""))
	b.page(cdproto.EventNetworkLoadingFailed, `{"requestId":"R","timestamp":2,"type":"Fetch","errorText":"net::ERR_CONNECTION_REFUSED"}`)
	if b.settle(); len(b.got) != 0 {
		t.Fatal("given before the grace was over: they may still come")
	}
	b.at = b.at.Add(grace)
	b.settle()
	if len(b.got) != 1 {
		t.Fatalf("got %d exchanges, want 1", len(b.got))
	}
	n, _ := devtools.Of(b.got[0])
	if !n.Provisional || b.got[0].Response.Error != "net::ERR_CONNECTION_REFUSED" {
		t.Errorf("got %+v, %q", n, b.got[0].Response.Error)
	}
	if len(b.flows)+len(b.order) != 0 {
		t.Error("it is still remembered")
	}
}

// A page that goes away takes requests along: of the one behind a redirect there
// are raw headers then, and nothing else. They are not those of the redirect.
func TestRedirectIntoNothing(t *testing.T) {
	b := newBench()
	b.page(cdproto.EventNetworkRequestWillBeSent, sentEvent("https://a.test/icon", 1, ""))
	for _, e := range []string{
		`{"requestId":"R","statusCode":302,"headers":{"Location":"/login","X-Answer":"0"}}`,
		`{"requestId":"R","statusCode":200,"headers":{"Set-Cookie":"sid=1","X-Answer":"1"}}`,
	} {
		b.page(cdproto.EventNetworkRequestWillBeSentExtraInfo, `{"requestId":"R","headers":{"Host":"a.test"}}`)
		b.page(cdproto.EventNetworkResponseReceivedExtraInfo, e)
	}
	b.page(cdproto.EventNetworkLoadingFailed, `{"requestId":"R","timestamp":2,"type":"Other","errorText":"net::ERR_ABORTED","canceled":true}`)
	b.settle()
	if len(b.got) != 1 {
		t.Fatalf("got %d exchanges, want 1", len(b.got))
	}
	p := b.got[0].Response
	if p.Status != 302 || p.Header.Get("X-Answer") != "0" || p.Header.Has("Set-Cookie") {
		t.Errorf("got %d %v, want the redirect's own", p.Status, p.Header)
	}
}

// A body that the browser gave up before it told of its length was there.
func TestBodyOfUnknownLength(t *testing.T) {
	for _, row := range []struct {
		header string
		want   bool
		reason string
	}{
		{`{"Content-Length":"378"}`, true, "the server told of it"},
		{`{}`, true, "nobody tells that there was none"},
		{`{"Content-Length":"0"}`, false, "there was none"},
	} {
		h := &hop{response: &response{Status: 200}}
		if err := json.Unmarshal([]byte(row.header), &h.response.Headers); err != nil {
			t.Fatal(err)
		}
		if got := h.hadBody(); got != row.want {
			t.Errorf("%s: %v", row.reason, got)
		}
	}
}

func TestLastWindow(t *testing.T) {
	b := newBench()
	if b.empty() {
		t.Fatal("the window is open")
	}
	b.page(cdproto.EventNetworkRequestWillBeSent, sentEvent("https://a.test/", 1, ""))
	b.say(cdproto.EventTargetDetachedFromTarget, `{"sessionId":"S"}`)
	if !b.empty() {
		t.Fatal("the window is closed")
	}
	if b.flush(); len(b.got) != 1 || b.got[0].Response.Error != "net::ERR_ABORTED" {
		t.Fatalf("what was in flight is lost: %v", b.got)
	}
}

func TestTwoSessionsOfOneTarget(t *testing.T) {
	b := newBench()
	b.say(cdproto.EventTargetAttachedToTarget, `{"sessionId":"S2","targetInfo":{"targetId":"T","type":"page"}}`)
	if len(b.pages) != 1 {
		t.Error("it would be told of everything twice")
	}
	var let, left bool
	for _, m := range b.conn.sent {
		let = let || string(m.Method) == "Runtime.runIfWaitingForDebugger" && m.SessionID == "S2"
		left = left || string(m.Method) == "Target.detachFromTarget" && strings.Contains(string(m.Params), "S2")
	}
	if !let || !left {
		t.Error("the second session would keep the target waiting")
	}
}

// TestMemory lets a browser talk for long about what never becomes a request.
func TestMemory(t *testing.T) {
	b := newBench()
	for i := range 3 * maxDone {
		b.at = b.at.Add(time.Second)
		b.page(cdproto.EventNetworkRequestWillBeSentExtraInfo, fmt.Sprintf(`{"requestId":"%d","associatedCookies":[],"headers":{}}`, i))
		b.page(cdproto.EventNetworkRequestWillBeSent, fmt.Sprintf(`{"requestId":"d%d","loaderId":"L%d","request":{"url":"https://a.test/","method":"GET","headers":{}},"frameId":"T","type":"Document"}`, i, i))
		b.page(cdproto.EventNetworkLoadingFailed, fmt.Sprintf(`{"requestId":"d%d","timestamp":2,"blockedReason":"csp"}`, i))
		b.settle()
	}
	if len(b.got) != 3*maxDone {
		t.Errorf("got %d exchanges, want %d", len(b.got), 3*maxDone)
	}
	if len(b.flows) > 100 || len(b.order) > 100 || len(b.done) > maxDone || len(b.doneAge) > maxDone || len(b.loaders) > maxLoaders {
		t.Errorf("remembered: %d flows, %d in order, %d done, %d loaders", len(b.flows), len(b.order), len(b.done), len(b.loaders))
	}
}

func TestHeaderText(t *testing.T) {
	status, h := headerOfText("HTTP/1.1 401 Not Today\r\nSet-Cookie: a=1\r\nset-cookie:b=2 \r\nX: y:z\r\nnonsense\r\n\r\n")
	if version, reason := reasonPhrase(status); version != "HTTP/1.1" || reason != "Not Today" {
		t.Errorf("got %q, %q", version, reason)
	}
	want := traffic.Header{{Name: "Set-Cookie", Value: "a=1"}, {Name: "set-cookie", Value: "b=2"}, {Name: "X", Value: "y:z"}}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Error(diff)
	}
	var o orderedHeader
	if err := json.Unmarshal([]byte(`{"b":"2","a":"1\n3","n":7}`), &o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(traffic.Header{{Name: "b", Value: "2"}, {Name: "a", Value: "1"}, {Name: "a", Value: "3"}, {Name: "n", Value: "7"}}, traffic.Header(o)); diff != "" {
		t.Error(diff)
	}
}

func TestNoValueInNotes(t *testing.T) {
	for _, row := range []struct{ line, want, reason string }{
		{"sid=hush; Path=/", "sid", "a name"},
		{"hush; Path=/", "", "a cookie without a name is a value"},
		{"=hush", "", "likewise"},
		{"", "", "nothing"},
	} {
		if got := nameOfLine(row.line); got != row.want {
			t.Errorf("%q: got %q, want %q (%s)", row.line, got, row.want, row.reason)
		}
	}
	for _, row := range []struct{ url, want string }{
		{"https://a.test/x?token=hush#hush", "https://a.test/x"},
		{"https://a.test/x#hush", "https://a.test/x"},
		{"data:text/html,hush", "data:"},
		{"about:blank", "about:"},
		{"", ""},
	} {
		if got := withoutQuery(row.url); got != row.want {
			t.Errorf("%q: got %q, want %q", row.url, got, row.want)
		}
	}
}

// FuzzEvents lets a browser say anything.
func FuzzEvents(f *testing.F) {
	f.Add("Network.requestWillBeSent", sentEvent("https://a.test/", 1, ""), "Network.loadingFailed", `{"requestId":"R","corsErrorStatus":{"corsError":"MissingAllowOriginHeader"}}`)
	f.Add("Network.responseReceived", `{"requestId":"R","response":{"headers":{"a":null}}}`, "Network.webSocketFrameReceived", `{"requestId":"R","response":{"opcode":1e300}}`)
	f.Add("Target.attachedToTarget", `{"sessionId":"S","targetInfo":{"type":"worker"}}`, "Audits.issueAdded", `{"issue":{"code":"x","details":{"y":{"request":{"requestId":"R"}}}}}`)
	f.Add("Network.webSocketCreated", `{"requestId":"R","url":"ws://a.test/"}`, "Network.requestWillBeSentExtraInfo", `{"requestId":"R","headers":{},"associatedCookies":[{"blockedReasons":["?"]}]}`)
	f.Fuzz(func(t *testing.T, m1, p1, m2, p2 string) {
		b := newBench()
		for range 2 {
			for _, m := range [][2]string{{m1, p1}, {m2, p2}} {
				b.page(m[0], m[1])
				b.say(m[0], m[1])
			}
			b.settle()
		}
		b.flush()
		for _, x := range b.got {
			if _, ok := devtools.Of(x); !ok {
				t.Error("an exchange without notes")
			}
		}
	})
}
