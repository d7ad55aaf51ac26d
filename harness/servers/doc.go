// Package servers starts real web servers for tests: nginx, Apache, HAProxy
// and Caddy, as the Debian packages install them, without root, on a loopback
// port of their own.
//
// In reading order:
//
//   - [NGINX], [Apache], [HAProxy] and [Caddy] start one from a site
//     configuration: what an administrator would put below sites-enabled. What
//     such a file stands on (process, log, temporary folders, modules) is
//     added by the package.
//   - [Values] fill the placeholders of the configuration: {{listen}} is the
//     address that the package picked, {{folder}} its temporary folder, others
//     are the caller's ({{upstream}}).
//   - [Server] is the running one: its address and its log.
//   - [Certificate] makes one for the time of a test.
//
// A server that is not installed skips the test and names the Debian package;
// where the environment says CI=true it fails the test instead, for a skip
// that nobody reads is a hole. A configuration that the server refuses fails
// the test with the server's own words. Everything ends with the test; only
// processes that the package started are stopped.
//
// It is not for production, and it never talks to a server that was there
// before.
package servers
