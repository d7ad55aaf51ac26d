// Package credential is who a replayed request asks as: credentials that are
// valid today in the places of the recorded ones.
//
// In reading order:
//
//   - [Credential] is what a request is given; a [Source] fetches one. [Parse]
//     reads --auth, [Command] is --auth-from, [OAuth2] and [Login] are the
//     logins of a .replay.yaml (package settings).
//   - [Keeper] holds one credential for all workers and renews it before it
//     expires; [Guard] stops a run that is refused again and again.
//   - [Credential.Place] puts a credential where the recorded one stood.
//   - [Redacted] finds the captures whose credentials were taken out, so that
//     replaying them needs new ones.
//
// It opens no connection: what has to be sent goes through an
// [http.RoundTripper] or a [Sender] of the caller, who decides which hosts may
// be dialled. No error and no String method holds a secret.
package credential
