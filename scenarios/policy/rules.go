package policy

import (
	"math"
	"slices"
	"strconv"
)

// A Rule is one thing that is asked of a client.
type Rule string

// The rules.
const (
	RefreshEarly  Rule = "refresh-early"        // long before it had to
	RefreshLate   Rule = "refresh-late"         // close to the end, or when it was refused
	ExpiredSent   Rule = "expired-token-sent"   // a token that is over, and no refresh
	RefreshStorm  Rule = "refresh-storm"        // several refreshes of one token at once
	RefreshReused Rule = "refresh-token-reused" // a refresh token that had been exchanged for another
	RefusedAgain  Rule = "refused-again"        // a call that was refused is made again and again
	LoginMissing  Rule = "login-missing"        // the refresh was refused, and the client goes on as if nothing were
	BareRefusal   Rule = "bare-refusal"         // a person is shown a 401 and no way to the login
)

// All are the rules in the order in which they are told.
func All() []Rule {
	return []Rule{RefreshEarly, RefreshLate, ExpiredSent, RefreshStorm, RefreshReused, RefusedAgain, LoginMissing, BareRefusal}
}

// AboutRefresh are the rules of when and how a token is refreshed.
func AboutRefresh() []Rule {
	return []Rule{RefreshEarly, RefreshLate, ExpiredSent, RefreshStorm, RefreshReused}
}

// AboutTries are the rules of what comes after a refusal.
func AboutTries() []Rule { return []Rule{RefusedAgain, LoginMissing} }

// AboutLogin are the rules of what a person is shown.
func AboutLogin() []Rule { return []Rule{BareRefusal} }

// A Window is a part of a token's lifetime: 0 is its issue, 1 its end.
type Window struct{ From, To float64 }

// Advised is when to refresh: early enough for clocks that differ, a slow answer
// and a second try, late enough that most of a token is used.
func Advised() Window { return Window{0.7, 0.8} }

// Tolerated is what passes where nobody asked for a window: who refreshes
// earlier makes the issuer's work twice, who does later has no time for a second
// try.
func Tolerated() Window { return Window{0.5, 0.85} }

// DefaultTries is how often a call may be refused in a row.
const DefaultTries = 3

// Rules are what is asked of a client. The zero value asks for all of it, with
// the defaults.
type Rules struct {
	Refresh Window // when a token is refreshed; zero: Tolerated()
	Tries   int    // how often one call may be refused in a row; 0: DefaultTries
	Only    []Rule // nil: all
}

func (r Rules) asks(rule Rule) bool { return len(r.Only) == 0 || slices.Contains(r.Only, rule) }

func (r Rules) window() Window {
	if r.Refresh == (Window{}) {
		return Tolerated()
	}
	return r.Refresh
}

func (r Rules) tries() int {
	if r.Tries <= 0 {
		return DefaultTries
	}
	return r.Tries
}

// String is the window as people write it: "70–80 %".
func (w Window) String() string {
	return percent(w.From) + "–" + percent(w.To) + " %"
}

func percent(share float64) string { return strconv.Itoa(int(math.Round(share * 100))) }
