package recorder

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Recorder keeps what goes through it. It is for one client at a time.
type Recorder struct {
	Hosts   map[string]string // address of the app that answers for a host: "api.example.com" → "127.0.0.1:40123"
	Clock   *Clock
	Capture *traffic.Capture
}

// New returns a recorder whose capture says who made it.
func New(creator string, clock *Clock, hosts map[string]string) *Recorder {
	return &Recorder{Hosts: hosts, Clock: clock, Capture: &traffic.Capture{
		Format: traffic.HAR, Version: "1.2", Creator: traffic.Product{Name: creator, Version: "1"},
	}}
}

// took is how long each exchange takes by the clock.
const took = 23 * time.Millisecond

// RoundTrip sends a request to the app of its host, in plain HTTP, and keeps it
// under the URL that it has.
func (r *Recorder) RoundTrip(q *http.Request) (*http.Response, error) {
	asked, err := requestOf(q)
	if err != nil {
		return nil, err
	}
	started := r.Clock.Now()
	resp, err := r.send(q)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body, resp.Request = io.NopCloser(bytes.NewReader(body)), q
	r.Clock.Wait(took)
	millis := float64(took) / float64(time.Millisecond)
	r.Capture.Exchanges = append(r.Capture.Exchanges, &traffic.Exchange{
		Index:    len(r.Capture.Exchanges),
		Request:  asked,
		Response: responseOf(resp, body),
		Recorded: traffic.Recorded{
			Started: traffic.Timestamp{Time: started, Text: started.UTC().Format("2006-01-02T15:04:05.000Z")},
			Millis:  millis,
			Timings: traffic.Timings{Blocked: -1, DNS: -1, Connect: -1, SSL: -1, Send: 1, Wait: millis - 2, Receive: 1},
		},
	})
	return resp, nil
}

// send reaches the app whatever it is called in the URL. The TLS of the real
// host ends before the app.
func (r *Recorder) send(q *http.Request) (*http.Response, error) {
	addr, known := r.Hosts[q.URL.Host]
	if !known {
		return nil, fmt.Errorf("no app answers for %s", q.URL.Host)
	}
	plain := q.Clone(q.Context())
	plain.URL.Scheme = "http"
	plain.Host = q.URL.Host
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}, DisableKeepAlives: true, DisableCompression: true}
	return transport.RoundTrip(plain)
}

// requestOf is the request as a browser lists it.
func requestOf(q *http.Request) (traffic.Request, error) {
	asked := traffic.Request{
		Method: q.Method, URL: q.URL.String(), Proto: "HTTP/1.1",
		Sizes: traffic.Sizes{Header: -1, Body: 0, Content: -1, Compression: -1},
	}
	header := q.Header.Clone()
	header.Set("Host", q.URL.Host)
	header.Set("Connection", "keep-alive")
	if q.Body != nil && q.Body != http.NoBody {
		body, err := io.ReadAll(q.Body)
		if err != nil {
			return asked, err
		}
		q.Body = io.NopCloser(bytes.NewReader(body))
		header.Set("Content-Length", strconv.Itoa(len(body)))
		asked.Body = traffic.NewBody(header.Get("Content-Type"), body)
		asked.Sizes.Body = int64(len(body))
	}
	for _, name := range browserOrder(header) {
		for _, value := range header[name] {
			asked.Header = append(asked.Header, traffic.HeaderField{Name: name, Value: value})
		}
	}
	return asked, nil
}

// browserOrder is about how Chromium sends HTTP/1.1.
func browserOrder(h http.Header) []string {
	const order = "Host Connection Content-Length Authorization X-Csrf-Token User-Agent Content-Type Accept Origin Referer Accept-Encoding Accept-Language Cookie"
	known := strings.Fields(order)
	place := func(name string) int {
		if i := slices.Index(known, name); i >= 0 {
			return i
		}
		return 4
	}
	names := make([]string, 0, len(h))
	for name := range h {
		names = append(names, name)
	}
	slices.Sort(names)
	slices.SortStableFunc(names, func(a, b string) int { return place(a) - place(b) })
	return names
}

func responseOf(resp *http.Response, body []byte) *traffic.Response {
	got := &traffic.Response{
		Status: resp.StatusCode, StatusText: http.StatusText(resp.StatusCode), Proto: resp.Proto,
		Body:  traffic.NewBody(resp.Header.Get("Content-Type"), body),
		Sizes: traffic.Sizes{Header: -1, Body: int64(len(body)), Content: int64(len(body)), Compression: -1},
	}
	names := make([]string, 0, len(resp.Header))
	for name := range resp.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range resp.Header[name] {
			got.Header = append(got.Header, traffic.HeaderField{Name: name, Value: value})
		}
	}
	return got
}
