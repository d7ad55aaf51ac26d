package browser

import "strings"

// Verdict is a decision of the browser with its reason. The zero value is a
// refusal that gives none.
type Verdict struct {
	Allowed bool

	// Rule is the first rule that failed, "" when none did.
	Rule Rule
	// Section is where that rule stands, as "RFC 6265bis §5.7 step 13".
	Section string
	// Compared are the values that the rule looked at, never those of a cookie.
	Compared []Compared
	// Reason is a sentence for the developer who asks why.
	Reason string
	// Also are the further rules that failed at the same stage, in order.
	Also []Rule
}

// Compared is one comparison that a rule made.
type Compared struct {
	What string // "request path"
	Got  string // "/me"
	Want string // "/auth or below", "" where the rule has no single wish
}

func (v Verdict) String() string {
	if v.Allowed {
		return "allowed"
	}
	return strings.TrimSpace(string(v.Rule) + " (" + v.Section + "): " + v.Reason)
}

// Rules are all rules that failed, the first one first.
func (v Verdict) Rules() []Rule {
	if v.Rule == "" {
		return nil
	}
	return append([]Rule{v.Rule}, v.Also...)
}

// Rule is the stable identifier of one rule.
type Rule string

// Section is where the rule stands.
func (r Rule) Section() string { return ruleInfos[r].section }

// Doc says in one line what the rule asks for.
func (r Rule) Doc() string { return ruleInfos[r].doc }

// DevTools is the name under which Chromium's DevTools show the rule
// (SetCookieBlockedReason, CookieBlockedReason), "" where they show none.
func (r Rule) DevTools() string { return ruleInfos[r].devTools }

type ruleInfo struct {
	section, devTools, doc string
}

func allowed() Verdict { return Verdict{Allowed: true} }

// verdictOf is the refusal by the first of the failures.
func verdictOf(failures []failure) Verdict {
	if len(failures) == 0 {
		return allowed()
	}
	first := failures[0]
	v := Verdict{Rule: first.rule, Section: first.rule.Section(), Compared: first.compared, Reason: first.reason}
	for _, f := range failures[1:] {
		v.Also = append(v.Also, f.rule)
	}
	return v
}

type failure struct {
	rule     Rule
	compared []Compared
	reason   string
}
