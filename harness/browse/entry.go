package browse

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

func (h *hop) requestOf(sent *sentExtra) traffic.Request {
	r := traffic.Request{Method: h.Method, URL: h.URL, Header: traffic.Header(h.Headers), Sizes: unknownSizes}
	if sent != nil {
		r.Header = traffic.Header(sent.Headers)
	} else if h.socket != nil && h.socket.sent != nil {
		r.Header = h.socket.sent
	}
	if h.response != nil {
		r.Proto = h.response.Protocol
	}
	r.Sizes.Body = 0
	if h.sending != nil {
		r.Body = traffic.NewBody(r.Header.Get("Content-Type"), h.sending)
		r.Sizes.Body = int64(len(h.sending))
	}
	return r
}

var unknownSizes = traffic.Sizes{Header: -1, Body: -1, Content: -1, Compression: -1}

func (h *hop) responseOf(received *receivedExtra) traffic.Response {
	r := traffic.Response{Sizes: unknownSizes}
	if h.response != nil {
		r.Status, r.StatusText, r.Proto = h.response.Status, h.response.StatusText, h.response.Protocol
		r.Header = traffic.Header(h.response.Headers)
	}
	if received != nil {
		h.rawResponse(&r, received)
	} else if h.socket != nil && h.socket.received != nil {
		r.Header = h.socket.received
	}
	if h.failure != nil {
		r.Error = h.failure.ErrorText
	}
	if h.hasBody {
		mediaType := r.Header.Get("Content-Type")
		if h.response != nil && h.response.MimeType != "" {
			mediaType = h.response.MimeType
		}
		r.Body = traffic.NewBody(mediaType, h.body)
	}
	r.Sizes.Content = h.length
	return r
}

// rawResponse is the answer as it was received. A kept answer that the server
// said is still good (304) stands on the wire as that.
func (h *hop) rawResponse(r *traffic.Response, received *receivedExtra) {
	r.Header = traffic.Header(received.Headers)
	if received.StatusCode != 0 && received.StatusCode != r.Status {
		r.Status, r.StatusText = received.StatusCode, http.StatusText(received.StatusCode)
	}
	if received.HeadersText == "" {
		return
	}
	line, header := headerOfText(received.HeadersText)
	r.Header, r.Sizes.Header = header, int64(len(received.HeadersText))
	version, reason := reasonPhrase(line)
	r.StatusText = reason
	if r.Proto == "" {
		r.Proto = strings.ToLower(version)
	}
}

func (h *hop) recorded() traffic.Recorded {
	r := traffic.Recorded{
		Started: timestamp(h.wall),
		Millis:  -1, Timings: traffic.Timings{Blocked: -1, DNS: -1, Connect: -1, SSL: -1},
		Page: h.page,
	}
	if h.ended {
		r.Millis = max(0, h.end-h.began) * 1000
		r.Timings.Wait = r.Millis
	}
	if h.response == nil {
		return r
	}
	r.ServerIP = strings.Trim(h.response.RemoteIPAddress, "[]")
	if h.response.RemotePort > 0 {
		r.Connection = strconv.Itoa(h.response.RemotePort)
	}
	if t := h.response.Timing; t != nil && !h.memory {
		r.Timings = timingsOf(t, h.began, h.end)
	}
	return r
}

// timingsOf are the phases of HAR 1.2: what stands between them counts as
// blocked, and connect includes ssl.
func timingsOf(t *timing, began, end float64) traffic.Timings {
	phase := func(start, end float64) float64 {
		if start < 0 || end < start {
			return -1
		}
		return end - start
	}
	first := t.SendStart
	for _, start := range []float64{t.ConnectStart, t.DNSStart} {
		if start >= 0 {
			first = start
		}
	}
	return traffic.Timings{
		Blocked: max(0, (t.RequestTime-began)*1000+max(0, first)),
		DNS:     phase(t.DNSStart, t.DNSEnd), Connect: phase(t.ConnectStart, t.ConnectEnd), SSL: phase(t.SslStart, t.SslEnd),
		Send:    max(0, phase(t.SendStart, t.SendEnd)),
		Wait:    max(0, t.ReceiveHeadersEnd-t.SendEnd),
		Receive: max(0, (end-t.RequestTime)*1000-t.ReceiveHeadersEnd),
	}
}
