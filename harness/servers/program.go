package servers

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// A program is a kind of server: how it is found, configured and started.
type program struct {
	name    string   // in messages
	names   []string // of the binary, the likeliest first
	debian  string   // the package that has it
	base    func(binary, folder string) string
	site    string // name of the file with the caller's configuration, in the folder
	main    string // name of the file with base
	args    func(folder string) []string
	started func(folder, log string) bool // it has bound its port
}

// find returns the path of the binary. Debian has servers in /usr/sbin, which
// is not in everybody's PATH.
func (p program) find(look func(string) (string, error)) (string, bool) {
	for _, name := range p.names {
		for _, folder := range []string{"", "/usr/sbin", "/usr/local/sbin", "/sbin"} {
			if path, err := look(filepath.Join(folder, name)); err == nil {
				return path, true
			}
		}
	}
	return "", false
}

// hasPID tells whether the server has written its process id, which nginx,
// Apache and HAProxy do once they have bound their ports. A mere connection
// proves less: it may reach another process that was quicker to take the port.
func hasPID(folder, _ string) bool {
	text, err := os.ReadFile(filepath.Join(folder, "pid"))
	return err == nil && len(strings.TrimSpace(string(text))) > 0
}

// asRoot tells whether a server would try to change its user.
func asRoot() bool { return os.Geteuid() == 0 }

func nginx() program {
	return program{
		name: "nginx", names: []string{"nginx"}, debian: "nginx",
		main: "nginx.conf", site: "site.conf",
		base: func(_, folder string) string {
			user := ""
			if asRoot() {
				user = "user root;\n" // workers that became another user could not enter the test's folder
			}
			return user + `daemon off;
worker_processes 1;
pid ` + folder + `/pid;
error_log stderr info;
events { worker_connections 256; }
http {
	access_log off;
	client_body_temp_path ` + folder + `/body;
	proxy_temp_path       ` + folder + `/proxy;
	fastcgi_temp_path     ` + folder + `/fastcgi;
	uwsgi_temp_path       ` + folder + `/uwsgi;
	scgi_temp_path        ` + folder + `/scgi;
	include               ` + folder + `/site.conf;
}
`
		},
		args: func(folder string) []string {
			return []string{"-p", folder, "-e", "stderr", "-c", filepath.Join(folder, "nginx.conf")}
		},
		started: hasPID,
	}
}

func haproxy() program {
	return program{
		name: "HAProxy", names: []string{"haproxy"}, debian: "haproxy",
		main: "base.cfg", site: "site.cfg",
		// Two that shared a port would both start, and answer each other's requests.
		base: func(string, string) string {
			return `global
	log stderr format raw local0 notice
	nbthread 1
	maxconn 256
	noreuseport
defaults
	mode http
	timeout connect 5s
	timeout client 30s
	timeout server 30s
`
		},
		// Only the master of -W writes a process id; -db keeps it in the foreground.
		args: func(folder string) []string {
			return []string{"-W", "-db", "-p", filepath.Join(folder, "pid"),
				"-f", filepath.Join(folder, "base.cfg"), "-f", filepath.Join(folder, "site.cfg")}
		},
		// The master that is stopped before it knows of its worker leaves it alone.
		started: func(folder, log string) bool {
			return hasPID(folder, log) && (strings.Contains(log, "forked") || strings.Contains(log, "Loading success"))
		},
	}
}

func caddy() program {
	return program{
		name: "Caddy", names: []string{"caddy"}, debian: "caddy",
		main: "Caddyfile", site: "site.caddy",
		base: func(_, folder string) string {
			return `{
	admin off
	auto_https off
}
import ` + folder + `/site.caddy
`
		},
		args: func(folder string) []string {
			return []string{"run", "--config", filepath.Join(folder, "Caddyfile"), "--adapter", "caddyfile"}
		},
		started: func(_, log string) bool { return strings.Contains(log, "serving initial configuration") },
	}
}

// found is how a program is looked for outside of tests.
func found(file string) (string, error) { return exec.LookPath(file) }
