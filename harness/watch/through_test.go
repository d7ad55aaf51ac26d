package watch_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/harness/watch"
)

// through starts a server and a watch in front of it.
func through(t *testing.T, o watch.Options, h http.HandlerFunc) *watch.Watch {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	w, err := watch.Listen(server.URL, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func plainClient(t *testing.T) *http.Client {
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

// TestTheServersOwnAnswers: until it is told to provoke, the proxy is not there.
func TestTheServersOwnAnswers(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789abcdef"), 1<<17) // longer than what is kept
	w := through(t, watch.Options{}, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		w.Header().Set("Trailer", "X-Sum")
		w.Header().Set("X-Seen", strings.Join([]string{r.Method, r.RequestURI, r.Host, r.Header.Get("X-Forwarded-For"), r.UserAgent()}, " "))
		w.WriteHeader(203)
		w.Write(body)
		w.Header().Set("X-Sum", "1")
	})
	for _, body := range []string{"", "short", string(big)} {
		r, _ := http.NewRequest("PUT", w.URL+"/a%2Fb//c?x=%zz", strings.NewReader(body))
		r.Host = "shop.test"
		r.Header.Set("X-Forwarded-For", "192.0.2.1")
		r.Header.Set("User-Agent", "me")
		resp, err := plainClient(t).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(got) != body || resp.StatusCode != 203 || resp.Trailer.Get("X-Sum") != "1" {
			t.Errorf("%d bytes came back as %d with %d, %v, and the trailer %v", len(body), len(got), resp.StatusCode, err, resp.Trailer)
		}
		if d := cmp.Diff([]string{"a=1", "b=2"}, resp.Header.Values("Set-Cookie")); d != "" {
			t.Error(d)
		}
		if got, want := resp.Header.Get("X-Seen"), "PUT /a%2Fb//c?x=%zz shop.test 192.0.2.1 me"; got != want {
			t.Errorf("the server saw %s, want %s", got, want)
		}
	}
	flow := w.Capture()
	for i, want := range []string{"", "short"} {
		x := flow.Exchanges[i]
		if got, err := x.Request.Body.Text(0); got != want || err != nil {
			t.Errorf("entry %d: the request is kept as %q, %v", i, got, err)
		}
		if x.Response.Status != 203 || x.Request.Header.Get("X-Forwarded-For") != "192.0.2.1" {
			t.Errorf("entry %d is kept as %+v", i, x)
		}
	}
	if long := flow.Exchanges[2]; long.Request.Body.Present() || len(flow.Exchanges) != 3 {
		t.Error("a long body is kept")
	}
}

func TestStreams(t *testing.T) {
	next := make(chan bool)
	w := through(t, watch.Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for i := range 2 {
			fmt.Fprintf(w, "data: %d\n\n", i)
			w.(http.Flusher).Flush()
			<-next
		}
	})
	resp, err := plainClient(t).Get(w.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	for i := range 2 {
		line, err := lines.ReadString('\n') // comes while the server waits
		if err != nil || line != fmt.Sprintf("data: %d\n", i) {
			t.Errorf("got %q, %v", line, err)
		}
		lines.ReadString('\n')
		if x := w.Capture().Exchanges[0]; x.Response == nil || x.Response.Status != 200 {
			t.Error("a stream is not in the capture before its end")
		}
		next <- true
	}
}

func TestUpgrades(t *testing.T) {
	w := through(t, watch.Options{}, func(w http.ResponseWriter, r *http.Request) {
		c, both, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		io.WriteString(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
		line, _ := both.ReadString('\n')
		io.WriteString(c, line)
	})
	c, err := net.Dial("tcp", strings.TrimPrefix(w.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	r := bufio.NewReader(c)
	resp, err := http.ReadResponse(r, nil)
	if err != nil || resp.StatusCode != 101 {
		t.Fatalf("got %v, %v", resp, err)
	}
	io.WriteString(c, "hello\n")
	if line, err := r.ReadString('\n'); line != "hello\n" {
		t.Errorf("got %q, %v", line, err)
	}
}

type signer struct{}

func (signer) Algorithm() string { return "HS256" }

func (signer) Sign(header, claims []byte) (string, error) {
	var c jwt.MapClaims
	if err := json.Unmarshal(claims, &c); err != nil {
		return "", err
	}
	return jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(signingKey)
}

// TestShorterLives: the answer says so in each of its ways to say it, and all
// else in it stays as it was.
func TestShorterLives(t *testing.T) {
	issued := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	own, _ := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{"sub": "ana", "iat": issued.Unix(), "exp": issued.Add(time.Hour).Unix()}).SignedString(signingKey)
	says := fmt.Sprintf(`{ "n":1.0e2, "data":{"accessToken":%q,"expiresIn":"3600","expires_at":1782910800,"expiresAt":1782910800000 , "refresh_token":"opaque-refresh-token"},"at":"2026-07-01T13:00:00Z"}`, own)
	for _, row := range []struct {
		reason string
		signer bool
	}{{"the server's own token goes to the server", false}, {"a token that is signed again", true}} {
		t.Run(row.reason, func(t *testing.T) {
			now := issued
			options := watch.Options{Lifetime: time.Minute, Now: func() time.Time { return now }}
			if row.signer {
				options.Signer = signer{}
			}
			seen := make(chan [3]string, 1)
			w := through(t, options, func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				seen <- [3]string{r.Header.Get("Authorization"), r.URL.RawQuery, string(body)}
				w.Header().Set("Content-Type", "application/json; charset=utf-8")
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				io.WriteString(z, says)
				z.Close()
			})
			resp, err := plainClient(t).Post(w.URL+"/login", "", nil)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			<-seen
			var told struct{ Data struct{ AccessToken string } }
			if err := json.Unmarshal(body, &told); err != nil {
				t.Fatalf("%v: %s", err, body)
			}
			given := told.Data.AccessToken
			want := fmt.Sprintf(`{ "n":1.0e2, "data":{"accessToken":%q,"expiresIn":"60","expires_at":1782907260,"expiresAt":1782907260000 , "refresh_token":"opaque-refresh-token"},"at":"2026-07-01T13:00:00Z"}`, given)
			if d := cmp.Diff(want, string(body)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if got := lifetimeOf(t, given); got != time.Minute {
				t.Errorf("the token says that it lives %s", got)
			}
			r, _ := http.NewRequest("POST", w.URL+"/introspect?token="+given, strings.NewReader("token="+given))
			r.Header.Set("Authorization", "Bearer "+given)
			resp, err = plainClient(t).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			token := own
			if row.signer {
				token = given
			}
			if d := cmp.Diff([3]string{"Bearer " + token, "token=" + token, "token=" + token}, <-seen); d != "" {
				t.Errorf("the server got (-want +got):\n%s", d)
			}
			if _, err := jwt.Parse(given, func(*jwt.Token) (any, error) { return signingKey, nil }, jwt.WithTimeFunc(options.Now)); (err == nil) != row.signer {
				t.Errorf("its signature: %v", err)
			}
			now = now.Add(time.Minute)
			r, _ = http.NewRequest("GET", w.URL+"/orders", nil)
			r.Header.Set("Authorization", "Bearer "+given)
			r.Header.Set("Origin", "https://app.test")
			resp, err = plainClient(t).Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != 401 || resp.Header.Get("WWW-Authenticate") != `Bearer error="invalid_token", error_description="The access token expired"` || resp.Header.Get("Access-Control-Allow-Origin") != "https://app.test" {
				t.Errorf("a minute later it is answered %d %v", resp.StatusCode, resp.Header)
			}
		})
	}
}

// TestALongAnswerOfUnknownLength: what is longer than is kept goes on while it
// comes, JSON too, and byte for byte.
func TestALongAnswerOfUnknownLength(t *testing.T) {
	long := append([]byte(`"`), bytes.Repeat([]byte("0123456789abcdef"), 1<<17)...)
	handedOn := make(chan struct{})
	w := through(t, watch.Options{}, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(long)
		w.(http.Flusher).Flush()
		select { // the client has to see it before it ends
		case <-handedOn:
		case <-r.Context().Done():
		}
		w.Write([]byte(`"`))
	})
	r, err := plainClient(t).Get(w.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	first := make([]byte, len(long)/2)
	if _, err := io.ReadFull(r.Body, first); err != nil {
		t.Fatal(err)
	}
	close(handedOn)
	rest, err := io.ReadAll(r.Body)
	if got := append(first, rest...); err != nil || !bytes.Equal(got, append(long, '"')) {
		t.Errorf("%d bytes came, %v", len(got), err)
	}
}
