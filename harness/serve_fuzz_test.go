package harness

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzServe: whatever a client asks is answered or refused, in one line of a
// header without what was recorded as a secret.
func FuzzServe(f *testing.F) {
	f.Add("POST", "/orders?shop=3", "X-Tenant", "acme", `{"items":[]}`)
	f.Add("GET", "http://api.bakery.test/orders", "Origin", "https://www.bakery.test", "")
	f.Add("OPTIONS", "*", "Access-Control-Request-Method", "PUT", "")
	f.Add("GET", "//\x00?;=%zz#", "Cookie", "a=;=;", "\xff")
	f.Add("HEAD", "/orders/%2e%2e/", "Upgrade", "websocket", "--b")
	f.Fuzz(func(t *testing.T, method, target, name, value, body string) {
		for _, o := range []ServeOptions{{}, {Lenient: true}, {InOrder: true}} {
			s := handled(t, o, exchange(order, "201\nLocation: /orders/17\n\nmade"), exchange("GET /orders", "200\n\n[]"))
			r := httptest.NewRequest("GET", "/", strings.NewReader(body))
			r.Method, r.RequestURI = method, target
			r.Header[name] = []string{value}
			w := httptest.NewRecorder()
			func() {
				defer func() {
					if p := recover(); p != nil && !errors.Is(p.(error), http.ErrAbortHandler) {
						panic(p)
					}
				}()
				s.ServeHTTP(w, r)
			}()
			line := w.Header().Get(ServeHeader)
			if strings.Trim(line, "\r\n") != line || strings.ContainsAny(line, "\r\n\x00") {
				t.Errorf("the header is %q", line)
			}
			if strings.Contains(body+target+value, "abcdef0123456789") {
				continue
			}
			if text := w.Body.String() + line; strings.Contains(text, "abcdef0123456789") || strings.Contains(text, "9d8c7b6a5f4e3d2c") {
				t.Errorf("a secret is told: %s", text)
			}
		}
	})
}
