package scenarios

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/expect"
)

func sanitizedCapture() *Cause {
	return &Cause{
		ID:    "sanitized-capture",
		Kind:  Verdict,
		Group: Captures,
		Means: "The capture was exported without credentials, so nothing can be said about them: that they are missing in the file does not mean that they were not sent.",
		Looks: "A HAR of Chrome or Edge from version 130 on in which no exchange has Authorization, Cookie or Set-Cookie, or whose header sections are longer than what is listed; or values that were painted over.",
		Unlike: []Unlike{
			{"missing-credentials", "there other requests of the capture do show credentials"},
			{"session-cookie-missing", "there other cookies, or those of other requests, are in the capture"},
			{"login-gives-no-session", "there other answers set cookies"},
		},
		Advice: []Advice{
			{Client, "Chrome, Edge: DevTools, Settings, Preferences, Network, Allow to generate HAR with sensitive data; then hold the export button and choose \"with sensitive data\".", ""},
			{Client, "Mask the file afterwards in a way that keeps equal values equal.", "replay redact full.har"},
		},
		Refs:     []string{"Chrome 130, DevTools: HAR export without sensitive data by default", "HAR 1.2, headersSize"},
		Detect:   detectSanitizedCapture,
		Inject:   injectSanitizedCapture,
		Enforced: ByCapture,
		Expect:   refuses(expect.Fault, 401, 403),
	}
}

func detectSanitizedCapture(v *View) []Evidence {
	if !refused(v.Failed) {
		return nil
	}
	badSide, why := Sanitized(v.Comparison.Bad)
	side, entry := Bad, v.Failed.Index
	if !badSide {
		goodSide, whyGood := Sanitized(v.Comparison.OK)
		if !goodSide || v.Good == nil {
			return nil
		}
		side, entry, why = OK, v.Good.Index, whyGood
	}
	list := []Evidence{{Strength: Decisive, Source: FromFlow, Side: side, Entry: entry, Note: why}}
	for _, c := range v.Matter() {
		if isRemovable(c) {
			list = append(list, v.observed(Strong, FromRequest, c.Edit, "in one capture only, as the export of the other left it out"))
		}
	}
	if s := v.status(); s == 404 || s == 400 || s == 422 {
		list = append(list, v.against(Against, FromStatus, "the answer does not speak of who asks"))
	}
	return list
}

func isRemovable(c diff.Change) bool {
	return c.Part == diff.Cookie || c.Part == diff.Header && (c.Name == "authorization" || c.Name == "cookie")
}

// injectSanitizedCapture does what the export does to a whole capture.
func injectSanitizedCapture(in *Injection) error {
	if !exportedByDevTools(in.Flow) || !carriesRemovable(in.Flow) || len(in.Flow.Exchanges) < minForAbsence || chromiumOf(in.Flow) < firstSanitizing {
		return cannot("the flow is no export of a browser that leaves credentials out")
	}
	for _, x := range in.Flow.Exchanges {
		strip(x)
	}
	in.Refuse(Refusal{Status: 401, Description: "Unauthorized"})
	return nil
}

func strip(x *traffic.Exchange) {
	removed := func(f traffic.HeaderField) bool {
		switch strings.ToLower(f.Name) {
		case "authorization", "cookie", "set-cookie":
			return true
		}
		return false
	}
	x.Request.Header = slices.DeleteFunc(slices.Clone(x.Request.Header), removed)
	x.Request.Cookies = nil
	if x.Response != nil {
		x.Response.Header = slices.DeleteFunc(slices.Clone(x.Response.Header), removed)
		x.Response.Cookies = nil
	}
}
