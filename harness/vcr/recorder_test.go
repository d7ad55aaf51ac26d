package vcr

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dnaeon/go-vcr/v2/cassette"
	"github.com/dnaeon/go-vcr/v2/recorder"
	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
)

// recordingTo is a recorder with a key of its own, so that tests leave no file in the
// user's folder.
func recordingTo(t *testing.T, name string) *Recorder {
	t.Helper()
	r := Record(t, filepath.Join(t.TempDir(), name))
	r.Redactor = &mask.Redactor{Key: []byte("of this test")}
	return r
}

func written(t *testing.T, r *Recorder) string {
	t.Helper()
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(r.File())
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func read(t *testing.T, r *Recorder) *traffic.Capture {
	t.Helper()
	written(t, r)
	c, err := traffic.Open(r.File(), traffic.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func do(t *testing.T, client *http.Client, method, address, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(content)
}

// secretAt makes a different secret for each place.
func secretAt(place int) string { return fmt.Sprintf("s3cr%02dQ7x9Zk2LmVw8T%02d", place, place) }

// token is a JWT with a claim that nobody needs to read.
func token(t *testing.T, key string) string {
	t.Helper()
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": "https://login.bakery.test", "aud": "orders", "exp": 4102444800, "scope": "orders:read", "email": secretAt(29) + "@bakery.test", "admin": true,
	}).SignedString([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// TestNoSecretIsWritten: of thirty planted secrets none is in the file, in any
// coding; the client saw them all, and what is no secret is there.
func TestNoSecretIsWritten(t *testing.T) {
	bearer := token(t, "k")
	signature := bearer[strings.LastIndexByte(bearer, '.')+1:]
	answer := fmt.Sprintf(`{"access_token":%q,"refresh_token":%q,"id_token":%q,"user":{"password":%q,"name":"Ada"},"keys":[{"name":"X-Api-Key","value":%q}],"again":"see %s"}`,
		secretAt(1), secretAt(2), bearer, secretAt(3), secretAt(4), secretAt(5))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/login":
			w.Header().Add("Set-Cookie", "sid="+secretAt(6)+"; Path=/; HttpOnly")
			w.Header().Add("Set-Cookie", "remember_token="+secretAt(7))
			w.Header().Set("Location", "/next?code="+secretAt(8)+"#access_token="+secretAt(9))
			w.Header().Set("X-Csrf-Token", secretAt(10))
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, answer)
		case "/page":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<form><input name="csrf_token" value="%s"></form><script>var t = {"token":"%s"}</script>`, secretAt(11), secretAt(12))
		case "/zipped":
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "application/json")
			z := gzip.NewWriter(w)
			fmt.Fprintf(z, `{"client_secret":%q}`, secretAt(13))
			_ = z.Close()
		case "/xml":
			w.Header().Set("Content-Type", "text/xml")
			fmt.Fprintf(w, `<login><password>%s</password></login>`, secretAt(14))
		default:
			w.Header().Set("WWW-Authenticate", `Bearer realm="bakery", error="invalid_token", error_description="The access token expired"`)
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, "the key %s is of nobody", secretAt(15))
		}
	}))
	defer server.Close()
	r := recordingTo(t, "secrets")
	client := &http.Client{Transport: r}
	form := "application/x-www-form-urlencoded"

	response, body := do(t, client, "POST", server.URL+"/login?api_key="+secretAt(16), "user=ada&password="+secretAt(17)+"&code="+secretAt(18), "Content-Type", form)
	if body != answer || response.Header.Get("X-Csrf-Token") != secretAt(10) {
		t.Errorf("the client got %v %s", response.Header, body)
	}
	do(t, client, "GET", server.URL+"/page", "", "Authorization", "Bearer "+bearer, "Cookie", "a="+secretAt(19)+"; sid="+secretAt(6))
	if _, body := do(t, client, "GET", server.URL+"/zipped", "", "Accept-Encoding", "gzip", "X-Api-Key", secretAt(20)); !strings.HasPrefix(body, "\x1f\x8b") {
		t.Errorf("the client got %q", body)
	}
	do(t, client, "GET", server.URL+"/xml", "", "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(secretAt(21)+":"+secretAt(22))))
	do(t, client, "POST", server.URL+"/refused", `{"token":"`+secretAt(23)+`","note":"`+secretAt(15)+`"}`, "Content-Type", "application/json", "X-Api-Key", secretAt(15))
	do(t, client, "POST", server.URL+"/refused", "--b\r\nContent-Disposition: form-data; name=\"secret\"\r\n\r\n"+secretAt(24)+"\r\n--b--\r\n", "Content-Type", "multipart/form-data; boundary=b")
	do(t, client, "GET", server.URL+"/reset/"+secretAt(25)+"?next="+url.QueryEscape("/x?token="+secretAt(26)), "", "Referer", server.URL+"/y?access_token="+secretAt(27), "X-Auth-Token", secretAt(5))
	do(t, client, "GET", strings.Replace(server.URL, "//", "//ada:"+secretAt(28)+"@", 1)+"/refused", "")
	do(t, client, "GET", server.URL+"/refused", "", "Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("ada:"+secretAt(30))))

	file := written(t, r)
	decoded := file + decodings(file)
	for place := 1; place <= 30; place++ {
		if strings.Contains(decoded, secretAt(place)) {
			t.Errorf("the secret of place %d is in the file", place)
		}
	}
	if strings.Contains(decoded, signature) {
		t.Error("the token's signature is in the file")
	}
	for _, kept := range []string{`error="invalid_token"`, `"admin":true`, `"exp":4102444800`, "orders:read", "https://login.bakery.test", "HttpOnly", "sid=masked-", "Ada", "code: 401", "Bearer eyJ", "Basic ", "Date:"} {
		if !strings.Contains(decoded, kept) {
			t.Errorf("%s is lost", kept)
		}
	}
}

// decodings are what stands in Base64 in a file.
func decodings(file string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(file, func(r rune) bool {
		return !strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=", r)
	}) {
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawURLEncoding, base64.URLEncoding} {
			if plain, err := encoding.DecodeString(word); err == nil {
				b.Write(plain)
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}

// api answers those who have the right token.
func api(t *testing.T, valid string) *httptest.Server {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Header.Get("Authorization") != "Bearer "+valid {
			w.Header().Set("WWW-Authenticate", `Bearer realm="bakery"`)
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"error":"unauthorized"}`)
			return
		}
		_, _ = io.WriteString(w, `{"orders":[9001]}`)
	}))
	t.Cleanup(server.Close)
	return server
}

