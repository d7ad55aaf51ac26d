package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

// An Account is what an answer says beside its status.
type Account struct {
	Voice     Voice
	Login     expect.LoginForm // how it asks for a login; "" does not
	Disguised bool             // it refuses under a good status
	Names     []string         // ids of the causes that it names in clear words
}

// AccountOf hears an answer, beside that to the same request that worked; what
// that one says too tells nothing. Recorded may be nil.
func AccountOf(recorded, live *traffic.Exchange) Account {
	v := &View{Comparison: &diff.Comparison{OK: captureOf(recorded), Bad: captureOf(live)}, Good: recorded, Failed: live}
	var a Account
	if live == nil || live.Response == nil {
		return a
	}
	a.Voice = v.Voice()
	switch _, page := v.loginPage(); {
	case diff.OutcomeOf(live).Ending == diff.LoginRedirect:
		a.Login = expect.LoginRedirect
	case page || formAgain(recorded, live):
		a.Login = expect.LoginPage
	}
	a.Disguised = a.Login == "" && live.Response.Status/100 == 2 && refusesInContent(live) && !refusesInContent(recorded)
	known := map[string]bool{missingVoice: true, invalidVoice: true, eitherVoice: true}
	for _, hit := range v.voiceFacts().hits {
		if !hit.Faint && !known[hit.Cause] {
			known[hit.Cause] = true
			a.Names = append(a.Names, hit.Cause)
		}
	}
	return a
}

// formAgain tells a login that shows its form again in place of what came of
// it: many frameworks refuse a password so, with 200.
func formAgain(recorded, live *traffic.Exchange) bool {
	return recorded != nil && recorded.Response != nil && live.Response.Status == 200 && strings.Contains(mediaTypeOf(live.Response), "html") &&
		slices.ContainsFunc(CredentialsOf(&live.Request), isLoginForm) && hasPasswordField(live.Response) && !hasPasswordField(recorded.Response)
}

func captureOf(x *traffic.Exchange) *traffic.Capture {
	if x == nil {
		return &traffic.Capture{}
	}
	return &traffic.Capture{Exchanges: []*traffic.Exchange{x}}
}

func refusesInContent(x *traffic.Exchange) bool {
	return x != nil && x.Response != nil && (isErrorDocument(x.Response) || isBlockPage(x.Response))
}
