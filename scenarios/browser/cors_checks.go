package browser

import (
	"slices"
	"strings"
)

// A CheckState says what became of a rule in a decision.
type CheckState uint8

// The states.
const (
	CheckPassed CheckState = iota
	CheckFailed
	CheckNotReached // a rule before it failed
	CheckUnknown    // what it looks at was not recorded; Checks never says so
)

// A CORSCheck is one rule that a browser applies to a cross-origin request.
type CORSCheck struct {
	Rule  CORSRule
	Stage CORSStage
	State CheckState
	Asks  string // what the rule asks for, with the values that it compares with
}

// Checks lists the rules that a decision about a cross-origin request rests on,
// in the order in which a browser meets them: those that passed, the one that
// failed, and those that were not reached. It names the rules of the first hop,
// and the one that failed on a later one. A decision on a request of the page's
// own origin has no rules.
func (v CORSVerdict) Checks() []CORSCheck {
	if v.ResponseType == "basic" || v.ResponseType == "opaque" {
		return nil
	}
	list := v.requestChecks()
	if v.Preflight {
		list = append(list, v.preflightChecks()...)
	}
	list = append(list, v.answerChecks(StageAnswer)...)
	return v.settled(list)
}

// requestChecks are what is decided before anything is sent. Most pages never
// meet these rules, so that only one that failed is named.
func (v CORSVerdict) requestChecks() []CORSCheck {
	may := CORSCheck{Stage: StageRequest, Asks: "the page may ask: " + v.origin.String() + " → " + originOnly(v.url)}
	if v.Stage == StageRequest && v.Rule != "" {
		may.Rule = v.Rule
	}
	return []CORSCheck{may}
}

// preflightChecks are the rules of Fetch, "CORS-preflight fetch", steps 6 and 7.
// The redirect comes first, as Chromium has it.
func (v CORSVerdict) preflightChecks() []CORSCheck {
	asked := CORSWire{}
	if i := slices.IndexFunc(v.Wire, func(w CORSWire) bool { return w.Preflight }); i >= 0 {
		asked = v.Wire[i]
	}
	at := func(rule CORSRule, asks string) CORSCheck {
		return CORSCheck{Rule: rule, Stage: StagePreflight, Asks: asks}
	}
	list := []CORSCheck{at(RulePreflightRedirect, "the preflight is not redirected")}
	list = append(list, v.answerChecks(StagePreflight)...)
	list = append(list,
		at(RulePreflightStatus, "the preflight is answered 200 to 299"),
		at(RuleAllowMethodsSyntax, "Access-Control-Allow-Methods is a list of methods"),
		at(RuleAllowHeadersSyntax, "Access-Control-Allow-Headers is a list of names"))
	if !safelistedMethod(asked.RequestMethod) {
		list = append(list, at(RuleMethodNotAllowed, "Access-Control-Allow-Methods allows "+asked.RequestMethod))
	}
	if asked.RequestHeaders != "" {
		list = append(list, at(RuleHeaderNotAllowed, "Access-Control-Allow-Headers allows "+strings.ReplaceAll(asked.RequestHeaders, ",", ", ")))
	}
	return list
}

// answerChecks is the "CORS check" of one answer.
func (v CORSVerdict) answerChecks(stage CORSStage) []CORSCheck {
	origin := v.origin.String()
	allow := CORSCheck{Rule: RuleOriginMismatch, Stage: stage, Asks: "Access-Control-Allow-Origin is " + origin + " or *"}
	if v.creds != CredentialsInclude {
		return []CORSCheck{allow}
	}
	allow.Asks = "Access-Control-Allow-Origin is " + origin + ", as the request has credentials"
	return []CORSCheck{allow, {Rule: RuleCredentials, Stage: stage, Asks: "Access-Control-Allow-Credentials is true, as the request has credentials"}}
}

// settled gives each rule its state. A rule that failed and is not among them,
// such as a redirect that may not be followed, is put in where it was met.
func (v CORSVerdict) settled(list []CORSCheck) []CORSCheck {
	if v.Allowed || v.Rule == "" {
		return list
	}
	at := slices.IndexFunc(list, func(c CORSCheck) bool { return c.Stage == v.Stage && c.Rule == checkOf(v.Rule) })
	if at < 0 {
		at = slices.IndexFunc(list, func(c CORSCheck) bool { return stageOrder(c.Stage) > stageOrder(v.Stage) })
		if at < 0 {
			at = len(list)
		}
		list = slices.Insert(list, at, CORSCheck{Rule: v.Rule, Stage: v.Stage, Asks: v.why()})
	}
	list[at].Rule, list[at].State = v.Rule, CheckFailed
	for i := at + 1; i < len(list); i++ {
		list[i].State = CheckNotReached
	}
	return list
}

// checkOf is the rule of the list that a finer rule is a case of.
func checkOf(rule CORSRule) CORSRule {
	switch rule {
	case RuleOriginMissing, RuleOriginWildcard, RuleOriginMultiple, RuleOriginInvalid:
		return RuleOriginMismatch
	}
	return rule
}

func stageOrder(s CORSStage) int {
	return slices.Index([]CORSStage{StageRequest, StagePreflight, StageAnswer, StageRedirect}, s)
}

// originOnly is a URL up to its path.
func originOnly(address string) string {
	if o, err := OriginOf(address); err == nil {
		return o.String()
	}
	return "a URL that is not valid"
}