// TestDiffOfTwoRuns: the cassettes of a working and a failing run name the
// cause, masked as they are: the one that the traffic itself has.
func TestDiffOfTwoRuns(t *testing.T) {
	valid := token(t, "k")
	server := api(t, valid)
	rows := []struct{ reason, cause, authorization string }{
		{"the scheme is gone", "missing-bearer-prefix", valid},
		{"nothing is sent", "missing-credentials", ""},
		{"the variable still has its quotes", "malformed-authorization", `Bearer "` + valid + `"`},
		{"the token is cut off", "malformed-authorization", "Bearer " + valid[:len(valid)-60]},
		{"a blank too many", "", "Bearer  " + valid},
		{"another scheme", "wrong-auth-scheme", "Basic " + base64.StdEncoding.EncodeToString([]byte("ada:"+secretAt(1)))},
		{"the same", "", "Bearer " + valid},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			masked := runTwice(t, server.URL, "Bearer "+valid, row.authorization, false)
			plain := runTwice(t, server.URL, "Bearer "+valid, row.authorization, true)
			if got := masked.Cause(); got != plain.Cause() || row.cause != "" && got != row.cause {
				t.Errorf("got %q, want %q, and unmasked it is %q\n%s", got, row.cause, plain.Cause(), masked)
			}
			if masked.Differs() != plain.Differs() {
				t.Errorf("masking hides or makes a difference\n%s", masked)
			}
			if text := masked.String(); strings.Contains(text, valid) || !strings.Contains(text, masked.Cause()) {
				t.Errorf("got %s", text)
			}
		})
	}
}

