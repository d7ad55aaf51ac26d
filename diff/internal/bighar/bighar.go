// Package bighar makes large HAR files that look like Chrome's, for
// benchmarks and tests of limits. The same options give the same bytes.
package bighar

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Options say what to make. The zero value makes an empty capture.
type Options struct {
	Entries  int
	MeanBody int    // bytes of a response body on average; 0 for none
	Seed     uint64 // of everything that is the same in both captures of a pair

	// Later makes the second capture of a pair: the same calls at another
	// time, with other request IDs, and with a token that has expired
	// halfway through.
	Later bool
}

// Write writes a capture.
func Write(w io.Writer, o Options) error {
	g := &generator{
		Options: o,
		w:       bufio.NewWriterSize(w, 256<<10),
		rand:    rand.New(rand.NewPCG(o.Seed, 1)),
		noise:   rand.New(rand.NewPCG(o.Seed, 2)),
		now:     time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC),
	}
	if o.Later {
		g.noise = rand.New(rand.NewPCG(o.Seed, 3))
		g.now = g.now.Add(26 * time.Hour)
	}
	g.text(`{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"537.36"},"pages":[` +
		`{"startedDateTime":"` + g.now.Format(time.RFC3339Nano) + `","id":"page_1","title":"https://shop.example/","pageTimings":{"onLoad":812.5}}],"entries":[`)
	for i := range o.Entries {
		if i > 0 {
			g.text(",\n")
		}
		g.entry(i)
	}
	g.text("]}}\n")
	g.flush()
	return g.w.Flush()
}

type generator struct {
	Options
	w     *bufio.Writer
	buf   []byte
	rand  *rand.Rand // the same in both captures
	noise *rand.Rand // not the same
	now   time.Time
}

func (g *generator) text(s string)  { g.buf = append(g.buf, s...) }
func (g *generator) quote(s string) { g.buf, _ = jsontext.AppendQuote(g.buf, s) }

func (g *generator) flush() {
	g.w.Write(g.buf) // an error sticks until the last Flush
	g.buf = g.buf[:0]
}

func (g *generator) headers(pairs ...string) {
	g.text(`"headers":[`)
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			g.text(",")
		}
		g.text(`{"name":`)
		g.quote(pairs[i])
		g.text(`,"value":`)
		g.quote(pairs[i+1])
		g.text(`}`)
	}
	g.text(`]`)
}

// kinds are the resources of a page, by how often they come.
var kinds = []struct {
	name, path, mediaType string
	share                 int
	content               func(g *generator, n int)
}{
	{"fetch", "/api/v1/orders", "application/json", 60, (*generator).json},
	{"document", "/orders", "text/html; charset=utf-8", 15, (*generator).html},
	{"script", "/static/app", "application/javascript", 15, (*generator).html},
	{"image", "/img/product", "image/png", 10, (*generator).image},
}

func (g *generator) entry(i int) {
	pick, kind := g.rand.IntN(100), 0
	for pick >= kinds[kind].share {
		pick -= kinds[kind].share
		kind++
	}
	k := kinds[kind]
	g.now = g.now.Add(time.Duration(20+g.noise.IntN(100)) * time.Millisecond)
	id := strconv.Itoa(g.rand.IntN(100_000))
	refused := g.Later && kind == 0 && i >= g.Entries/2
	length := 0
	if g.MeanBody > 0 {
		length = g.rand.IntN(2*g.MeanBody) + 1
	}

	fmt.Fprintf(g, `{"_initiator":{"type":"script","stack":{"callFrames":[{"functionName":"load","scriptId":"%d","url":"https://shop.example/static/app.js","lineNumber":%d,"columnNumber":12}]}},`,
		g.noise.IntN(90)+1, g.rand.IntN(9000))
	fmt.Fprintf(g, `"_priority":"High","_resourceType":"%s","cache":{},"connection":"%d","pageref":"page_1",`, k.name, g.noise.IntN(900))
	g.request(k.path+"/"+id, kind == 0, refused)
	g.text(`,`)
	g.response(k.mediaType, length, refused, func(n int) { k.content(g, n) })
	fmt.Fprintf(g, `,"serverIPAddress":"192.0.2.7","startedDateTime":"%s","time":%.3f,`,
		g.now.Format("2006-01-02T15:04:05.000Z07:00"), 5+g.noise.Float64()*90)
	fmt.Fprintf(g, `"timings":{"blocked":1.5,"dns":-1,"ssl":-1,"connect":-1,"send":0.25,"wait":%.3f,"receive":1.125,"_blocked_queueing":0.5}}`,
		g.noise.Float64()*80)
	g.flush()
}

// Write appends to the entry.
func (g *generator) Write(p []byte) (int, error) {
	g.buf = append(g.buf, p...)
	return len(p), nil
}

