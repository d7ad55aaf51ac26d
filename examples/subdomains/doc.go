// Package subdomains is one login for two hosts: pages at
// https://app.example.com, an API at https://api.example.com, and a session
// cookie with Domain=example.com that goes to both. The app is the tea shop of
// [github.com/replaydiff/replay/examples/shop]; what is to be copied is the
// suite in this folder.
//
//   - [Config] is the shop's, for these hosts.
//   - [Faults] are those of its mistakes that concern them.
package subdomains
