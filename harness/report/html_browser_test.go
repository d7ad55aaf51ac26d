package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
)

// openPair reads two captures of the repository.
func openPair(t *testing.T, okFile, badFile string) *diff.Comparison {
	t.Helper()
	open := func(file string) *traffic.Capture {
		c, err := traffic.Open(file, traffic.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	return diff.Compare(open(okFile), open(badFile), diff.Options{})
}

func pageHTML(t *testing.T, c *diff.Comparison) []byte {
	t.Helper()
	var m mask.Masker
	m.LearnCapture(c.OK)
	m.LearnCapture(c.Bad)
	var b bytes.Buffer
	if err := DiffHTML(&b, c, scenarios.Diagnose(c), &m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const openDialog = `document.querySelector("dialog.exchange").open`

func TestPageInChromium(t *testing.T) {
	b := openTab(t)
	small := pageHTML(t, openPair(t, "../../examples/expired-token/ok.har", "../../examples/expired-token/bad.har"))

	t.Run("the verdict stands on top", func(t *testing.T) {
		b.open(t, small, "")
		text := look[string](t, b, `document.querySelector("main").innerText`)
		for _, want := range []string{
			"GET https://api.bakery.test/v1/orders?page=1", "200 → 401", "expired-token", "certain", "0.99",
			"The access token's lifetime is over at the server's time.", "the answer says that the token expired", "who", "401 through nginx",
			"Refresh at 70–80 %", "what changed in it", "only in ok.har", "first divergence",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not on the page:\n%s", want, text)
			}
		}
		b.quiet(t)
	})
	t.Run("keys choose, open, step and close", func(t *testing.T) {
		b.open(t, small, "")
		b.press(t, "j")
		b.wait(t, `document.querySelector(".row.chosen")?.classList.contains("first") === true`)
		b.press(t, "j")
		b.wait(t, `document.activeElement.id === "list" && document.getElementById(document.activeElement.getAttribute("aria-activedescendant")).getAttribute("aria-posinset") === "3"`)
		b.press(t, "\r")
		b.wait(t, openDialog+` && location.hash !== ""`)
		first := look[string](t, b, `location.hash`)
		b.press(t, "k")
		b.wait(t, fmt.Sprintf(`location.hash !== %q`, first))
		b.press(t, "\x1b")
		b.wait(t, `!`+openDialog+` && location.hash === ""`)
		b.press(t, "?")
		b.wait(t, `document.querySelector("dialog.help").open`)
		b.press(t, "\x1b")
		b.wait(t, `!document.querySelector("dialog.help").open`)
		b.quiet(t)
	})
	t.Run("a click opens, the browser's back closes, the link opens again", func(t *testing.T) {
		b.open(t, small, "")
		if err := chromedp.Do(b.ctx, chromedp.Click(".row.first")); err != nil {
			t.Fatal(err)
		}
		b.wait(t, openDialog)
		link := look[string](t, b, `location.hash`)
		look[bool](t, b, `history.back() === undefined`)
		b.wait(t, `!`+openDialog)
		b.open(t, small, link)
		b.wait(t, openDialog)
		text := look[string](t, b, `document.querySelector("dialog.exchange").innerText`)
		for _, want := range []string{"token in header authorization", "over when the request was made", "who answered", "request", "answer", "bakery"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in the exchange:\n%s", want, text)
			}
		}
		if n := look[int](t, b, `document.querySelectorAll("dialog.exchange mark").length`); n == 0 {
			t.Error("nothing is marked within the values")
		}
		b.quiet(t)
	})
	t.Run("the search finds what only an exchange shows, and tells how many", func(t *testing.T) {
		b.open(t, small, "")
		rows := look[int](t, b, `rows.length`)
		b.strike(t, "/")
		b.wait(t, `document.activeElement.id === "search"`)
		b.press(t, strings.Split("invalid_token", "")...)
		b.wait(t, fmt.Sprintf(`document.getElementById("counted").textContent === "1 of %d rows"`, rows))
		b.press(t, "\x1b")
		b.wait(t, fmt.Sprintf(`document.getElementById("counted").textContent === "%d rows"`, rows))
		b.press(t, "c")
		b.wait(t, `flow.shown.length < rows.length && flow.shown.every((i) => !isQuiet(rows[i]))`)
		b.quiet(t)
	})
	t.Run("noise is hidden until it is asked for", func(t *testing.T) {
		b.open(t, small, "")
		before := look[int](t, b, `document.querySelectorAll("main tr.noise").length`)
		b.press(t, "n")
		b.wait(t, `document.querySelectorAll("main tr.noise").length > 0 && document.getElementById("noise").checked`)
		if before != 0 {
			t.Errorf("%d changes of noise are shown at first", before)
		}
		b.quiet(t)
	})
	t.Run("all evidence and all changes of the model are drawn", func(t *testing.T) {
		for _, kind := range []string{"p01", "p32", "p41", "p43"} { // a token, CORS, a cookie, a signature
			files, _ := filepath.Glob("../../../shared/pairs/" + kind + "/ok.*")
			for _, file := range files {
				c := openPair(t, file, strings.Replace(file, "/ok.", "/bad.", 1))
				b.open(t, pageHTML(t, c), "")
				checkDrawn(t, b, c)
				b.quiet(t)
			}
		}
	})
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int64{400, 1280} {
			t.Run(fmt.Sprintf("it can be read: %s, %d wide", theme, width), func(t *testing.T) {
				b.seeAs(t, width, 900, theme)
				b.open(t, small, "")
				checkReadable(t, b, width)
				b.open(t, small, "#bad-1")
				b.wait(t, openDialog)
				checkReadable(t, b, width)
				b.quiet(t)
			})
		}
	}
}

// checkDrawn looks for each string of the verdict in what the browser shows.
func checkDrawn(t *testing.T, b *tab, c *diff.Comparison) {
	t.Helper()
	var m mask.Masker
	m.LearnCapture(c.OK)
	m.LearnCapture(c.Bad)
	g := scenarios.Diagnose(c)
	if err := Diff(&bytes.Buffer{}, c, g, &m, DiffOptions{}); err != nil { // it numbers the masks
		t.Fatal(err)
	}
	v := newDiffPage(c, g, &m).page("diff").Verdicts[0]
	want := []string{v.Request, v.Cause, v.Means, v.Where}
	for _, e := range append(v.Evidence, v.Against...) {
		want = append(want, e.Place, e.Old, e.New, e.Note)
	}
	for _, f := range v.Fixes {
		want = append(want, f.Where, f.Text, f.Code)
	}
	for _, change := range v.Blocks[0].Changes {
		if change.Noise == "" {
			want = append(want, string(change.Place), string(change.Old), string(change.New))
		}
	}
	shown := look[string](t, b, `document.querySelector("main").textContent`)
	for _, text := range want {
		if !strings.Contains(shown, text) {
			t.Errorf("%s: %q is not drawn", c.Bad.File, text)
		}
	}
}

// checkReadable checks contrast (WCAG 2.2, 1.4.3), names of what can be used,
// and that nothing has to be scrolled sideways.
func checkReadable(t *testing.T, b *tab, width int64) {
	t.Helper()
	if wide := look[int64](t, b, `Math.max(document.documentElement.scrollWidth, document.querySelector("dialog.exchange").scrollWidth)`); wide > width {
		t.Errorf("the page is %d wide in a window of %d", wide, width)
	}
	for _, complaint := range look[[]string](t, b, readable) {
		t.Error(complaint)
	}
}

// readable lists the texts whose contrast is below 4.5:1, and what has no name.
const readable = `(() => {
	const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
	const rgb = (color) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
	const light = (c) => c.slice(0, 3).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const ground = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return [255, 255, 255, 255]; };
	const out = new Set();
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	for (let n = walker.nextNode(); n; n = walker.nextNode()) {
		const e = n.parentElement;
		if (!n.data.trim() || !e.checkVisibility() || e.closest("script, noscript, .unseen, :disabled")) continue;
		const a = light(rgb(getComputedStyle(e).color)), g = light(ground(e));
		const ratio = (Math.max(a, g) + 0.05) / (Math.min(a, g) + 0.05);
		if (ratio < 4.5) out.add("contrast " + ratio.toFixed(2) + " of " + e.tagName + "." + e.className + ": " + n.data.slice(0, 40));
	}
	for (const e of document.querySelectorAll("button, input, select, dialog[open], [role=listbox], [role=option]")) {
		const label = e.getAttribute("aria-label") || (document.getElementById(e.getAttribute("aria-labelledby")) || {}).textContent || (e.labels && e.labels[0] && e.labels[0].textContent) || e.textContent;
		if (!label.trim()) out.add("no name: " + e.outerHTML.slice(0, 80));
	}
	return [...out];
})()`

// payloads are texts that a careless page would obey.
var payloads = []string{
	`<script>window.pwned=1</script>`,
	`</script><script>window.pwned=1</script>`,
	`<!--<script>`,
	`--><img src=x onerror=window.pwned=1>`,
	`"><svg onload=window.pwned=1>`,
	`' onmouseover='window.pwned=1' x='`,
	`javascript:window.pwned=1`,
	`<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>`,
	`<img src="http://127.0.0.1:9/leak.png">`,
	`<style>*{background:url(http://127.0.0.1:9/leak)}</style>`,
	`<link rel=stylesheet href=http://127.0.0.1:9/leak.css>`,
	`<base href=http://127.0.0.1:9/>`,
	`<meta http-equiv=refresh content="0;url=http://127.0.0.1:9/">`,
	`{{constructor.constructor('window.pwned=1')()}}`,
	"${window.pwned=1}`\u2028\u2029",
	`</title></textarea></noscript></style><script>window.pwned=1</script>`,
	"\x00<a href=\"javascript:window.pwned=1\">\u202eclick\u202c</a>",
}

// payloadPair has each payload in every place of an exchange of its own.
func payloadPair() (ok, bad *traffic.Capture) {
	build := func(file, more string) *traffic.Capture {
		c := &traffic.Capture{File: file + payloads[1], Format: traffic.HAR, Creator: traffic.Product{Name: payloads[0], Version: payloads[3]}}
		for i, p := range payloads {
			c.Pages = append(c.Pages, traffic.Page{ID: p, Title: p})
			c.Warnings = append(c.Warnings, traffic.Warning{Entry: i, Text: p})
			x := &traffic.Exchange{Index: i, Request: traffic.Request{
				Method: "GET", URL: fmt.Sprintf("https://a.test/%d/%s?q=%s#%s", i, p, p+more, p), Proto: p,
				Header: traffic.Header{{Name: "X-One", Value: p + more}, {Name: p, Value: p}, {Name: "Cookie", Value: p + "=" + p + more}},
				Body:   traffic.NewBody("text/html", []byte(p+more+"\n"+p)),
			}, Response: &traffic.Response{
				Status: 200, StatusText: p, Proto: p, Error: "",
				Header: traffic.Header{{Name: "Set-Cookie", Value: p + "=1; Path=" + p}, {Name: "Content-Type", Value: "text/html"}, {Name: "X-Two", Value: p}},
				Body:   traffic.NewBody("application/json", []byte(`{`+string(must(json.Marshal(p)))+`:`+string(must(json.Marshal(p+more)))+`}`)),
			}, Recorded: traffic.Recorded{Page: p, ServerIP: p, Comment: p}}
			if more != "" {
				x.Response.Status, x.Response.Error = 401, p
			}
			c.Exchanges = append(c.Exchanges, x)
		}
		return c
	}
	return build("ok", ""), build("bad", "!")
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func TestPageIsInert(t *testing.T) {
	b := openTab(t)
	ok, bad := payloadPair()
	html := pageHTML(t, diff.Compare(ok, bad, diff.Options{}))
	b.open(t, html, "")
	names := look[[]string](t, b, `rows.map((r) => r.id)`)
	seen := look[string](t, b, `document.documentElement.textContent`)
	for _, id := range names {
		look[bool](t, b, fmt.Sprintf(`(openRow(%q), true)`, id))
		b.wait(t, openDialog+fmt.Sprintf(` && location.hash === "#" + %q && rows[view.open].id === %q`, id, id))
		seen += look[string](t, b, `document.querySelector("dialog.exchange").textContent`)
		if foreign := look[[]string](t, b, foreignElements); len(foreign) > 0 {
			t.Errorf("%s: elements that the page does not make: %q", id, foreign)
		}
	}
	if look[bool](t, b, `"pwned" in window`) {
		t.Error("a payload ran")
	}
	for _, p := range payloads {
		if want := mask.Visible(p); !strings.Contains(seen, want) {
			t.Errorf("%q is not shown as text", want)
		}
	}
	b.quiet(t)
}

// foreignElements are those that no page needs, and attributes that run.
const foreignElements = `[...document.querySelectorAll("img, svg, iframe, object, embed, base, form, video, audio, math, template, " +
	"script:not([id=data]):not(body > script), style:not(head > style), link:not([href='data:,']), meta[http-equiv=refresh]")].map((e) => e.outerHTML.slice(0, 80))
	.concat([...document.querySelectorAll("*")].flatMap((e) => [...e.attributes]).filter((a) => a.name.startsWith("on") || /^\s*javascript:/i.test(a.value) && a.name !== "aria-label").map((a) => a.name + "=" + a.value))`

// TestPageOfManyRows: a long flow has few elements at a time, wherever it is
// scrolled to, and every row says which of how many it is.
func TestPageOfManyRows(t *testing.T) {
	const rows = 10_000
	b := openTab(t)
	b.seeAs(t, 1280, 900, "light")
	html := pageHTML(t, diff.Compare(longFlow("ok", rows), longFlow("bad", rows), diff.Options{}))
	if len(html) > 21<<20 {
		t.Errorf("the page has %d bytes", len(html))
	}
	b.open(t, html, "")
	if n := look[int](t, b, `rows.length`); n != rows {
		t.Fatalf("%d rows, %d exchanges", n, rows)
	}
	for _, key := range []struct{ name, key, want string }{
		{"the end", "End", "10000"}, {"the beginning", "Home", "1"},
	} {
		look[bool](t, b, `(flow.list.focus(), true)`)
		b.strike(t, key.key)
		b.wait(t, fmt.Sprintf(`document.querySelector(".row.chosen")?.getAttribute("aria-posinset") === %q`, key.want))
		b.wait(t, `(() => { const r = document.querySelector(".row.chosen").getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight })()`)
		if n := look[int](t, b, `document.querySelectorAll(".row").length`); n == 0 || n > 120 {
			t.Errorf("at %s there are %d rows in the document", key.name, n)
		}
		if size := look[string](t, b, `document.querySelector(".row").getAttribute("aria-setsize")`); size != "10000" {
			t.Errorf("a row is one of %s", size)
		}
	}
	t.Logf("%d bytes; drawn %.0f ms after the navigation began", len(html), look[float64](t, b, `performance.getEntriesByType("navigation")[0].loadEventEnd`))
	b.quiet(t)
}

// longFlow is a flow of ordinary calls, every tenth of which fails in bad.
func longFlow(file string, n int) *traffic.Capture {
	c := &traffic.Capture{File: file, Format: traffic.HAR}
	began := time.Date(2026, 10, 1, 10, 0, 0, 0, time.UTC)
	for i := range n {
		x := &traffic.Exchange{Index: i, Request: traffic.Request{
			Method: "GET", URL: fmt.Sprintf("https://api.shop.test/v1/orders/%d?page=%d", i, i%7), Proto: "h2",
			Header: traffic.Header{{Name: "Accept", Value: "application/json"}, {Name: "User-Agent", Value: "client/1.0"}, {Name: "X-Request-Id", Value: fmt.Sprintf("%s-%016x", file, i*7919)},
				{Name: "Authorization", Value: "Bearer opaque-" + file}},
		}, Response: &traffic.Response{
			Status: 200, Header: traffic.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Server", Value: "nginx"}},
			Body: traffic.NewBody("application/json", fmt.Appendf(nil, `{"id":%d,"state":"open","lines":[{"sku":"tea-%d","count":%d}]}`, i, i%300, i%5)),
		}}
		started := began.Add(time.Duration(i) * 90 * time.Millisecond)
		x.Recorded = traffic.Recorded{Started: traffic.Timestamp{Time: started, Text: started.Format(time.RFC3339Nano)}, Millis: float64(20 + i%90)}
		if file == "bad" && i > 5000 && i%10 == 0 {
			x.Response.Status = 401
		}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}
