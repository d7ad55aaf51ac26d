package damage

import (
	"fmt"
	"net/http"
	"net/textproto"
	"strconv"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// answer is what the proxy says itself; the server is not asked.
func (p *Proxy) answer(r *wire.Request, d scenarios.Damage) *wire.Answer {
	title := fmt.Sprintf("%d %s", d.Status, http.StatusText(d.Status))
	page := "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1><hr>proxy</body></html>\n"
	var fields traffic.Header
	if d.Name != "" {
		fields = append(fields, traffic.HeaderField{Name: textproto.CanonicalMIMEHeaderKey(d.Name), Value: d.Value})
	}
	return p.own(r, d.Status, []byte(page), fields)
}

// own is an answer that was made here.
func (p *Proxy) own(r *wire.Request, status int, body []byte, fields traffic.Header) *wire.Answer {
	now := p.now()
	h := append(traffic.Header{{Name: "Date", Value: now.UTC().Format(http.TimeFormat)}}, fields...)
	if len(body) > 0 {
		h = append(h, traffic.HeaderField{Name: "Content-Type", Value: "text/html; charset=utf-8"})
	}
	if status != 204 && status != 304 {
		h = append(h, traffic.HeaderField{Name: "Content-Length", Value: strconv.Itoa(len(body))})
	}
	if r.Method == "HEAD" || status == 204 || status == 304 {
		body = nil
	}
	return &wire.Answer{
		Status: status, Reason: http.StatusText(status), Proto: "HTTP/1.1", Header: h, Body: body, HeaderSize: -1,
		Started: now, Timings: traffic.Timings{Blocked: -1, DNS: -1, Connect: -1, SSL: -1},
	}
}
