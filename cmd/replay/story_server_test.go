package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/examples/shop"
)

// storyCommands are what stories have beside those of testscript:
//
//	serve NAME [FAULT...]   a tea shop (examples/shop); its URL is in $NAME
//	serve-vault NAME        an API with tokens; $NAME
//	serve-open NAME         the same, mended for who has no right to it; $NAME
//	serve-slow NAME         answers all but the first request; $NAME
//	behind NAME           an address that nobody else listens on: host:port in $NAME
//	proxy NAME ADDR [FAULT...]  a proxy that forwards to the address; $NAME. Faults: drop=FIELD,
//	                      real=PATH:NAME (the path goes to that server)
//	asked NAME N            it was sent N requests since the last time
//	await NAME              a request has come to it
//	listening ADDR          somebody listens there
//	mode FILE MODE          the permissions of a file, as 0600
//	schema FILE NAME        a JSON document is as harness/report/NAME.schema.json says
//	same-report FILE FILE   two reports are equal but for times
func storyCommands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"serve": func(ts *testscript.TestScript, _ bool, args []string) {
			c := shop.Config{}
			for _, fault := range args[1:] {
				c.Faults = append(c.Faults, shop.Fault(fault))
			}
			s, err := shop.New(c)
			ts.Check(err)
			serve(ts, args[0], s)
		},
		"serve-vault": func(ts *testscript.TestScript, _ bool, args []string) { serve(ts, args[0], &vault{}) },
		"serve-open":  func(ts *testscript.TestScript, _ bool, args []string) { serve(ts, args[0], &vault{open: true}) },
		"serve-slow": func(ts *testscript.TestScript, _ bool, args []string) {
			var once sync.Once
			serve(ts, args[0], http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				once.Do(func() { <-r.Context().Done() }) // until the client leaves
			}))
		},
		"behind": func(ts *testscript.TestScript, _ bool, args []string) { ts.Setenv(args[0], loneAddress(ts)) },
		"proxy": func(ts *testscript.TestScript, _ bool, args []string) {
			serve(ts, args[0], proxyTo(ts, args[1], args[2:]))
		},
		"asked": func(ts *testscript.TestScript, _ bool, args []string) {
			if n := stageOf(ts).servers[args[0]].count(); strconv.Itoa(n) != args[1] {
				ts.Fatalf("%s was sent %d requests, not %s", args[0], n, args[1])
			}
		},
		"await": func(ts *testscript.TestScript, _ bool, args []string) {
			select {
			case <-stageOf(ts).servers[args[0]].arrived:
			case <-time.After(time.Minute):
				ts.Fatalf("no request came to %s", args[0])
			}
		},
		"listening": func(ts *testscript.TestScript, _ bool, args []string) {
			for late := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
				c, err := net.Dial("tcp", args[0])
				if err == nil {
					ts.Check(c.Close())
					return
				}
				if time.Now().After(late) {
					ts.Fatalf("nobody listens on %s: %v", args[0], err)
				}
			}
		},
		"mode": func(ts *testscript.TestScript, _ bool, args []string) {
			info, err := os.Stat(ts.MkAbs(args[0]))
			ts.Check(err)
			if mode := fmt.Sprintf("%#o", info.Mode().Perm()); mode != args[1] {
				ts.Fatalf("%s has mode %s", args[0], mode)
			}
		},
		"schema": func(ts *testscript.TestScript, _ bool, args []string) {
			schema, err := jsonschema.NewCompiler().Compile("../../harness/report/" + args[1] + ".schema.json")
			ts.Check(err)
			document, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[0])))
			ts.Check(err)
			ts.Check(schema.Validate(document))
		},
		"same-report": func(ts *testscript.TestScript, _ bool, args []string) {
			if d := cmp.Diff(timeless(ts, args[0]), timeless(ts, args[1])); d != "" {
				ts.Fatalf("%s (-) and %s (+) differ:\n%s", args[0], args[1], d)
			}
		},
	}
}

// A stage is the servers of one story.
type stage struct{ servers map[string]*served }

type served struct {
	http.Handler
	mu      sync.Mutex
	asked   int
	arrived chan struct{} // holds something once a request has come
}

func stageOf(ts *testscript.TestScript) *stage { return ts.Value("stage").(*stage) }

