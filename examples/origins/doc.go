// Package origins is an API that pages of another site call with the cookies of
// the person who looks at them: notes at https://api.example.com, the page at
// https://app.example.net. It is guarded by the suite in this folder, which is
// what is to be copied.
//
// In reading order:
//
//   - [Config] is what is set from outside; [New] makes the [App], an
//     http.Handler.
//   - cors.go tells browsers which pages may ask (Fetch, section 3.2), session.go
//     is the cookie and the CSRF token, notes.go what they open.
//   - [Fault] is a mistake that can be switched on, [Faults] lists them. None is
//     made unless it is asked for.
//
// The user and the password are made up. It is not for keeping notes.
package origins
