//go:build unix

package harness

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
)

// A speedKind is a server whose answers are all of one kind, and the capture of
// it.
type speedKind struct {
	name   string
	status int
	media  string
	body   func(serial int64, at time.Time) string
	cookie bool // each client has a session

	served atomic.Int64
}

func speedKinds() []*speedKind {
	row := `{"id":%d,"name":"chair of oak","price":4900,"currency":"EUR","stock":[3,4,5],"tags":["wood","home"]}`
	var rows []string
	for i := range 10 {
		rows = append(rows, fmt.Sprintf(row, i))
	}
	list := `{"items":[` + strings.Join(rows, ",") + `],"total":10,"next":null}`
	constant := func(int64, time.Time) string { return list }
	return []*speedKind{
		{name: "json", status: 200, media: "application/json", body: constant},
		{name: "session", status: 200, media: "application/json", body: constant, cookie: true},
		{name: "page", status: 200, media: "text/html; charset=utf-8", body: shelfPage},
		{name: "clock", status: 200, media: "application/json", body: func(serial int64, at time.Time) string {
			return fmt.Sprintf(`{"request_id":"%016x","server_time":%q,%s`, serial*0x9E3779B97F4A7C1, at.UTC().Format(time.RFC3339), list[1:])
		}},
		{name: "not-modified", status: 304},
	}
}

// shelfPage is a page of about 20 KB with a nonce, a token and the time.
func shelfPage(serial int64, at time.Time) string {
	var b strings.Builder
	nonce := fmt.Sprintf("%016x%08x", uint64(serial)*0x9E3779B97F4A7C15, uint32(serial)*0x85EBCA6B)
	fmt.Fprintf(&b, "<!doctype html>\n<html><head><title>Shelf</title>\n<script nonce=\"%s\" src=\"/static/app.js\"></script>\n</head><body>\n", nonce)
	fmt.Fprintf(&b, "<form method=\"post\" action=\"/loans\">\n<input type=\"hidden\" name=\"csrf_token\" value=\"%s\">\n</form>\n", nonce[4:]+nonce[:4])
	for i := range 150 {
		fmt.Fprintf(&b, "  <li class=\"book\" id=\"book-%d\"><a href=\"/books/%d\">The history of the chair, volume %d</a> <span class=\"price\">%d.00</span></li>\n", i, i, i, 10+i)
	}
	fmt.Fprintf(&b, "<footer>rendered %s</footer>\n</body></html>\n", at.UTC().Format("2006-01-02 15:04:05"))
	return b.String()
}

// header is what the server says beside Date and Content-Length.
func (k *speedKind) header() [][2]string {
	list := [][2]string{{"Cache-Control", "no-store"}, {"Content-Security-Policy", "default-src 'self'"}}
	if k.media != "" {
		list = append(list, [2]string{"Content-Type", k.media})
	}
	return append(list, [2]string{"Etag", `"33a64df5"`}, [2]string{"Vary", "Accept"}, [2]string{"X-Content-Type-Options", "nosniff"})
}

func (k *speedKind) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for _, f := range k.header() {
		w.Header().Set(f[0], f[1])
	}
	if k.status == 304 {
		w.WriteHeader(304)
		return
	}
	body := k.body(k.served.Add(1)+1e6, time.Now())
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = io.WriteString(w, body)
}

// capture is what a browser recorded of the server a while ago.
func (k *speedKind) capture(n int) *traffic.Capture {
	c := &traffic.Capture{File: "ok.har", Format: traffic.HAR, Version: "1.2"}
	at := time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)
	for i := range n {
		x := &traffic.Exchange{Index: i, Request: traffic.Request{Method: "GET", URL: fmt.Sprintf("%s/items?page=%d", recordedOrigin, i), Proto: "HTTP/1.1"}}
		x.Request.Header = traffic.Header{{Name: "Host", Value: strings.TrimPrefix(recordedOrigin, "https://")}, {Name: "User-Agent", Value: "client/1.0"},
			{Name: "Accept", Value: "application/json"}, {Name: "Accept-Language", Value: "en"}}
		if k.cookie {
			x.Request.Header = append(x.Request.Header, traffic.HeaderField{Name: "Cookie", Value: fmt.Sprintf("sid=%016x; theme=dark", (i%32+1)*0x9E3779B97F4A7C)})
		}
		when := at.Add(time.Duration(i) * time.Millisecond)
		x.Recorded = traffic.Recorded{Started: stamp(when), Millis: 3}
		r := &traffic.Response{Status: k.status, StatusText: http.StatusText(k.status), Proto: "HTTP/1.1"}
		for _, f := range k.header() {
			r.Header = append(r.Header, traffic.HeaderField{Name: f[0], Value: f[1]})
		}
		r.Header = append(r.Header, traffic.HeaderField{Name: "Date", Value: when.Format(http.TimeFormat)})
		if k.body != nil {
			body := k.body(int64(i+1), when)
			r.Body = traffic.NewBody(k.media, []byte(body))
			r.Header = append(r.Header, traffic.HeaderField{Name: "Content-Length", Value: strconv.Itoa(len(body))})
		}
		x.Response = r
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}