func serve(ts *testscript.TestScript, name string, h http.Handler) {
	s := &served{Handler: h, arrived: make(chan struct{}, 1)}
	server := httptest.NewServer(s)
	ts.Defer(server.Close)
	stageOf(ts).servers[name] = s
	ts.Setenv(name, server.URL)
}

func (s *served) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked++
	s.mu.Unlock()
	select {
	case s.arrived <- struct{}{}:
	default:
	}
	s.Handler.ServeHTTP(w, r)
}

func (s *served) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.asked
	s.asked = 0
	return n
}

// loneAddress is one of the addresses of this machine alone (RFC 1122 section
// 3.2.1.3) that nobody else happens to use, so its port can't be taken in between.
func loneAddress(ts *testscript.TestScript) string {
	addr, err := loneHostPort()
	ts.Check(err)
	return addr
}

func loneHost(t *testing.T) string {
	t.Helper()
	addr, err := loneHostPort()
	if err != nil {
		t.Fatal(err)
	}
	return addr
}

func loneHostPort() (string, error) {
	var b [3]byte
	_, err := rand.Read(b[:])
	return fmt.Sprintf("127.%d.%d.%d:9000", b[0]|1, b[1], b[2]&0xfe|2), err
}

// proxyOf forwards to the address.
func proxyOf(addr string) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: addr})
			r.Out.Host = r.In.Host
		},
		ErrorLog: log.New(io.Discard, "", 0),
	}
}

// proxyTo is a reverse proxy that tells of the client, and makes the mistakes.
func proxyTo(ts *testscript.TestScript, addr string, faults []string) http.Handler {
	to := &url.URL{Scheme: "http", Host: addr}
	other := map[string]*url.URL{}
	var drop []string
	for _, fault := range faults {
		what, value, _ := strings.Cut(fault, "=")
		path, server, _ := strings.Cut(value, ":")
		switch what {
		case "drop":
			drop = append(drop, value)
		case "real":
			there, err := url.Parse(ts.Getenv(server))
			ts.Check(err)
			other[path] = there
		default:
			ts.Fatalf("no fault %s", fault)
		}
	}
	return &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			there := to
			for path, server := range other {
				if strings.HasPrefix(r.In.URL.Path, path) {
					there = server
				}
			}
			r.SetURL(there)
			r.Out.Host = r.In.Host
			r.SetXForwarded()
			for _, name := range drop {
				r.Out.Header.Del(name)
			}
		},
		ErrorLog: log.New(io.Discard, "", 0),
	}
}

// timeless is a report without what differs from run to run.
func timeless(ts *testscript.TestScript, file string) any {
	var report map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(file)), &report))
	delete(report, "started")
	delete(report, "seconds")
	for _, t := range report["templates"].([]any) {
		delete(t.(map[string]any), "seconds")
	}
	return report
}

// A vault answers who has a token that it gave out, and repeats the token in a
// place where no name tells that it is one. GET /open is for everybody.
type vault struct {
	mu     sync.Mutex
	issued int
	open   bool // whoever asks gets an answer
}

func (v *vault) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch route := r.Method + " " + r.URL.Path; {
	case route == "GET /open":
		fmt.Fprint(w, `{"open":true}`)
	case route == "POST /oauth/token":
		v.issued++
		fmt.Fprintf(w, `{"access_token":"vault-fetched-%d","token_type":"Bearer","expires_in":3600,"refresh_token":"vault-rotated-%d"}`, v.issued, v.issued)
	case v.open, bearer && (strings.HasPrefix(token, "vault-fetched-") || token == "vault-given-4711"):
		fmt.Fprintf(w, `{"note":"%s came"}`, token)
	default:
		w.Header().Set("WWW-Authenticate", `Bearer realm="vault"`)
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"unauthorized"}`)
	}
}

// setUp gives a story the examples and no variable that changes an output.
func setUp(env *testscript.Env) error {
	env.Values["stage"] = &stage{servers: map[string]*served{}}
	env.Setenv("NO_COLOR", "")
	// The key of marks is kept by each story for itself.
	env.Setenv("HOME", filepath.Join(env.WorkDir, ".home"))
	env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, ".home", "config"))
	// The race detector has every program wait for a second before it ends.
	env.Setenv("GORACE", strings.TrimSpace(os.Getenv("GORACE")+" atexit_sleep_ms=0"))
	return os.CopyFS(filepath.Join(env.WorkDir, "examples"), os.DirFS("../../examples"))
}
