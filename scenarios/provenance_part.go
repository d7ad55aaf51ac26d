package scenarios

import "github.com/replaydiff/replay/diff/traffic"

// A Parting is where the histories of one credential part: the working
// capture got its value in a step that the failing one lacks, or that ended
// otherwise there.
type Parting struct {
	OK  Issue // what handed the working value out
	Bad Issue // what handed the failing value out; Entry -1: nothing in that capture

	// Pair is the index into Pairs of the step that ended otherwise, -1 where
	// the failing capture lacks it.
	Pair int

	Again bool // the failing capture had handed a value out before; OK handed out another since
}

// Parting follows a credential of the decisive pair back in both captures.
// There is none where both were handed out by the same step, and where the
// working value is older than its capture.
func (v *View) Parting(ok, bad Credential) (Parting, bool) {
	if v.Good == nil || ok.Value == "" {
		return Parting{}, false
	}
	from, found := v.IssuedBy(OK, v.Good.Index, ok.Value)
	if !found {
		return Parting{}, false
	}
	p := Parting{OK: from, Bad: Issue{Side: Bad, Entry: -1}, Pair: v.pairOf(OK, from.Entry)}
	if bad.Value != "" {
		if got, found := v.IssuedBy(Bad, v.Failed.Index, bad.Value); found {
			p.Bad = got
		}
	}
	if p.Pair >= 0 && p.Bad.Entry == v.Pairs[p.Pair].Bad {
		return Parting{}, false // the same step, as it should be
	}
	// A step of the failing capture after the one that corresponds is a retry.
	if p.Pair >= 0 && p.Bad.Entry > v.Pairs[p.Pair].Bad {
		return Parting{}, false
	}
	p.Again = p.Bad.Entry >= 0
	return p, true
}

// pairOf returns the index into Pairs of an entry, -1: it has no counterpart.
func (v *View) pairOf(side Side, entry int) int {
	for i, p := range v.Pairs {
		if side == OK && p.OK == entry || side == Bad && p.Bad == entry {
			return i
		}
	}
	return -1
}

// counterpartCredential returns the credential of a request that stands where
// another one stands.
func counterpartCredential(r *traffic.Request, like Credential) (Credential, bool) {
	for _, c := range CredentialsOf(r) {
		if c.Part == like.Part && c.Name == like.Name {
			return c, true
		}
	}
	return Credential{}, false
}
