package harness

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// maxAsked is how many bytes of a request's body are read.
const maxAsked = 16 << 20

var errAskedTooLong = errors.New("the body is longer than 16 MiB, which is more than is compared")

// asked puts a request into recorded terms: what names the server names the
// recorded origin.
func (s *Served) asked(r *http.Request, at heading) (*traffic.Request, error) {
	body, err := readAsked(r)
	if err != nil {
		return nil, err
	}
	translate := s.places.recordedTerms(at)
	out := &traffic.Request{Method: r.Method, URL: at.origin + translate(rawTarget(r))}
	for _, f := range traffic.HeaderOf(r.Header) {
		out.Header = append(out.Header, traffic.HeaderField{Name: f.Name, Value: translate(f.Value)})
	}
	if len(body) > 0 {
		out.Body = traffic.NewBody(r.Header.Get("Content-Type"), []byte(translate(string(body))))
	}
	return plain(out), nil
}

func readAsked(r *http.Request) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxAsked+1))
	if len(body) > maxAsked {
		return nil, errAskedTooLong
	}
	return body, err
}

// rawTarget is the request target byte for byte, where it came over a socket:
// "/a%2Fb" is not "/a/b".
func rawTarget(r *http.Request) string {
	target := r.RequestURI
	if target == "" {
		target = r.URL.RequestURI()
	}
	if _, tail := cutOrigin(target); !strings.HasPrefix(target, "/") {
		target = tail
	}
	if !strings.HasPrefix(target, "/") {
		target = "/" + target
	}
	return target
}

// targetOf is what follows the origin of an address.
func targetOf(address string) string {
	_, tail := cutOrigin(address)
	return tail
}
