// Package walk goes through the tea shop as a customer does: with a cookie jar,
// reading tokens off the pages. It is for tests of the shop and of what stands
// before it; it is no browser, and believes everything it is told.
package walk

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
)

// A Client is a customer's program. It follows no redirect by itself.
type Client struct {
	Base   string      // "http://127.0.0.1:8080"
	Header http.Header // sent with every request
	Jar    http.CookieJar

	transport http.RoundTripper
}

// New returns a client of the shop at base; nil is http.DefaultTransport.
func New(base string, transport http.RoundTripper) *Client {
	jar, _ := cookiejar.New(nil) // has no error to return
	if transport == nil {
		transport = http.DefaultTransport
	}
	return &Client{Base: base, Header: http.Header{}, Jar: jar, transport: transport}
}

// Transport is what the client sends through.
func (c *Client) Transport() http.RoundTripper { return c.transport }

// An Answer is one whole answer.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Do sends a request; header are names and values in turns.
func (c *Client) Do(method, path, body string, header ...string) (*Answer, error) {
	r, err := http.NewRequest(method, c.Base+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	for name, values := range c.Header {
		r.Header[name] = append([]string(nil), values...)
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header[http.CanonicalHeaderKey(header[i])] = []string{header[i+1]}
	}
	client := &http.Client{Transport: c.transport, Jar: c.Jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	resp, err := client.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return &Answer{resp.StatusCode, resp.Header, string(text)}, err
}

// Get asks for a page.
func (c *Client) Get(path string, header ...string) (*Answer, error) {
	return c.Do(http.MethodGet, path, "", append([]string{"Accept", "text/html"}, header...)...)
}

// Post sends a form.
func (c *Client) Post(path string, form url.Values, header ...string) (*Answer, error) {
	return c.Do(http.MethodPost, path, form.Encode(),
		append([]string{"Accept", "text/html", "Content-Type", "application/x-www-form-urlencoded"}, header...)...)
}

// PostJSON sends a value as a script does.
func (c *Client) PostJSON(path string, value any, header ...string) (*Answer, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return c.Do(http.MethodPost, path, string(bytes.TrimSpace(body)),
		append([]string{"Accept", "application/json", "Content-Type", "application/json"}, header...)...)
}

// Login loads the login page and sends its form. The answer is that to the
// form, whatever it is.
func (c *Client) Login(name, password string, header ...string) (*Answer, error) {
	page, err := c.Get("/login")
	if err != nil {
		return nil, err
	}
	if page.Status != http.StatusOK {
		return page, nil
	}
	return c.Post("/login", url.Values{"csrf_token": {page.CSRF()}, "username": {name}, "password": {password}}, header...)
}

// Token asks for tokens by password and returns the access token.
func (c *Client) Token(name, password string) (string, error) {
	a, err := c.Post("/api/token", url.Values{"grant_type": {"password"}, "username": {name}, "password": {password}})
	if err != nil {
		return "", err
	}
	token, ok := a.JSON()["access_token"].(string)
	if !ok {
		return "", fmt.Errorf("no access token in an answer with status %d", a.Status)
	}
	return token, nil
}

// CSRF is the token of the page's meta element, "" where it has none.
func (a *Answer) CSRF() string {
	m := regexp.MustCompile(`<meta name="csrf-token" content="([^"]*)">`).FindStringSubmatch(a.Body)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

// JSON is the body as an object, nil if it is none.
func (a *Answer) JSON() map[string]any {
	var object map[string]any
	if json.Unmarshal([]byte(a.Body), &object) != nil {
		return nil
	}
	return object
}

// Cookie is the cookie of that name that the answer sets, nil where it does
// not.
func (a *Answer) Cookie(name string) *http.Cookie {
	for _, c := range (&http.Response{Header: a.Header}).Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}
