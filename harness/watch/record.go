package watch

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// maxKept is how many bytes of a body are kept in the capture. Longer ones go
// through, and are absent there: no token is in them.
const maxKept = 1 << 20

// An entry is one exchange as it is written down. Its fields are guarded by the
// watch.
type entry struct {
	request  traffic.Request
	response *traffic.Response
	started  time.Time
	took     time.Duration
}

// Capture is what the client did so far, as it began. What is still on its way
// has no answer, or no body yet. It holds the client's true tokens: mask it
// before it is written anywhere.
func (w *Watch) Capture() *traffic.Capture {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := &traffic.Capture{File: "the client watched", Creator: traffic.Product{Name: "replay watch"}}
	for i, e := range w.entries {
		x := &traffic.Exchange{Index: i, Request: e.request, Recorded: traffic.Recorded{
			Started: traffic.Timestamp{Time: e.started, Text: e.started.Format(time.RFC3339Nano)},
			Millis:  float64(e.took) / float64(time.Millisecond),
			Timings: traffic.Timings{Blocked: -1, DNS: -1, Connect: -1, SSL: -1, Send: -1, Wait: -1, Receive: -1},
		}}
		if e.response != nil {
			answer := *e.response
			x.Response = &answer
		}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

type entryKey struct{}

// serve is where requests of the client come in.
func (w *Watch) serve(out http.ResponseWriter, r *http.Request) {
	e, err := w.begin(r)
	if err != nil {
		http.Error(out, "the request's body ended early", http.StatusBadRequest)
		return
	}
	r = r.WithContext(context.WithValue(r.Context(), entryKey{}, e))
	if refusal := w.refusal(e, r); refusal != nil {
		w.done(e, refusal)
		refusal.write(out, r)
		return
	}
	w.restore(e, r)
	w.proxy.ServeHTTP(out, r)
}

// begin writes a request down.
func (w *Watch) begin(r *http.Request) (*entry, error) {
	started := w.now()
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	header := traffic.HeaderOf(r.Header)
	if r.Host != "" {
		header = append(traffic.Header{{Name: "Host", Value: r.Host}}, header...)
	}
	e := &entry{started: started, request: traffic.Request{
		Method: r.Method, URL: scheme + "://" + r.Host + r.URL.RequestURI(), Proto: r.Proto, Header: header,
		Sizes: traffic.Sizes{Header: -1, Body: -1, Content: -1, Compression: -1},
	}}
	if r.Body != nil && r.Body != http.NoBody {
		first, err := io.ReadAll(io.LimitReader(r.Body, maxKept+1))
		if err != nil {
			return nil, err
		}
		if len(first) <= maxKept {
			e.request.Body = traffic.NewBody(r.Header.Get("Content-Type"), first)
		}
		r.Body = joined{io.MultiReader(bytes.NewReader(first), r.Body), r.Body}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.entries = append(w.entries, e)
	w.sent(&e.request)
	return e, nil
}

// joined reads what was read already, and the rest.
type joined struct {
	io.Reader
	io.Closer
}

// answered writes an answer of the server down, before the client sees it where
// that can be; and changes it where that was asked for.
func (w *Watch) answered(r *http.Response) error {
	e := r.Request.Context().Value(entryKey{}).(*entry)
	answer := &wire.Answer{Status: r.StatusCode, Reason: strings.TrimPrefix(r.Status, fmt.Sprintf("%d ", r.StatusCode)), Proto: r.Proto, Header: traffic.HeaderOf(r.Header), HeaderSize: -1}
	if !isWhole(r) {
		w.handOn(e, r, answer)
		return nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxKept+1))
	if len(body) > maxKept { // its length was not told
		r.Body = joined{io.MultiReader(bytes.NewReader(body), r.Body), r.Body}
		w.handOn(e, r, answer)
		return nil
	}
	r.Body.Close()
	if err != nil {
		return err
	}
	answer.Body = body
	if handed := w.handOut(answer); handed != nil {
		answer = handed
		r.Header.Del("Content-Encoding")
		r.Header.Set("Content-Length", strconv.Itoa(len(answer.Body)))
		r.ContentLength = int64(len(answer.Body))
	}
	r.Body = io.NopCloser(bytes.NewReader(answer.Body))
	w.note(e, answer.Response(traffic.Limits{}))
	return nil
}

// handOn lets an answer through while it comes, and writes down what comes.
func (w *Watch) handOn(e *entry, r *http.Response, answer *wire.Answer) {
	w.note(e, answer.Response(traffic.Limits{}))
	if r.StatusCode == http.StatusSwitchingProtocols {
		return
	}
	r.Body = &tee{body: r.Body, ends: func(body []byte, whole bool) {
		if whole {
			answer.Body = body
		}
		w.note(e, answer.Response(traffic.Limits{}))
	}}
}

// isWhole tells an answer that is short and ends by itself, so that it can be
// read before it is handed on: all that hands out tokens is.
func isWhole(r *http.Response) bool {
	switch {
	case r.StatusCode == http.StatusSwitchingProtocols:
		return false
	case r.ContentLength >= 0:
		return r.ContentLength <= maxKept
	}
	kind, _, _ := strings.Cut(strings.ToLower(r.Header.Get("Content-Type")), ";")
	kind = strings.TrimSpace(kind)
	return kind == "application/json" || strings.HasSuffix(kind, "+json") || kind == "text/html"
}

func (w *Watch) unanswered(out http.ResponseWriter, r *http.Request, err error) {
	e := r.Context().Value(entryKey{}).(*entry)
	a := plain(http.StatusBadGateway, "no answer of the server behind this proxy")
	if r.Context().Err() != nil {
		w.note(e, &traffic.Response{Error: "the client went away"})
	} else {
		w.done(e, a)
	}
	a.write(out, r)
}

// note writes the answer to a request down.
func (w *Watch) note(e *entry, r *traffic.Response) {
	now := w.now()
	w.mu.Lock()
	defer w.mu.Unlock()
	e.response, e.took = r, now.Sub(e.started)
}

// A tee keeps what is read of a body, up to maxKept.
type tee struct {
	body io.ReadCloser
	kept []byte
	lost bool
	once sync.Once
	ends func(body []byte, whole bool)
}

func (t *tee) Read(b []byte) (int, error) {
	n, err := t.body.Read(b)
	if len(t.kept)+n > maxKept {
		t.kept, t.lost = nil, true
	}
	if !t.lost {
		t.kept = append(t.kept, b[:n]...)
	}
	if err != nil {
		t.once.Do(func() { t.ends(t.kept, !t.lost && err == io.EOF) })
	}
	return n, err
}

func (t *tee) Close() error {
	t.once.Do(func() { t.ends(nil, false) })
	return t.body.Close()
}
