package vcr_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/vcr"
)

// A working and a failing run are recorded and compared. In a test each is one
// line:
//
//	client := &http.Client{Transport: vcr.Record(t, "testdata/ok")}
//	if cause := vcr.Diff(t, "testdata/ok", "testdata/bad").Cause(); cause != "" { … }
func Example() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer 5f2b9c0d7a1e4836" {
			w.Header().Set("WWW-Authenticate", `Bearer realm="bakery"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	folder, err := os.MkdirTemp("", "vcr")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)

	record := func(name, authorization string) {
		r := &vcr.Recorder{Cassette: filepath.Join(folder, name), Redactor: &mask.Redactor{Key: []byte("for this example")}}
		request, _ := http.NewRequest("GET", server.URL+"/orders", nil)
		request.Header.Set("Authorization", authorization)
		response, err := (&http.Client{Transport: r}).Do(request)
		if err != nil {
			fmt.Println(err)
			return
		}
		response.Body.Close()
		fmt.Println(name, response.StatusCode, r.Stop())
	}
	record("ok", "Bearer 5f2b9c0d7a1e4836")
	record("bad", "5f2b9c0d7a1e4836")

	t := new(test)
	defer t.end()
	d := vcr.Diff(t, filepath.Join(folder, "ok"), filepath.Join(folder, "bad"))
	fmt.Println(d.Cause())

	cassette, _ := os.ReadFile(filepath.Join(folder, "bad.yaml"))
	fmt.Println("holds the token:", strings.Contains(string(cassette), "5f2b9c0d7a1e4836"))
	// Output:
	// ok 200 <nil>
	// bad 401 <nil>
	// missing-bearer-prefix
	// holds the token: false
}

// test stands for the *testing.T that an example has none of.
type test struct{ cleanup []func() }

func (t *test) Helper()                           {}
func (t *test) Cleanup(f func())                  { t.cleanup = append(t.cleanup, f) }
func (t *test) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (t *test) Fatalf(format string, args ...any) { t.Errorf(format, args...) }
func (t *test) end() {
	for _, f := range t.cleanup {
		f()
	}
}