// runTwice records a request with each of two credentials.
func runTwice(t *testing.T, server, good, bad string, keep bool) *Difference {
	t.Helper()
	var files []string
	for _, authorization := range []string{good, bad} {
		r := recordingTo(t, "run")
		r.DangerouslyKeepSecrets = keep
		var header []string
		if authorization != "" {
			header = []string{"Authorization", authorization}
		}
		do(t, &http.Client{Transport: r}, "GET", server+"/orders", "", header...)
		written(t, r)
		files = append(files, strings.TrimSuffix(r.File(), ".yaml"))
	}
	return Diff(t, files[0], files[1])
}

// TestSameSecretSameMark: in another run, with the same key, as in the same one;
// with another key it is another.
func TestSameSecretSameMark(t *testing.T) {
	server := api(t, "")
	mark := func(key, secret string) string {
		r := recordingTo(t, "run")
		r.Redactor = &mask.Redactor{Key: []byte(key)}
		do(t, &http.Client{Transport: r}, "GET", server.URL, "", "X-Api-Key", secret)
		return read(t, r).Exchanges[0].Request.Header.Get("X-Api-Key")
	}
	a := mark("k", secretAt(1))
	if !strings.HasPrefix(a, "masked-key-") || a != mark("k", secretAt(1)) || a == mark("k", secretAt(2)) || a == mark("l", secretAt(1)) {
		t.Errorf("the mark is %s", a)
	}
}

// TestWrittenCassette: go-vcr and this program read what was recorded.
func TestWrittenCassette(t *testing.T) {
	server := api(t, "x")
	r := recordingTo(t, "deep/folder/run")
	client := &http.Client{Transport: r}
	do(t, client, "POST", server.URL+"/orders?page=2", "a=1&b=2", "Content-Type", "application/x-www-form-urlencoded")
	request, _ := http.NewRequest("GET", server.URL, nil)
	request.Host = "other.test"
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	c := read(t, r)
	if len(c.Exchanges) != 2 || len(c.Warnings) > 0 || c.Format != traffic.CassetteV1 {
		t.Fatalf("%d exchanges, %v", len(c.Exchanges), c.Warnings)
	}
	x := c.Exchanges[0]
	if x.Response.Status != 401 || !x.Response.Header.Has("Date") || x.Recorded.Millis < 0 || !strings.HasSuffix(x.Request.URL, "/orders?page=2") {
		t.Errorf("got %+v %+v", x.Request, x.Response)
	}
	for _, f := range x.Unknown {
		if f.Pointer == "/request/form" { // it says what go-vcr would have written itself
			t.Errorf("the form is another than that of the body: %s", f.Value)
		}
	}
	if host := c.Exchanges[1].Request.Header.Get("Host"); host != "other.test" {
		t.Errorf("the Host that was asked is %q", host)
	}
	own, err := cassette.Load(strings.TrimSuffix(r.File(), ".yaml"))
	if err != nil || len(own.Interactions) != 2 || own.Interactions[0].Form.Get("b") != "2" {
		t.Errorf("go-vcr reads %v, %v", own, err)
	}
	if info, err := os.Stat(r.File()); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
	if files, _ := filepath.Glob(filepath.Join(filepath.Dir(r.File()), "*")); len(files) != 1 {
		t.Errorf("left over: %v", files)
	}
}

