// Package shop is a small tea shop: a web application as a product team writes
// it, to try replay on and to test it with. It has what makes yesterday's
// requests fail today: a login form with a CSRF token, a session cookie that
// changes, tokens that expire, ids that are new each time.
//
// In reading order:
//
//   - [Config] is what is set from outside; [New] makes the [Shop], which is an
//     http.Handler.
//   - The pages: login, account, cart, orders, with a [Config.CookieName] cookie.
//   - The API below /api: OAuth 2 tokens, Bearer challenges (RFC 6750), CORS.
//   - [Fault] is a mistake of authentication that can be switched on, [Faults]
//     lists them. None is on by default.
//
// Everything is in memory, and the clock and the source of random numbers are
// fields of Config, so that a test can wait for an hour or get the same ids
// twice. The users and keys are made up. It is not for selling tea.
package shop
