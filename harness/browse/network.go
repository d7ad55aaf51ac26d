package browse

import (
	"encoding/json"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/network"

	"github.com/replaydiff/replay/diff/traffic"
)

// networkEvent is what a page tells of its traffic.
func (r *recorder) networkEvent(p *page, method string, params json.RawMessage) {
	switch method {
	case cdproto.EventNetworkRequestWillBeSent:
		onRequest(r, p, params)
	case cdproto.EventNetworkRequestWillBeSentExtraInfo:
		onSent(r, params)
	case cdproto.EventNetworkResponseReceived:
		onResponse(r, params)
	case cdproto.EventNetworkResponseReceivedExtraInfo:
		onReceived(r, params)
	case cdproto.EventNetworkRequestServedFromCache:
		onCached(r, params)
	case cdproto.EventNetworkDataReceived:
		onData(r, params)
	case cdproto.EventNetworkEventSourceMessageReceived:
		onEvent(r, params)
	case cdproto.EventNetworkLoadingFinished:
		onFinished(r, params)
	case cdproto.EventNetworkLoadingFailed:
		onFailed(r, params)
	case cdproto.EventNetworkWebSocketCreated:
		onSocketCreated(r, p, params)
	case cdproto.EventNetworkWebSocketWillSendHandshakeRequest:
		onSocketSent(r, params)
	case cdproto.EventNetworkWebSocketHandshakeResponseReceived:
		onSocketReceived(r, params)
	case cdproto.EventNetworkWebSocketFrameSent:
		onSocketFrame(r, "send", params)
	case cdproto.EventNetworkWebSocketFrameReceived:
		onSocketFrame(r, "receive", params)
	case cdproto.EventNetworkWebSocketFrameError:
		onSocketFrame(r, "error", params)
	case cdproto.EventNetworkWebSocketClosed:
		onSocketClosed(r, params)
	case cdproto.EventAuditsIssueAdded:
		onIssue(r, params)
	}
}

func onRequest(r *recorder, p *page, params json.RawMessage) {
	read(params, func(e *requestWillBeSent) {
		f := r.flows[e.RequestID]
		switch {
		case !recordable(e.Request.URL), f == nil && r.done[e.RequestID]:
			return
		case f != nil && len(f.hops) > 0:
			last := f.hops[len(f.hops)-1]
			if e.RedirectResponse == nil {
				return // told of by a second session
			}
			if last.ended || e.Request.URL == last.URL && last.began == e.Timestamp {
				return
			}
			last.response = e.RedirectResponse
			last.extra = extraOf(e.RedirectHasExtraInfo)
			last.noBody = "the browser keeps no body of a redirect"
			last.finish(r.now(), e.Timestamp)
		}
		f = r.flow(e.RequestID)
		h := &hop{
			flow: f, target: p, request: e.Request, kind: e.Type, document: e.DocumentURL,
			initiator: e.Initiator, wall: e.WallTime, began: e.Timestamp,
			frame: e.Type == "Document" && e.FrameID != p.target || p.kind == "iframe" && e.Type == "Document",
		}
		h.page = r.pageOf(p, e)
		f.hops = append(f.hops, h)
		r.takeSent(h)
	})
}

func extraOf(yes bool) extraInfo {
	if yes {
		return extraYes
	}
	return extraNo
}

// takeSent reads the request's body, or asks for it where it was too long for
// the event.
func (r *recorder) takeSent(h *hop) {
	if !h.HasPostData {
		return
	}
	for _, e := range h.PostDataEntries {
		h.sending = append(h.sending, e.Bytes...)
	}
	h.PostDataEntries = nil
	if h.sending != nil {
		return
	}
	h.asked++
	r.wire.call(h.target.session, network.CommandGetRequestPostData, network.GetRequestPostDataParams{RequestID: network.RequestID(h.flow.id)},
		func(result json.RawMessage, err error) {
			h.asked--
			var reply struct {
				PostData      string
				Base64Encoded bool
			}
			if err != nil || json.Unmarshal(result, &reply) != nil {
				return
			}
			if content, err := decoded(reply.PostData, reply.Base64Encoded); err == nil && int64(len(content)) <= r.limit {
				h.sending = content
			}
		})
}