// TestSecretsKept: only where it is asked for, and for the user alone.
func TestSecretsKept(t *testing.T) {
	server := api(t, "")
	r := recordingTo(t, "run")
	r.DangerouslyKeepSecrets = true
	do(t, &http.Client{Transport: r}, "GET", server.URL, "", "X-Api-Key", secretAt(1))
	if file := written(t, r); !strings.Contains(file, secretAt(1)) {
		t.Error("the secret is masked")
	}
	if info, err := os.Stat(r.File()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info.Mode(), err)
	}
}

// TestOnceThenReplay: the second run needs no server, and says why it has no
// answer.
func TestOnceThenReplay(t *testing.T) {
	server := api(t, token(t, "k"))
	name := filepath.Join(t.TempDir(), "once")
	run := func(path string) (*Recorder, string, error) {
		r := &Recorder{Cassette: name, Mode: RecordingOnce, Redactor: &mask.Redactor{Key: []byte("k")}}
		request, _ := http.NewRequest("GET", server.URL+path, nil)
		request.Header.Set("Authorization", "Bearer "+token(t, "k"))
		response, err := (&http.Client{Transport: r}).Do(request)
		if err != nil {
			return r, "", err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		return r, string(body), err
	}
	first, body, err := run("/orders")
	if err != nil || first.Replays() || first.Stop() != nil || !strings.Contains(body, "9001") {
		t.Fatalf("got %s, %v", body, err)
	}
	server.Close()
	second, body, err := run("/orders")
	if err != nil || !second.Replays() || second.Stop() != nil || !strings.Contains(body, "9001") {
		t.Fatalf("got %s, %v", body, err)
	}
	third, _, err := run("/order")
	if err == nil || !strings.Contains(err.Error(), "nearest is entry 0 (GET /orders)") {
		t.Errorf("got %v", err)
	}
	if err := third.Stop(); err == nil {
		t.Error("a request without an answer passes")
	}
	missing := &Recorder{Cassette: name + "-not", Mode: Replaying}
	if _, err := (&http.Client{Transport: missing}).Get(server.URL); err == nil || !strings.Contains(err.Error(), "record it first") {
		t.Errorf("got %v", err)
	}
}

// TestManyClients: all that was asked at once is recorded, each answer with its
// request, and the cassette can be written while some are still asking.
func TestManyClients(t *testing.T) {
	hold := make(chan struct{})
	release := sync.OnceFunc(func() { close(hold) })
	defer release()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/held" {
			<-hold
		}
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s", r.URL.Path, body)
	}))
	defer server.Close()
	r := recordingTo(t, "many")
	client := &http.Client{Transport: r}
	var late, wait sync.WaitGroup
	late.Go(func() {
		if response, err := client.Get(server.URL + "/held"); err == nil {
			response.Body.Close()
		}
	})
	for i := range 40 {
		wait.Go(func() {
			path := fmt.Sprintf("/%d", i)
			response, err := client.Post(server.URL+path, "text/plain", strings.NewReader("body"+path))
			if err != nil {
				t.Error(err)
				return
			}
			defer response.Body.Close()
			body, _ := io.ReadAll(response.Body)
			if string(body) != path+" body"+path {
				t.Errorf("got %s", body)
			}
		})
	}
	wait.Wait()
	c := read(t, r)
	release()
	late.Wait()
	if len(c.Exchanges) != 40 {
		t.Errorf("%d exchanges", len(c.Exchanges))
	}
	for _, x := range c.Exchanges {
		sent, _ := x.Request.Body.Bytes(0)
		got, _ := x.Response.Body.Bytes(0)
		if path := x.Request.ParsedURL().Path; string(sent) != "body"+path || string(got) != path+" body"+path {
			t.Errorf("%s: sent %s, got %s", path, sent, got)
		}
	}
}

