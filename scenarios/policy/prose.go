package policy

import (
	"slices"

	"github.com/replaydiff/replay/scenarios"
)

// prose is what is said about a rule, wherever it is said.
type prose struct {
	means  string
	advice []scenarios.Advice
	refs   []string
	causes []string // that say the same of a failure: beside them the rule adds nothing
}

// Means says in a sentence what is wrong.
func (r Rule) Means() string { return r.prose().means }

// Advice is what to do about it, at the client first.
func (r Rule) Advice() []scenarios.Advice { return r.prose().advice }

// Refs are sections of standards.
func (r Rule) Refs() []string { return r.prose().refs }

// Beside are the breaches that say something which the named causes of a failure
// do not.
func (j *Judgement) Beside(causes ...string) []Breach {
	var list []Breach
	for _, b := range j.Breaches {
		said := func(id string) bool { return slices.Contains(causes, id) }
		if !slices.ContainsFunc(b.Rule.prose().causes, said) {
			list = append(list, b)
		}
	}
	return list
}

func (r Rule) prose() prose {
	inTime := scenarios.Advice{Where: scenarios.Client, Text: "Refresh at 70–80 % of the lifetime, by a timer that starts when the token comes.",
		Snippet: "setTimeout(refresh, 0.75 * expires_in * 1000)"}
	single := scenarios.Advice{Where: scenarios.Client, Text: "One refresh at a time, over all tabs; all waiting calls take its result.",
		Snippet: `await navigator.locks.request("refresh", refreshOnce)`}
	switch r {
	case RefreshEarly:
		return prose{
			means:  "The client refreshes its token long before it has to.",
			advice: []scenarios.Advice{inTime},
			refs:   []string{"RFC 6749 section 5.1"},
		}
	case RefreshLate:
		return prose{
			means:  "The client refreshes its token when it is nearly or wholly over: a clock that differs, a slow answer, and the call is refused.",
			advice: []scenarios.Advice{inTime},
			refs:   []string{"RFC 6749 section 1.5"},
		}
	case ExpiredSent:
		return prose{
			means: "The client sends a token that is over, and does not refresh it.",
			advice: []scenarios.Advice{inTime, {Where: scenarios.Client, Text: "On a 401, refresh once and retry once.",
				Snippet: "if (r.status === 401 && !retried) { await refresh(); return call({retried: true}) }"}},
			refs:   []string{"RFC 6749 section 1.5", "RFC 6750 section 3.1"},
			causes: []string{"expired-token", "refresh-missing", "clock-skew"},
		}
	case RefreshStorm:
		return prose{
			means:  "The client refreshes one token several times at once: issuers that rotate refresh tokens take the second for theft.",
			advice: []scenarios.Advice{single, {Where: scenarios.Gateway, Text: "Let the refresh token of before be good for a few seconds more."}},
			refs:   []string{"RFC 9700 section 4.14.2"},
		}
	case RefreshReused:
		return prose{
			means: "The client sends a refresh token that it had exchanged for a new one: issuers take that for theft and end the session.",
			advice: []scenarios.Advice{{Where: scenarios.Client, Text: "Replace the stored refresh token in the same step that stores the new access token.",
				Snippet: "store({access: r.access_token, refresh: r.refresh_token ?? old.refresh})"}, single},
			refs: []string{"RFC 6749 section 6", "RFC 9700 section 4.14.2"},
		}
	case RefusedAgain:
		return prose{
			means: "The client makes a call again and again that is refused each time.",
			advice: []scenarios.Advice{{Where: scenarios.Client, Text: "On a 401, refresh once and retry once; then show the login.",
				Snippet: "if (r.status === 401 && retried) return showLogin()"}},
			refs:   []string{"RFC 9110 section 15.5.2"},
			causes: []string{"auth-loop"},
		}
	case LoginMissing:
		return prose{
			means: "The refresh was refused, and the client goes on with what it has instead of asking for a login.",
			advice: []scenarios.Advice{{Where: scenarios.Client, Text: "When the refresh answers 400 or 401, forget the tokens and show the login.",
				Snippet: "refresh().catch(() => { forget(); showLogin() })"}},
			refs:   []string{"RFC 6749 section 5.2"},
			causes: []string{"auth-loop"},
		}
	case BareRefusal:
		return prose{
			means: "A person who asks for a page is shown a 401, and no way to the login.",
			advice: []scenarios.Advice{{Where: scenarios.App, Text: "Send pages to the login and come back; leave the 401 to calls of scripts.",
				Snippet: `if (req.accepts("html")) return res.redirect(302, "/login?next=" + encodeURIComponent(req.originalUrl))`},
				{Where: scenarios.Nginx, Text: "Send pages to the login.", Snippet: "error_page 401 = @login; location @login { return 302 /login?next=$request_uri; }"}},
			refs: []string{"RFC 9110 section 15.5.2"},
		}
	}
	return prose{}
}
