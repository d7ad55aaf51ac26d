package browse

import (
	"encoding/json"

	"github.com/replaydiff/replay/diff/traffic"
)

// A socket is the handshake of a WebSocket as it was sent and received.
type socket struct{ sent, received traffic.Header }

// messages are what came after an answer that does not end: over a WebSocket
// ("_webSocketMessages", as Chromium's own export has it), or as server-sent
// events ("_eventSourceMessages").
type messages struct {
	list  []message
	bytes int64
}

type message struct {
	Type   string  `json:"type"`             // "send", "receive", "error"
	Time   float64 `json:"time"`             // seconds since 1970
	Opcode float64 `json:"opcode,omitempty"` // of a WebSocket
	Event  string  `json:"event,omitempty"`  // of server-sent events
	ID     string  `json:"id,omitempty"`
	Data   string  `json:"data"` // Base64 where opcode is 2
}

// maxMessages bounds those of one answer that are kept: the first ones, for
// there the login is.
const maxMessages = 1000

func (s *messages) add(m message, limit int64) {
	if len(s.list) >= maxMessages || s.bytes+int64(len(m.Data)) > limit {
		return
	}
	s.bytes += int64(len(m.Data))
	s.list = append(s.list, m)
}

func onSocketCreated(r *recorder, p *page, params json.RawMessage) {
	read(params, func(e *socketEvent) {
		if r.done[e.RequestID] || r.current(e.RequestID) != nil {
			return
		}
		f := r.flow(e.RequestID)
		f.hops = append(f.hops, &hop{
			flow: f, target: p, request: request{Method: "GET", URL: e.URL}, kind: "WebSocket", initiator: e.Initiator,
			document: p.url, page: r.lastPage(p), socket: &socket{},
		})
	})
}

func onSocketSent(r *recorder, params json.RawMessage) {
	read(params, func(e *socketEvent) {
		if h := r.socketHop(e.RequestID); h != nil {
			h.wall, h.began = e.WallTime, e.Timestamp
			h.Headers = e.Request.Headers
		}
	})
}

func onSocketReceived(r *recorder, params json.RawMessage) {
	read(params, func(e *socketEvent) {
		h := r.socketHop(e.RequestID)
		if h == nil {
			return
		}
		h.response = &response{Status: e.Response.Status, StatusText: e.Response.StatusText, Headers: e.Response.Headers, Protocol: "http/1.1"}
		h.socket.sent, h.socket.received = traffic.Header(e.Response.RequestHeaders), traffic.Header(e.Response.Headers)
		if _, raw := headerOfText(e.Response.RequestHeadersText); raw != nil {
			h.socket.sent = raw
		}
		if _, raw := headerOfText(e.Response.HeadersText); raw != nil {
			h.socket.received = raw
		}
	})
}

func onSocketFrame(r *recorder, kind string, params json.RawMessage) {
	read(params, func(e *socketEvent) {
		h := r.socketHop(e.RequestID)
		if h == nil {
			return
		}
		m := message{Type: kind, Time: h.wall + e.Timestamp - h.began, Opcode: e.Response.Opcode, Data: e.Response.PayloadData}
		if kind == "error" {
			m.Data = e.ErrorMessage
			h.failure = &loadingFailed{ErrorText: e.ErrorMessage}
		}
		h.messages.add(m, r.limit)
	})
}

func onSocketClosed(r *recorder, params json.RawMessage) {
	read(params, func(e *socketEvent) {
		if h := r.socketHop(e.RequestID); h != nil {
			h.finish(r.now(), e.Timestamp)
		}
	})
}

func (r *recorder) socketHop(id string) *hop {
	if h := r.current(id); h != nil && h.socket != nil && !h.ended {
		return h
	}
	return nil
}