func (g *generator) request(path string, api, refused bool) {
	g.text(`"request":{"method":"GET","url":"https://shop.example` + path + `?page=2&cid=`)
	cid := strconv.FormatUint(g.noise.Uint64(), 36)
	g.text(cid + `","httpVersion":"http/2.0",`)
	authorization := "Bearer " + g.token(1_772_440_000)
	if g.Later && !refused {
		authorization = "Bearer " + g.token(1_772_530_000)
	}
	pairs := []string{
		":authority", "shop.example", ":method", "GET", ":path", path, ":scheme", "https",
		"accept", "application/json, text/plain, */*", "accept-encoding", "gzip, deflate, br, zstd",
		"accept-language", "en-GB,en;q=0.9", "cookie", "session=" + strconv.FormatUint(g.Seed+0x5eed, 36) + "; theme=dark",
		"referer", "https://shop.example/orders", "sec-fetch-mode", "cors", "user-agent",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
		"x-request-id", strconv.FormatUint(g.noise.Uint64(), 16),
	}
	if api {
		pairs = append(pairs, "authorization", authorization)
	}
	g.headers(pairs...)
	g.text(`,"queryString":[{"name":"page","value":"2"},{"name":"cid","value":"` + cid + `"}],` +
		`"cookies":[{"name":"session","value":"` + strconv.FormatUint(g.Seed+0x5eed, 36) + `"},{"name":"theme","value":"dark"}],` +
		`"headersSize":-1,"bodySize":0}`)
}

// token is a JWT that expires at a time; nobody signed it.
func (g *generator) token(expires int) string {
	enc := base64.RawURLEncoding
	return enc.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." +
		enc.EncodeToString(fmt.Appendf(nil, `{"sub":"user-%d","exp":%d}`, g.Seed, expires)) + "." +
		enc.EncodeToString([]byte("a signature that nobody made..."))
}

func (g *generator) response(mediaType string, length int, refused bool, content func(int)) {
	status, text := 200, "OK"
	if refused {
		status, text = 401, "Unauthorized"
	}
	fmt.Fprintf(g, `"response":{"status":%d,"statusText":"%s","httpVersion":"http/2.0",`, status, text)
	pairs := []string{
		"content-type", mediaType, "date", g.now.Format("Mon, 02 Jan 2006 15:04:05 GMT"), "server", "nginx",
		"vary", "Accept-Encoding", "x-request-id", strconv.FormatUint(g.noise.Uint64(), 16),
		"cache-control", "private, no-store", "strict-transport-security", "max-age=31536000",
	}
	if refused {
		pairs = append(pairs, "www-authenticate", `Bearer realm="shop", error="invalid_token", error_description="The token expired"`)
	}
	g.headers(pairs...)
	fmt.Fprintf(g, `,"cookies":[],"content":{"size":%d,"mimeType":"%s"`, length, mediaType)
	switch {
	case refused:
		g.text(`,"text":"{\"error\":\"token_expired\"}"`)
	case length > 0:
		g.text(`,"text":"`)
		content(length)
		g.text(`"`)
		if mediaType == "image/png" {
			g.text(`,"encoding":"base64"`)
		}
	}
	g.text(`},"redirectURL":"","headersSize":-1,"bodySize":-1,"_transferSize":1234,"_error":null}`)
}

// json writes about n bytes of a JSON body, escaped as within a string.
func (g *generator) json(n int) {
	g.text(`{\"items\":[`)
	for start := len(g.buf); len(g.buf)-start < n; {
		g.text(`{\"id\":`)
		g.buf = strconv.AppendInt(g.buf, g.rand.Int64N(1e9), 10)
		g.text(`,\"name\":\"Teapot \\\"Earl\\\" №`)
		g.buf = strconv.AppendInt(g.buf, g.rand.Int64N(1e4), 10)
		g.text(`\",\"price\":12.50,\"tags\":[\"kitchen\",\"sale\"],\"note\":\"dishwasher safe, ships within two days\"},`)
	}
	g.text(`null]}`)
}

// html writes about n bytes of a page or a script.
func (g *generator) html(n int) {
	for start := len(g.buf); len(g.buf)-start < n; {
		g.text(`<li class=\"row\" data-id=\"`)
		g.buf = strconv.AppendInt(g.buf, g.rand.Int64N(1e9), 10)
		g.text(`\">\n\t<a href=\"/orders\">An order of some teapots, and what else goes with tea</a>\n</li>\n`)
	}
}

// image writes n bytes in Base64.
func (g *generator) image(n int) {
	piece := make([]byte, 3*1024)
	for ; n > 0; n -= len(piece) {
		piece = piece[:min(len(piece), (n+2)/3*3)]
		for i := range piece {
			piece[i] = byte(g.rand.Uint32())
		}
		g.buf = base64.StdEncoding.AppendEncode(g.buf, piece)
	}
}