func onResponse(r *recorder, params json.RawMessage) {
	read(params, func(e *responseReceived) {
		h := r.current(e.RequestID)
		if h == nil || h.ended || h.response != nil {
			return
		}
		h.response, h.extra = &e.Response, extraOf(e.HasExtraInfo)
		if e.Type != "" {
			h.kind = e.Type
		}
	})
}

func onData(r *recorder, params json.RawMessage) {
	read(params, func(e *dataReceived) {
		h := r.current(e.RequestID)
		if h == nil || h.ended {
			return
		}
		h.length += e.DataLength
	})
}

func onEvent(r *recorder, params json.RawMessage) {
	read(params, func(e *struct {
		RequestID                string
		Timestamp                float64
		EventName, EventID, Data string
	}) {
		if h := r.current(e.RequestID); h != nil && !h.ended {
			h.messages.add(message{Type: "receive", Time: h.wall + e.Timestamp - h.began, Event: e.EventName, ID: e.EventID, Data: e.Data}, r.limit)
		}
	})
}

func onCached(r *recorder, params json.RawMessage) {
	read(params, func(e *struct{ RequestID string }) {
		if h := r.current(e.RequestID); h != nil {
			h.memory = true
		}
	})
}

func onSent(r *recorder, params json.RawMessage) {
	read(params, func(e *sentExtra) {
		if !r.done[e.RequestID] {
			f := r.flow(e.RequestID)
			f.sent = append(f.sent, e)
		}
	})
}

func onReceived(r *recorder, params json.RawMessage) {
	read(params, func(e *receivedExtra) {
		if !r.done[e.RequestID] {
			f := r.flow(e.RequestID)
			f.received = append(f.received, e)
		}
	})
}

func onFinished(r *recorder, params json.RawMessage) {
	read(params, func(e *loadingFinished) {
		h := r.current(e.RequestID)
		if h == nil || h.ended {
			return
		}
		h.transfer = e.EncodedDataLength
		h.finish(r.now(), e.Timestamp)
		r.takeBody(h)
	})
}

// takeBody asks for the content of an answer before the browser drops it.
func (r *recorder) takeBody(h *hop) {
	switch {
	case h.hasBody || h.response == nil || h.kind == "Preflight" || h.Method == "HEAD":
		return
	case h.length > r.limit:
		h.noBody = "longer than the limit"
		return
	}
	h.asked++
	r.wire.call(h.target.session, network.CommandGetResponseBody, network.GetResponseBodyParams{RequestID: network.RequestID(h.flow.id)},
		func(result json.RawMessage, err error) {
			h.asked--
			var reply struct {
				Body          string
				Base64Encoded bool
			}
			if err == nil {
				err = json.Unmarshal(result, &reply)
			}
			content, wrong := decoded(reply.Body, reply.Base64Encoded)
			switch {
			case err != nil || wrong != nil:
				if h.noBody == "" && h.hadBody() {
					h.noBody = "the browser no longer had it"
				}
			case int64(len(content)) > r.limit:
				h.noBody = "longer than the limit"
			default:
				h.body, h.hasBody, h.noBody = content, true, ""
				h.length = int64(len(content))
			}
		})
}

// hadBody tells whether an answer had content, as far as that is known. A page
// that goes on takes along even the word of how much of it came.
func (h *hop) hadBody() bool {
	switch {
	case h.length > 0:
		return true
	case h.response.Status == 204 || h.response.Status == 304:
		return false // RFC 9110 sections 15.3.5 and 15.4.5
	}
	return traffic.Header(h.response.Headers).Get("Content-Length") != "0"
}

func onFailed(r *recorder, params json.RawMessage) {
	read(params, func(e *loadingFailed) {
		h := r.current(e.RequestID)
		if h == nil || h.ended {
			return
		}
		h.failure = e
		if h.kind == "" {
			h.kind = e.Type
		}
		h.finish(r.now(), e.Timestamp)
		if h.response != nil {
			h.noBody = "the browser discarded it"
			r.takeBody(h) // but a script that reads no further is a failure too
		}
	})
}
