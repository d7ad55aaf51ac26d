package harness

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// sites are the handlers of an app's origins.
type sites map[string]http.HandlerFunc

// A deployment is an app that has just been started: it makes secrets of its
// own, counts from another number and has its own clock.
type deployment struct {
	mu     sync.Mutex
	starts time.Time
	asked  int
	number int
	urls   map[string]string // recorded origin: where it is reached
	broken string            // the mistake of this deployment
}

// Where the two of a test count from: never to the same number, as an id that
// is a recorded one by chance is right in both.
func yesterdays() *deployment {
	return &deployment{starts: time.Now().Add(-26*time.Hour - 7*time.Minute), number: 4000 + 8*int(random(1)[0])}
}

func todays() *deployment {
	return &deployment{starts: time.Now(), number: 7000 + 8*int(random(1)[0])}
}

// now is some seconds later with each request.
func (d *deployment) now() time.Time { return d.starts.Add(time.Duration(d.asked) * 3 * time.Second) }

func (d *deployment) next() string {
	d.number += 1 + int(random(1)[0])%5
	return strconv.Itoa(d.number)
}

// code has six digits.
func (d *deployment) code() string { return d.next() + strconv.Itoa(10+int(random(1)[0])%90) }

func (d *deployment) url(origin string) string { return d.urls[origin] }

// An answer is what an app answers, before it leaves.
type answer struct {
	status int
	header http.Header
	body   string
}

// serve starts a server for each origin and returns where they are. While an
// app is recorded it believes to be at its own origins.
func (d *deployment) serve(t testing.TB, app sites, broken *breakage) map[string]string {
	urls := map[string]string{}
	for origin, handler := range app {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.asked++
			kept := httptest.NewRecorder()
			handler(kept, r)
			a := answer{kept.Code, kept.Header(), kept.Body.String()}
			a.header.Set("Date", d.now().UTC().Format(http.TimeFormat))
			if broken != nil && broken.concerns(r.Method+" "+origin+r.URL.Path) {
				broken.change(&a)
			}
			for name, values := range a.header {
				w.Header()[name] = values
			}
			w.WriteHeader(a.status)
			_, _ = bytes.NewBufferString(a.body).WriteTo(w)
		}))
		t.Cleanup(server.Close)
		urls[origin] = server.URL
	}
	d.urls = urls
	return urls
}

func (b *breakage) concerns(route string) bool {
	if b.on == "" {
		return false
	}
	method, rest, _ := strings.Cut(b.on, " ")
	if prefix, any := strings.CutSuffix(rest, "*"); any {
		return strings.HasPrefix(route, method+" ") && strings.Contains(route, prefix)
	}
	return strings.HasPrefix(route, method+" ") && strings.HasSuffix(route, rest)
}

// What may happen to an answer.

func status(code int) func(*answer) { return func(a *answer) { a.status = code } }

func losing(header string) func(*answer) { return func(a *answer) { a.header.Del(header) } }

func header(name, value string) func(*answer) {
	return func(a *answer) { a.header.Set(name, value) }
}

// inHeader replaces a text in all fields of a name.
func inHeader(name, old, new string) func(*answer) {
	return func(a *answer) {
		for i, v := range a.header[name] {
			a.header[name][i] = strings.Replace(v, old, new, 1)
		}
	}
}

func inBody(old, new string) func(*answer) {
	return func(a *answer) { a.body = strings.Replace(a.body, old, new, 1) }
}

// noCookie drops the lines that set a cookie.
func noCookie(name string) func(*answer) {
	return func(a *answer) {
		var kept []string
		for _, v := range a.header["Set-Cookie"] {
			if !strings.HasPrefix(v, name+"=") {
				kept = append(kept, v)
			}
		}
		a.header["Set-Cookie"] = kept
	}
}
