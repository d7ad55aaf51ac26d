package report

import (
	"strconv"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/browser"
)

// cors is what a browser decides about each side of a cross-origin exchange,
// rule by rule.
func (e *exchangePage) cors() []html.Block {
	names := e.columns()
	blocks := e.corsOf(names[len(names)-1], e.c.Bad, e.bad, e.ok)
	if !e.lone() {
		blocks = append(blocks, e.corsOf(names[0], e.c.OK, e.ok, e.bad)...)
	}
	return blocks
}

func (e *exchangePage) corsOf(name string, c *traffic.Capture, x, counterpart *traffic.Exchange) []html.Block {
	if x == nil {
		return nil
	}
	fate, checks, ok := scenarios.CORSOf(c, x, counterpart)
	if !ok {
		return nil
	}
	b := html.Block{Title: "CORS in " + name, Note: corsNote(fate)}
	var preflight *traffic.Exchange
	if fate.Preflight >= 0 && fate.Preflight < len(c.Exchanges) {
		preflight = c.Exchanges[fate.Preflight]
	}
	assumed := false
	for _, k := range checks {
		if k.State == browser.CheckUnknown {
			if !assumed {
				b.Checks = append(b.Checks, html.Check{Name: "preflight: not recorded; the request went out, so it was allowed", State: html.Unknown})
			}
			assumed = true
			continue
		}
		b.Checks = append(b.Checks, e.corsCheck(k, x, preflight))
	}
	if b.Checks == nil {
		b.Checks = []html.Check{{Name: "the CORS check", State: html.Unknown, Text: "the capture does not hold what it looks at"}}
	}
	return []html.Block{b}
}

func corsNote(fate scenarios.CORSFate) string {
	switch {
	case fate.Allowed && fate.Certain:
		return "the script may read the answer"
	case fate.Allowed:
		return "nothing keeps the answer from the script, as far as the capture shows"
	case fate.Reason != "":
		return mask.Visible(fate.Reason)
	}
	return "the browser keeps the answer from the script"
}

// corsCheck is a rule with the field that it looks at.
func (e *exchangePage) corsCheck(k browser.CORSCheck, x, preflight *traffic.Exchange) html.Check {
	check := html.Check{Name: mask.Visible(k.Asks), Ref: k.Rule.Section()}
	answer := x
	if k.Stage == browser.StagePreflight {
		check.Name, answer = "preflight: "+check.Name, preflight
	}
	switch k.State {
	case browser.CheckPassed:
		check.State = html.Passed
	case browser.CheckFailed:
		check.State = html.Failed
	default:
		check.State = html.NotReached
	}
	if answer != nil && answer.Response != nil && k.Stage != browser.StageRequest {
		check.Text = e.corsSaw(k, answer.Response)
	}
	return check
}

// corsSaw is what a rule looked at.
func (e *exchangePage) corsSaw(k browser.CORSCheck, r *traffic.Response) html.Text {
	switch k.Rule {
	case browser.RulePreflightStatus, browser.RulePreflightRedirect:
		return html.Text("answered " + strconv.Itoa(max(0, r.Status)))
	case browser.RuleMethodNotAllowed, browser.RuleAllowMethodsSyntax:
		return e.fieldSeen(r, "Access-Control-Allow-Methods")
	case browser.RuleHeaderNotAllowed, browser.RuleAllowHeadersSyntax:
		return e.fieldSeen(r, "Access-Control-Allow-Headers")
	case browser.RuleCredentials:
		return e.fieldSeen(r, "Access-Control-Allow-Credentials")
	case browser.RuleOriginMismatch, browser.RuleOriginMissing, browser.RuleOriginInvalid, browser.RuleOriginMultiple, browser.RuleOriginWildcard:
		return e.fieldSeen(r, "Access-Control-Allow-Origin")
	}
	return ""
}

func (e *exchangePage) fieldSeen(r *traffic.Response, name string) html.Text {
	if !r.Header.Has(name) {
		return html.Text("no " + name)
	}
	return pageText(name + ": " + e.mask.Header(name, strings.Join(r.Header.Values(name), ", ")))
}
