// Package proxies holds configurations of nginx, Apache, HAProxy and Caddy in front
// of the tea shop (examples/shop): right ones, and ones with a mistake that
// breaks a login or an API call. Each file says in its first line what it is,
// and a broken one has the comment WRONG above the lines that are.
//
//   - [Read] returns a configuration, for package harness/servers to start.
//   - [Names] lists them.
//
// Placeholders: {{listen}} is the proxy's own address, {{upstream}} the
// shop's, {{certificate}} a file with certificate and key.
package proxies
