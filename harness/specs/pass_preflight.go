package specs

import (
	"cmp"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/onsi/gomega/types"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/browser"
)

// PassPreflight succeeds if a browser that shows a page of that origin may send
// the request: if its preflight (OPTIONS) is answered as Fetch wants it, section
// "CORS-preflight fetch". Headers are the names that the script sets, or whole
// lines, "Content-Type: application/json".
//
//	Expect(server.URL + "/orders").To(PassPreflight("https://app.example.com", "PUT", "Authorization"))
//
// The actual value is a URL, which is asked with one OPTIONS; an http.Handler,
// with At; or an answer to OPTIONS: an *http.Response, a *traffic.Exchange, an
// *httptest.ResponseRecorder with At.
func PassPreflight(from, method string, headers ...string) *PassPreflightMatcher {
	return &PassPreflightMatcher{from: from, method: method, headers: headers}
}

// A PassPreflightMatcher is what [PassPreflight] returns.
type PassPreflightMatcher struct {
	from, method string
	headers      []string
	url          string
	credentials  browser.FetchCredentials
	profile      browser.Profile
	tls          *tls.Config

	request browser.CORSRequest
	need    browser.PreflightNeed
	answer  *browser.CORSAnswer
	verdict browser.CORSVerdict
	fixed   bool
}

var _ types.GomegaMatcher = (*PassPreflightMatcher)(nil)

// At is the URL that the page asks, where the actual value does not know it.
func (m *PassPreflightMatcher) At(url string) *PassPreflightMatcher { m.url = url; return m }

// WithCredentials tells that the request that is to follow sends cookies; * is
// no wildcard then. The preflight itself never does.
func (m *PassPreflightMatcher) WithCredentials() *PassPreflightMatcher {
	m.credentials = browser.CredentialsInclude
	return m
}

// In is the browser that decides; the default is Chromium.
func (m *PassPreflightMatcher) In(p browser.Profile) *PassPreflightMatcher { m.profile = p; return m }

// Trusting is how an https URL is reached: the certificates that are trusted.
func (m *PassPreflightMatcher) Trusting(config *tls.Config) *PassPreflightMatcher {
	m.tls = config
	return m
}

// Match implements types.GomegaMatcher.
func (m *PassPreflightMatcher) Match(actual any) (bool, error) {
	ok, err := m.match(actual)
	if err != nil {
		return false, fmt.Errorf("PassPreflight: %w", err)
	}
	return ok, nil
}

func (m *PassPreflightMatcher) match(actual any) (bool, error) {
	address, err := m.address(actual)
	if err != nil {
		return false, err
	}
	if err := m.plan(address); err != nil {
		return false, err
	}
	if m.answer, err = m.ask(actual); err != nil {
		return false, err
	}
	// What comes after the preflight is another question.
	m.verdict = browser.Decide(m.request, []browser.CORSHop{{Preflight: m.answer}}, m.profile)
	return m.verdict.Allowed || m.verdict.Stage == browser.StageAnswer, nil
}

// address is the URL that the page asks.
func (m *PassPreflightMatcher) address(actual any) (string, error) {
	m.fixed = true
	known := ""
	switch v := actual.(type) {
	case string:
		m.fixed, known = false, v
	case *url.URL:
		m.fixed = false
		if v != nil {
			known = v.String()
		}
	case *http.Response:
		if v == nil {
			return "", fmt.Errorf("the *http.Response is nil: was the error of the client looked at?")
		}
		if v.Request != nil && v.Request.URL != nil {
			known = v.Request.URL.String()
		}
	case *traffic.Exchange:
		if v == nil || v.Response == nil {
			return "", fmt.Errorf("the exchange has no answer")
		}
		known = v.Request.URL
	case *httptest.ResponseRecorder, http.Handler:
		m.fixed = false
	default:
		return "", fmt.Errorf("the actual value has to be a URL, an http.Handler, or an answer to OPTIONS: an *http.Response, a *traffic.Exchange "+
			"or an *httptest.ResponseRecorder. Got:\n%s", typeOnly(actual))
	}
	if known = cmp.Or(m.url, known); known == "" {
		return "", fmt.Errorf(`which URL does the page ask? Say PassPreflight(…).At("https://api.example.com/orders")`)
	}
	return known, nil
}

// plan is the request that the page wants to send.
func (m *PassPreflightMatcher) plan(address string) error {
	origin, err := browser.OriginOf(m.from)
	if m.from == "null" {
		origin, err = browser.Origin{}, nil
	}
	if err != nil {
		return fmt.Errorf(`%q is no origin of a page: write "https://app.example.com"`, m.from)
	}
	target, err := browser.OriginOf(address)
	if err != nil || target.Opaque() {
		return fmt.Errorf("the URL that is asked has to be an absolute one of http or https")
	}
	if origin.SameOrigin(target) {
		return fmt.Errorf("%s asks its own origin: no preflight is sent there", origin)
	}
	m.request = browser.CORSRequest{Origin: origin, Method: m.method, URL: address, Credentials: m.credentials}
	for _, h := range m.headers {
		name, value, whole := strings.Cut(h, ":")
		if !whole {
			value = askingValue(name)
		}
		m.request.Header = append(m.request.Header, browser.Field{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
	}
	if m.need = browser.NeedsPreflight(m.request, m.profile); !m.need.Needed {
		return fmt.Errorf("a browser sends %s with these headers without asking: name the header that makes it ask, such as Authorization", cmp.Or(m.method, "GET"))
	}
	return nil
}

// askingValue is a value of a header that a browser asks leave for: some names
// need none for plain values (Fetch, "CORS-safelisted request-header").
func askingValue(name string) string {
	switch strings.ToLower(strings.TrimSpace(name)) {
	case "content-type":
		return "application/json"
	case "accept", "accept-language", "content-language", "range":
		return `"`
	}
	return "x"
}
