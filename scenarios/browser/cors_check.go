package browser

import "strings"

// A corsFailure is what one check found.
type corsFailure struct {
	rule     CORSRule
	got      string // the value that was there
	want     string // the value that it was compared with
	hasValue bool   // there was a value
}

func (f corsFailure) failed() bool { return f.rule != "" }

// corsCheck is the standard's "CORS check". Chromium's finer names for a
// failed comparison come from what the value looks like.
func corsCheck(header Fields, origin Origin, credentials FetchCredentials) corsFailure {
	allow, present := header.get("Access-Control-Allow-Origin")
	switch {
	case !present:
		return corsFailure{rule: RuleOriginMissing, want: origin.String()}
	case allow == "*" && credentials != CredentialsInclude:
		return corsFailure{}
	case allow == "*":
		return corsFailure{rule: RuleOriginWildcard, got: allow, want: origin.String(), hasValue: true}
	case !origin.serializesAs(allow):
		return corsFailure{rule: mismatchRule(allow), got: allow, want: origin.String(), hasValue: true}
	case credentials != CredentialsInclude:
		return corsFailure{}
	}
	// Byte for byte: "True" and "1" are not it.
	if value, present := header.get("Access-Control-Allow-Credentials"); value != "true" {
		return corsFailure{rule: RuleCredentials, got: value, want: "true", hasValue: present}
	}
	return corsFailure{}
}

func mismatchRule(allow string) CORSRule {
	if strings.ContainsAny(allow, " ,") {
		return RuleOriginMultiple
	}
	if allow == "null" {
		return RuleOriginMismatch
	}
	if _, err := parseURL(allow, nil); err != nil {
		return RuleOriginInvalid
	}
	return RuleOriginMismatch
}
