// Package api is a JSON API that is opened by JWTs, as a team writes it with
// golang-jwt: orders, scopes, refresh tokens. It is guarded by the suite in
// this folder, which is what is to be copied.
//
// In reading order:
//
//   - [Config] is what is set from outside; [New] makes the [API], an
//     http.Handler.
//   - grant.go gives out tokens, auth.go asks for them, orders.go is what they
//     open.
//   - [Fault] is a mistake that can be switched on, [Faults] lists them. None is
//     made unless it is asked for.
//
// The users and keys are made up, and they are the same in every copy of this
// repository. It is not for keeping orders.
package api
