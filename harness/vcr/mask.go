package vcr

import (
	"net/http"
	"strconv"

	"github.com/dnaeon/go-vcr/v2/cassette"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/wire"
)

// masking is the masking of interactions, as filters of go-vcr.
type masking struct{ redactor *mask.Redactor }

// learn learns the secrets of an interaction, so that they are masked in those
// before it, too.
func (m masking) learn(i *cassette.Interaction) error {
	readable := readableOf(*i)
	m.redactor.Learn(&traffic.Capture{Exchanges: []*traffic.Exchange{exchangeOf(&readable)}})
	return nil
}

// mask replaces what an interaction holds; the maps that a client may still
// have are left as they are.
func (m masking) mask(i *cassette.Interaction) error {
	*i = readableOf(*i)
	x, err := m.redactor.Exchange(exchangeOf(i))
	if err != nil {
		return err
	}
	request, err := x.Request.Body.Text(0)
	if err != nil {
		return err
	}
	response, err := x.Response.Body.Text(0)
	if err != nil {
		return err
	}
	i.Request.URL, i.Request.Headers = x.Request.URL, headerMap(x.Request.Header)
	i.Response.Headers, i.Response.Status = headerMap(x.Response.Header), x.Response.StatusText
	relength(i.Request.Headers, i.Request.Body, request)
	relength(i.Response.Headers, i.Response.Body, response)
	i.Request.Body, i.Response.Body = request, response
	i.Request.Form = formOf(&i.Request)
	return nil
}

// readableOf is a copy of an interaction with bodies that are decoded, so that
// what is in them can be masked; one that can't be is left out.
func readableOf(i cassette.Interaction) cassette.Interaction {
	i.Request.Headers, i.Response.Headers = i.Request.Headers.Clone(), i.Response.Headers.Clone()
	i.Request.Body = decoded(i.Request.Body, i.Request.Headers)
	i.Response.Body = decoded(i.Response.Body, i.Response.Headers)
	return i
}

// maxDecoded is how many bytes a compressed body may come to.
const maxDecoded = 16 << 20

// decoded takes the content coding off a body, and out of its header.
func decoded(body string, h http.Header) string {
	if len(h.Values("Content-Encoding")) == 0 || body == "" {
		return body
	}
	plain, err := wire.Decode([]byte(body), traffic.HeaderOf(h), maxDecoded)
	if err != nil {
		return ""
	}
	h.Del("Content-Encoding")
	h.Del("Content-Length")
	return string(plain)
}

// relength corrects the length of a body that it was the length of.
func relength(h http.Header, was, is string) {
	if h.Get("Content-Length") == strconv.Itoa(len(was)) {
		h.Set("Content-Length", strconv.Itoa(len(is)))
	}
}

// exchangeOf is an interaction as the rest of the program knows it.
func exchangeOf(i *cassette.Interaction) *traffic.Exchange {
	x := &traffic.Exchange{
		Request:  traffic.Request{Method: i.Method, URL: i.URL, Header: traffic.HeaderOf(i.Request.Headers)},
		Response: &traffic.Response{Status: i.Code, StatusText: i.Response.Status, Header: traffic.HeaderOf(i.Response.Headers)},
	}
	if i.Request.Body != "" {
		x.Request.Body = traffic.NewBody("", []byte(i.Request.Body))
	}
	x.Response.Body = traffic.NewBody("", []byte(i.Response.Body))
	return x
}

func headerMap(fields traffic.Header) http.Header {
	out := http.Header{}
	for _, f := range fields {
		out[f.Name] = append(out[f.Name], f.Value)
	}
	return out
}
