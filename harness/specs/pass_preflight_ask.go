package specs

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios/browser"
)

// preflight is the OPTIONS as a browser sends it.
func (m *PassPreflightMatcher) preflight() *traffic.Request {
	r := &traffic.Request{Method: http.MethodOptions, URL: m.request.URL, Header: traffic.Header{{Name: "Accept", Value: "*/*"}}}
	for _, f := range m.need.PreflightHeader(m.request.Origin) {
		r.Header = append(r.Header, traffic.HeaderField{Name: f.Name, Value: f.Value})
	}
	return r
}

// ask returns the answer to the preflight.
func (m *PassPreflightMatcher) ask(actual any) (*browser.CORSAnswer, error) {
	switch v := actual.(type) {
	case *http.Response:
		if v.Request != nil {
			if err := m.answers(v.Request.Method, traffic.HeaderOf(v.Request.Header)); err != nil {
				return nil, err
			}
		}
		return &browser.CORSAnswer{Status: v.StatusCode, Header: browser.FieldsOf(v.Header)}, nil
	case *traffic.Exchange:
		if err := m.answers(v.Request.Method, v.Request.Header); err != nil {
			return nil, err
		}
		return &browser.CORSAnswer{Status: v.Response.Status, Header: fieldsOf(v.Response.Header)}, nil
	case *httptest.ResponseRecorder:
		return &browser.CORSAnswer{Status: v.Code, Header: browser.FieldsOf(v.Result().Header)}, nil
	case http.Handler:
		return m.handled(v)
	}
	return m.sent()
}

// answers tells whether an answer is one to this preflight.
func (m *PassPreflightMatcher) answers(method string, h traffic.Header) error {
	switch asked, origin := h.Get("Access-Control-Request-Method"), h.Get("Origin"); {
	case method != http.MethodOptions:
		return fmt.Errorf("it answers %s, and a preflight is an OPTIONS: give the URL, and the matcher asks", cmp.Or(mask.Visible(method), "GET"))
	case asked != "" && asked != m.need.Method:
		return fmt.Errorf("it answers a preflight for %s, not for %s", mask.Visible(asked), m.need.Method)
	case origin != "" && origin != m.request.Origin.String():
		return fmt.Errorf("it answers a preflight of %s, not of %s", mask.Visible(origin), m.request.Origin)
	}
	return nil
}

// handled asks a handler.
func (m *PassPreflightMatcher) handled(h http.Handler) (*browser.CORSAnswer, error) {
	asked := m.preflight()
	r := httptest.NewRequest(asked.Method, asked.URL, nil)
	r.Header = asked.Header.HTTP()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return &browser.CORSAnswer{Status: w.Code, Header: browser.FieldsOf(w.Result().Header)}, nil
}

// preflightTimeout bounds the one request that is sent.
const preflightTimeout = 10 * time.Second

// sent asks the server: the address that was given, and no other.
func (m *PassPreflightMatcher) sent() (*browser.CORSAnswer, error) {
	request, err := wire.RequestOf(m.preflight(), 0)
	if err != nil {
		return nil, err
	}
	if _, _, err := net.SplitHostPort(request.Addr); err != nil {
		return nil, fmt.Errorf("the URL names no host to ask")
	}
	client := &wire.Client{Allow: []string{request.Addr}, TLS: m.tls, Timeout: preflightTimeout, MaxIdle: -1}
	defer client.Close()
	answer, err := client.Do(context.Background(), request)
	if err != nil {
		return nil, fmt.Errorf("the preflight got no answer: %w", err)
	}
	return &browser.CORSAnswer{Status: answer.Status, Header: fieldsOf(answer.Header)}, nil
}

func fieldsOf(h traffic.Header) browser.Fields {
	var out browser.Fields
	for _, f := range h {
		out = append(out, browser.Field{Name: f.Name, Value: f.Value})
	}
	return out
}
