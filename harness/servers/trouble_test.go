package servers

import (
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// A double is a test that is about to fail or skip: it keeps what it would
// have said.
type double struct {
	testing.TB
	fatal, skip string
}

func (d *double) Helper() {}

func (d *double) Fatalf(format string, args ...any) {
	d.fatal = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (d *double) Skipf(format string, args ...any) {
	d.skip = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

// during runs f as the body of a test.
func during(t *testing.T, f func(testing.TB)) *double {
	d := &double{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(d)
	}()
	<-done
	return d
}

func TestMissingProgram(t *testing.T) {
	p := nginx()
	if _, ok := p.find(func(string) (string, error) { return "", errors.New("not there") }); ok {
		t.Fatal("found a program that is nowhere")
	}
	tests := []struct{ reason, ci, skip, fatal string }{
		{"at home it is no failure", "", "nginx is not installed: apt-get install nginx", ""},
		{"in CI nobody reads a skip", "true", "", "nginx is not installed, and CI=true allows no skip: apt-get install nginx"},
	}
	for _, test := range tests {
		d := during(t, func(tb testing.TB) { missing(tb, p, test.ci) })
		if d.skip != test.skip || d.fatal != test.fatal {
			t.Errorf("%s: skip %q, fatal %q", test.reason, d.skip, d.fatal)
		}
	}
}

func TestFindLooksInSbin(t *testing.T) {
	path, ok := nginx().find(func(file string) (string, error) {
		if file == "/usr/sbin/nginx" {
			return file, nil
		}
		return "", errors.New("not there")
	})
	if !ok || path != "/usr/sbin/nginx" {
		t.Errorf("found %q, %v", path, ok)
	}
}

// What a server says about a configuration reaches who wrote it, with the
// lines it speaks of.
func TestRefusedConfiguration(t *testing.T) {
	tests := []struct {
		program
		conf string
		want []string
	}{
		{nginx(), "server {\n\tlisten {{listen}};\n\tproxxy_pass on;\n}", []string{`unknown directive "proxxy_pass"`, "site.conf:3", "   3  \tproxxy_pass on;"}},
		{apache(), "ProxxyPass /", []string{"Invalid command 'ProxxyPass'", "line 1 of", "   1  ProxxyPass /"}},
		{haproxy(), "frontend site\n\tbynd {{listen}}\n", []string{"unknown keyword 'bynd'", "site.cfg:2", "   2  \tbynd 127.0.0.1:"}},
		{nginx(), "server { listen {{lsten}}; }", []string{"no value for {{lsten}}; there are values for: folder, listen"}},
	}
	for _, test := range tests {
		if _, ok := test.find(found); !ok {
			missing(t, test.program, os.Getenv("CI"))
		}
		d := during(t, func(tb testing.TB) { start(tb, test.program, test.conf, nil) })
		for _, want := range test.want {
			if !strings.Contains(d.fatal, want) {
				t.Errorf("%s: the failure does not hold %q:\n%s", test.name, want, d.fatal)
			}
		}
	}
}

// A port that somebody else took is told apart from a server of our own that
// listens there.
func TestBusyPort(t *testing.T) {
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	for _, p := range []program{nginx(), apache(), haproxy()} {
		binary, ok := p.find(found)
		if !ok {
			missing(t, p, os.Getenv("CI"))
		}
		conf := map[string]string{
			"nginx":   "server { listen " + busy.Addr().String() + "; }",
			"Apache":  "Listen " + busy.Addr().String(),
			"HAProxy": "frontend f\n\tbind " + busy.Addr().String() + "\n",
		}[p.name]
		s := prepare(t, p, binary, conf, nil)
		why := strings.ToLower(s.run.wait(p, s.folder))
		if !strings.Contains(why, "in use") {
			t.Errorf("%s on a busy port: %q", p.name, why)
		}
		s.run.stop()
	}
}

func TestFill(t *testing.T) {
	got, err := fill("a {{x}} {y} $z ${w} %[q] {{x}}", Values{"x": "1"})
	if err != nil || got != "a 1 {y} $z ${w} %[q] 1" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestModuleFile(t *testing.T) {
	if file := moduleFile("no_such"); file != "" {
		t.Errorf("a module that is nowhere was found at %s", filepath.Base(file))
	}
}
