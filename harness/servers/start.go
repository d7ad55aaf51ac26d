package servers

import (
	"maps"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// patience is how long a server may take to start. It is long because only a
// broken one uses it up; one that refuses its configuration ends at once.
const patience = 2 * time.Minute

// attempts is how often another port is tried when somebody else was quicker.
const attempts = 5

func start(tb testing.TB, p program, conf string, values Values) *Server {
	tb.Helper()
	binary, ok := p.find(found)
	if !ok {
		missing(tb, p, os.Getenv("CI"))
		return nil
	}
	for attempt := 1; ; attempt++ {
		s := prepare(tb, p, binary, conf, values)
		end := s.run.wait(p, s.folder)
		if end == "" {
			return s
		}
		if strings.Contains(strings.ToLower(end), "in use") && attempt < attempts {
			s.run.stop()
			continue
		}
		tb.Fatalf("%s did not start: %s\n%s", p.name, end, numbered(read(filepath.Join(s.folder, p.site))))
	}
}

// missing ends a test whose server is not installed.
func missing(tb testing.TB, p program, ci string) {
	tb.Helper()
	if ci == "true" {
		tb.Fatalf("%s is not installed, and CI=true allows no skip: apt-get install %s", p.name, p.debian)
	}
	tb.Skipf("%s is not installed: apt-get install %s", p.name, p.debian)
}

// prepare writes the configuration for a free port and starts the program.
func prepare(tb testing.TB, p program, binary, conf string, values Values) *Server {
	tb.Helper()
	folder := tb.TempDir()
	if asRoot() {
		// Apache's workers become nobody: let them reach files of the test.
		if err := os.Chmod(filepath.Dir(folder), 0o711); err != nil {
			tb.Fatal(err)
		}
	}
	s := &Server{Addr: freeAddr(tb), folder: folder}
	s.URL = "http://" + s.Addr
	if strings.Contains(conf, "{{certificate}}") {
		s.URL = "https://" + s.Addr
	}
	all := maps.Clone(values)
	if all == nil {
		all = Values{}
	}
	all["listen"], all["folder"] = s.Addr, folder
	for name, text := range map[string]string{p.main: p.base(binary, folder), p.site: conf} {
		filled, err := fill(text, all)
		if err != nil {
			tb.Fatalf("configuration of %s: %v", p.name, err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(filled), 0o644); err != nil {
			tb.Fatal(err)
		}
	}
	s.run = launch(tb, binary, p.args(folder), folder)
	tb.Cleanup(func() {
		s.run.stop()
		if tb.Failed() {
			tb.Logf("log of %s:\n%s", p.name, s.Log())
		}
	})
	return s
}

// freeAddr is a loopback address with a port that nobody listens on now. Who
// takes it before the server does makes the server end, and start again.
func freeAddr(tb testing.TB) string {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func read(file string) string {
	text, _ := os.ReadFile(file)
	return string(text)
}
