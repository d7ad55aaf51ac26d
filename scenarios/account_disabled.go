package scenarios

import (
	"regexp"

	"github.com/replaydiff/replay/scenarios/expect"
)

func accountDisabled() *Cause {
	return &Cause{
		ID:    "account-disabled",
		Kind:  Mechanism,
		Group: OAuth,
		Means: "The account is known and may not log in: disabled, locked, suspended, expired or not yet confirmed.",
		Looks: "The answer says so; the credentials are the ones that worked, or they are judged right.",
		Unlike: []Unlike{
			{"wrong-credentials", "there user or password is wrong"},
			{"rate-limited", "there the lock is for minutes and counts attempts"},
			{"insufficient-scope", "there the account is active and lacks a right"},
			{"revoked-token", "there one token is refused and a new login helps"},
		},
		Advice: []Advice{
			{Client, "Ask the administrator of the account; another password does not help.", ""},
			{App, "Say that the account is locked only after the password was checked, so that nobody learns who has an account.", ""},
			{Gateway, "Look for the reason in the provider's sign-in log: lockout policy, licence, offboarding, unpaid invoice.", ""},
		},
		Refs:   []string{"OWASP Authentication Cheat Sheet, account lockout", "Microsoft Entra error codes AADSTS50057, AADSTS50053"},
		Prior:  -0.5,
		Detect: detectAccountDisabled,
		Inject: injectAccountDisabled,
		Parameters: []Parameter{
			{Name: "token", Type: TypeSecret, Doc: "a token of an account that is disabled"},
			{Name: "cookie", Type: TypeSecret, Doc: "a session of an account that is disabled"},
		},
		Enforced: ByClient,
		Needs:    []Need{OtherToken, OtherCookie},
		Live:     liveAccountDisabled,
		Expect:   refuses(expect.Hole, 401, 403, 423),
	}
}

var disabledWords = regexp.MustCompile(`(?i)\b(account|user|login|profile|membership|subscription|tenant|organi[sz]ation)s?\b[^.<>"{}]{0,40}\b(disabled|locked(?: ?out)?|suspended|deactivated|blocked|banned|frozen|closed|terminated|inactive|not active|not (?:been )?(?:activated|verified|confirmed|enabled))\b|` +
	`\b(disabled|locked|suspended|deactivated|blocked|inactive|banned)[ _](account|user|login)\b|\b(account|user)_(disabled|locked|suspended|inactive|blocked|deactivated)\b|AADSTS(50057|50053|50055)|USER_DISABLED|KDC_ERR_CLIENT_REVOKED|LOCKED_OUT`)

// tooMany tells locks that count attempts, which pass by themselves.
var tooMany = regexp.MustCompile(`(?i)too many|try again (in|later|after)|attempts`)

func detectAccountDisabled(v *View) []Evidence {
	at, ok := v.answerMatches(disabledWords)
	if !ok || !refused(v.Failed) && v.status() != 423 && v.status() != 402 {
		return nil
	}
	strength := Decisive
	if v.status() == 402 {
		strength = Strong // accounts have balances and limits, too
	}
	list := []Evidence{v.observed(strength, FromText, at, "the answer says that the account may not log in")}
	if v.status() == 423 {
		list = append(list, v.observed(Strong, FromStatus, statusOf(v.Failed), "the server calls the account locked"))
	}
	if _, counts := v.answerMatches(tooMany); counts {
		list = append(list, v.against(Against, FromText, "the answer speaks of attempts or of a time to wait"))
	}
	return list
}

func injectAccountDisabled(in *Injection) error {
	if len(withoutDoorless(CredentialsOf(in.Request()))) == 0 {
		return cannot("nobody is logged in")
	}
	if in.Server == Mute {
		return cannot("a server that says nothing does not say that the account is disabled")
	}
	in.Refuse(Refusal{Status: 403, Code: "account_disabled", Description: "This account has been disabled."})
	return nil
}

func liveAccountDisabled(in *Injection) error {
	if given, err := in.givenToken(nil); given || err != nil {
		return err
	}
	if given, err := in.givenCookie(); given || err != nil {
		return err
	}
	_, _, session := in.sessionCookie()
	if _, _, token := in.tokenPlace(); !session && !token {
		return cannot("nobody is logged in")
	}
	return needs("only the login of an account that is disabled shows it", OtherToken, OtherCookie)
}
