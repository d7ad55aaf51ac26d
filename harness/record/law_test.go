package record_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/record"
	"github.com/replaydiff/replay/harness/wire"
)

// echo answers with what it was asked, so that two answers are equal exactly
// where the requests were; compressed, in chunks or with a length, as the path
// says.
func echo(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	w.Header()["Date"] = nil
	w.Header().Set("Content-Type", "text/plain")
	w.Header().Set("X-Was", cmp.Or(r.Header.Get("X-Say"), "-"))
	w.Header().Add("Set-Cookie", "a=1")
	w.Header().Add("Set-Cookie", "b=2; HttpOnly")
	said := fmt.Sprintf("%s %s %s %q", r.Method, r.Host, r.RequestURI, body)
	switch {
	case strings.Contains(r.URL.Path, "packed"):
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, said)
		_ = z.Close()
	case strings.Contains(r.URL.Path, "chunks"):
		for piece := range strings.SplitSeq(said, " ") {
			_, _ = io.WriteString(w, piece)
			_ = http.NewResponseController(w).Flush()
		}
	case strings.Contains(r.URL.Path, "none"):
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Content-Length", strconv.Itoa(len(said)))
		_, _ = io.WriteString(w, said)
	}
}

// TestLaw: a recording read again is the recording; and what is in it, sent to
// the same server again, is answered the same. On HTTP/1.1 and HTTP/2.
func TestLaw(t *testing.T) {
	server := serve(t, true, echo)
	a := authority(t)
	for _, two := range []bool{false, true} {
		l := listen(t, record.Proxy{Authority: a, TLS: trusting(server)})
		client := through(t, l, a, two)
		asked := 0
		rapid.Check(t, func(rt *rapid.T) {
			path := rapid.SampledFrom([]string{"/a", "/packed", "/chunks/x", "/none", "/a%2Fb//c"}).Draw(rt, "path")
			query := rapid.SampledFrom([]string{"", "?x=[1]", "?q=a%20b&q=", "?"}).Draw(rt, "query")
			method := rapid.SampledFrom([]string{"GET", "POST", "HEAD", "PUT"}).Draw(rt, "method")
			var body io.Reader
			if method == "POST" || method == "PUT" {
				body = bytes.NewReader(rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(rt, "body"))
			}
			request, err := http.NewRequest(method, server.URL+path+query, body)
			if err != nil {
				rt.Fatal(err)
			}
			request.Header.Set("X-Say", rapid.StringMatching(`[a-z][ -~]{0,20}[a-z]`).Draw(rt, "say"))
			r, err := client.Do(request)
			if err != nil {
				rt.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, r.Body)
			_ = r.Body.Close()
			asked++
		})
		c := l.Tape.Capture()
		if len(c.Exchanges) != asked {
			t.Fatalf("%d exchanges of %d are recorded", len(c.Exchanges), asked)
		}
		readAgain(t, c)
		sendAgain(t, server.URL, trustingClient(server.Listener.Addr().String(), two), c)
	}
}

func readAgain(t *testing.T, c *traffic.Capture) {
	t.Helper()
	var file bytes.Buffer
	if err := traffic.Write(&file, c, traffic.HAR); err != nil {
		t.Fatal(err)
	}
	again, err := traffic.Read(&file, "recorded.har", traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	for i, x := range c.Exchanges {
		if !traffic.EqualExchange(x, again.Exchanges[i]) {
			t.Fatalf("%s: it is read as\n%+v\n%+v\nand was\n%+v\n%+v", x.Where("recorded.har"), again.Exchanges[i].Request, again.Exchanges[i].Response, x.Request, x.Response)
		}
	}
}

func trustingClient(addr string, two bool) *wire.Client {
	proto := wire.HTTP1
	if two {
		proto = wire.HTTP2
	}
	return &wire.Client{Allow: []string{addr}, Proto: proto}
}

func sendAgain(t *testing.T, base string, client *wire.Client, c *traffic.Capture) {
	t.Helper()
	defer client.Close()
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	client.TLS = insecure()
	for _, x := range c.Exchanges {
		out, err := wire.RequestOf(&x.Request, 0)
		if err != nil {
			t.Fatalf("%s: %v", x.Where("recorded.har"), err)
		}
		out.Scheme, out.Addr = u.Scheme, u.Host
		got, err := client.Do(t.Context(), out)
		if err != nil {
			t.Fatalf("%s: %v", x.Where("recorded.har"), err)
		}
		answer := got.Response(traffic.Limits{})
		if answer.Status != x.Response.Status || !answer.Body.Equal(x.Response.Body) || sorted(answer.Header) != sorted(x.Response.Header) {
			t.Fatalf("%s: answered %d %s %q, recorded %d %s %q", x.Where("recorded.har"), answer.Status, sorted(answer.Header), text(t, answer.Body),
				x.Response.Status, sorted(x.Response.Header), text(t, x.Response.Body))
		}
	}
}