// TestLongBodies: the client sees all, the file has the beginning.
func TestLongBodies(t *testing.T) {
	long := strings.Repeat("0123456789", 1000)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = w.Write(body)
	}))
	defer server.Close()
	r := recordingTo(t, "long")
	r.Body = 100
	if _, body := do(t, &http.Client{Transport: r}, "POST", server.URL, long); body != long {
		t.Errorf("the client got %d bytes", len(body))
	}
	x := read(t, r).Exchanges[0]
	sent, _ := x.Request.Body.Bytes(0)
	got, _ := x.Response.Body.Bytes(0)
	if len(sent) != 100 || len(got) != 100 {
		t.Errorf("recorded are %d and %d bytes", len(sent), len(got))
	}
}

// TestStreams: what a server sends bit by bit reaches the client at once.
func TestStreams(t *testing.T) {
	next := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: 1\n\n")
		w.(http.Flusher).Flush()
		<-next // the client has read it
		_, _ = io.WriteString(w, "data: 2\n\n")
	}))
	defer server.Close()
	r := recordingTo(t, "stream")
	response, err := (&http.Client{Transport: r}).Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	first := make([]byte, len("data: 1\n\n"))
	if _, err := io.ReadFull(response.Body, first); err != nil {
		t.Fatal(err)
	}
	close(next)
	if _, err := io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	body, _ := read(t, r).Exchanges[0].Response.Body.Bytes(0)
	if string(body) != "data: 1\n\ndata: 2\n\n" {
		t.Errorf("recorded is %q", body)
	}
}

// TestFailures: a request without an answer is recorded as that, and the client
// has its own error; what go-vcr would refuse is sent.
func TestFailures(t *testing.T) {
	broken := errors.New("connection refused")
	r := recordingTo(t, "failing")
	r.Real = transport(func(*http.Request) (*http.Response, error) { return nil, broken })
	if _, err := (&http.Client{Transport: r}).Get("http://a.test/"); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	x := read(t, r).Exchanges[0]
	if x.Response == nil || x.Response.Status != 0 || x.Request.URL != "http://a.test/" {
		t.Errorf("got %+v", x)
	}

	server := api(t, "x")
	odd := recordingTo(t, "odd")
	response, _ := do(t, &http.Client{Transport: odd}, "POST", server.URL+"/?a;b=%zz", "%zz&;=", "Content-Type", "application/x-www-form-urlencoded")
	if response.StatusCode != 401 || len(read(t, odd).Exchanges) != 1 {
		t.Errorf("got %d", response.StatusCode)
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestTheClientIsLeftAlone: neither its request nor the answer it got is
// changed, not even when the cassette is masked.
func TestTheClientIsLeftAlone(t *testing.T) {
	server := api(t, secretAt(1))
	r := recordingTo(t, "run")
	request, _ := http.NewRequest("POST", server.URL+"/?api_key="+secretAt(2), bytes.NewReader([]byte(secretAt(3))))
	request.Header.Set("Authorization", "Bearer "+secretAt(1))
	body := request.Body
	response, err := r.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	content, _ := io.ReadAll(response.Body)
	response.Body.Close()
	response.Header.Set("X-Mine", "1")
	file := written(t, r)
	if request.Body != body || request.Header.Get("Authorization") != "Bearer "+secretAt(1) || !strings.Contains(request.URL.RawQuery, secretAt(2)) {
		t.Error("the request was changed")
	}
	if response.Proto != "HTTP/1.1" || response.Request != request || response.Close || !json.Valid(content) {
		t.Errorf("the answer was changed: %+v", response)
	}
	if strings.Contains(file, "X-Mine") {
		t.Error("what the client did to its answer is recorded")
	}
}

// TestPassesAfterStop: requests after the end are sent, and not recorded.
func TestPassesAfterStop(t *testing.T) {
	server := api(t, "x")
	r := recordingTo(t, "run")
	do(t, &http.Client{Transport: r}, "GET", server.URL+"/in", "")
	before := written(t, r)
	if response, _ := do(t, &http.Client{Transport: r}, "GET", server.URL+"/after", ""); response.StatusCode != 401 {
		t.Errorf("got %d", response.StatusCode)
	}
	if after := written(t, r); after != before {
		t.Error("the cassette was written again")
	}
}

// TestNothingRecorded writes nothing over what is there.
func TestNothingRecorded(t *testing.T) {
	r := recordingTo(t, "run")
	if err := os.WriteFile(r.File(), []byte("there"), 0o600); err != nil {
		t.Fatal(err)
	}
	if file := written(t, r); file != "there" {
		t.Errorf("got %s", file)
	}
	off := &Recorder{Mode: Off, Real: transport(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 204, Body: http.NoBody}, nil
	})}
	if response, err := off.RoundTrip(httptest.NewRequest("GET", "http://a.test/", nil)); err != nil || response.StatusCode != 204 || off.Stop() != nil {
		t.Errorf("got %v, %v", response, err)
	}
	if _, err := new(Recorder).RoundTrip(httptest.NewRequest("GET", "http://a.test/", nil)); err == nil {
		t.Error("a recorder without a cassette records")
	}
}

