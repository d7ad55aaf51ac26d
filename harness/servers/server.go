package servers

import "testing"

// Values are what the placeholders of a configuration stand for: the key
// "upstream" replaces {{upstream}}. "listen" and "folder" are set by the
// package.
type Values map[string]string

// A Server is a running server program.
type Server struct {
	URL  string // "http://127.0.0.1:40123", without a path; "https://…" where the configuration has {{certificate}}
	Addr string // "127.0.0.1:40123"

	folder string
	run    *run
}

// Log returns what the server has written to its error log so far.
func (s *Server) Log() string { return s.run.log() }

// NGINX starts nginx with conf inside of its http block: server blocks, maps,
// upstreams.
func NGINX(tb testing.TB, conf string, values Values) *Server {
	tb.Helper()
	return start(tb, nginx(), conf, values)
}

// Apache starts Apache httpd with conf after the modules a proxy needs were
// loaded and Listen was set: virtual hosts, or directives of the main server.
func Apache(tb testing.TB, conf string, values Values) *Server {
	tb.Helper()
	return start(tb, apache(), conf, values)
}

// HAProxy starts HAProxy with conf after a global and a defaults section (mode
// http, timeouts): frontends, backends, user lists.
func HAProxy(tb testing.TB, conf string, values Values) *Server {
	tb.Helper()
	return start(tb, haproxy(), conf, values)
}

// Caddy starts Caddy with conf as the site blocks of a Caddyfile; its admin
// endpoint and automatic HTTPS are off.
func Caddy(tb testing.TB, conf string, values Values) *Server {
	tb.Helper()
	return start(tb, caddy(), conf, values)
}