// TestOAuth2Client: the library's client is recorded with one line.
func TestOAuth2Client(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/token" {
			fmt.Fprintf(w, `{"access_token":%q,"token_type":"Bearer","expires_in":3600}`, secretAt(1))
			return
		}
		fmt.Fprintf(w, `{"you":%q}`, r.Header.Get("Authorization"))
	}))
	defer server.Close()
	r := recordingTo(t, "oauth2")
	ctx := context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Transport: r})
	config := clientcredentials.Config{ClientID: "web", ClientSecret: secretAt(2), TokenURL: server.URL + "/token"}
	if _, body := do(t, config.Client(ctx), "GET", server.URL+"/me", ""); !strings.Contains(body, secretAt(1)) {
		t.Errorf("the client got %s", body)
	}
	c := read(t, r)
	issued, _ := c.Exchanges[0].Response.Body.Text(0)
	used := c.Exchanges[1].Request.Header.Get("Authorization")
	if len(c.Exchanges) != 2 || strings.Contains(written(t, r), secretAt(1)) || !strings.Contains(issued, strings.TrimPrefix(used, "Bearer ")) {
		t.Errorf("issued %s, used %s", issued, used)
	}
}

// TestMaskAnotherRecorder: a recorder of go-vcr that is there already writes
// marks.
func TestMaskAnotherRecorder(t *testing.T) {
	server := api(t, secretAt(1))
	name := filepath.Join(t.TempDir(), "own")
	v, err := recorder.NewAsMode(name, recorder.ModeRecording, nil)
	if err != nil {
		t.Fatal(err)
	}
	v.SkipRequestLatency = true
	Mask(v, &mask.Redactor{})
	if _, body := do(t, &http.Client{Transport: v}, "GET", server.URL, "", "Authorization", "Bearer "+secretAt(1)); !strings.Contains(body, "9001") {
		t.Errorf("the client got %s", body)
	}
	if err := v.Stop(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(name + ".yaml")
	if err != nil || strings.Contains(string(file), secretAt(1)) || !strings.Contains(string(file), "Bearer masked-token-") {
		t.Errorf("%v %s", err, file)
	}
}

// TestClaimsStay: what is known of a token's lifetime is read from the cassette.
func TestClaimsStay(t *testing.T) {
	server := api(t, token(t, "k"))
	r := recordingTo(t, "claims")
	do(t, &http.Client{Transport: r}, "GET", server.URL, "", "Authorization", "Bearer "+token(t, "k"))
	claims, _, ok := scenarios.TokenOf(read(t, r).Exchanges[0])
	if !ok || claims.Written("exp") != "4102444800" || !slices.Equal(claims.Set("aud"), []string{"orders"}) || !strings.HasPrefix(claims.Text("email"), "masked-claim-") {
		t.Errorf("%v %+v", ok, claims)
	}
}
