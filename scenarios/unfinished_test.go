package scenarios

import (
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios/devtools"
)

// TestUnfinishedIsNoFailure: whatever request the recording did not wait for,
// nothing is blamed for it.
func TestUnfinishedIsNoFailure(t *testing.T) {
	for _, f := range baseFlows() {
		whole := f.take(0).capture
		for i, x := range whole.Exchanges {
			if !Works(x) {
				continue
			}
			for _, browser := range []bool{false, true} {
				bad := *whole
				bad.Exchanges = append([]*traffic.Exchange(nil), whole.Exchanges[:i+1]...)
				last := cloneExchange(x)
				last.Index, last.Response = i, &traffic.Response{Error: traffic.Unfinished}
				if browser { // it has the headers of the page alone by then
					last.Request.Header, last.Request.Cookies = nil, nil
					last.Unknown = append(last.Unknown, devtools.Notes{Unfinished: true, Provisional: true}.Field())
				}
				bad.Exchanges[i] = last
				for what, d := range map[string]Diagnosis{
					"alone": DiagnoseOne(&bad), "with the working one": Diagnose(diff.Compare(whole, &bad, diff.Options{})),
				} {
					if d.Entry == i {
						t.Errorf("%s: entry %d (%s): blamed for %s", f.name, i, what, verdict(d))
					}
				}
			}
		}
	}
}

// TestProvisionalHeadersLackNothing: what a browser shows before it sends has no
// credentials yet.
func TestProvisionalHeadersLackNothing(t *testing.T) {
	request := traffic.Request{Method: "GET", URL: "https://api.test/v1/me", Header: traffic.Header{{Name: "Host", Value: "api.test"}, {Name: "Cookie", Value: "sid=4f2a9c7715de"}}}
	good := &traffic.Capture{Exchanges: []*traffic.Exchange{{Request: request, Response: &traffic.Response{Status: 200}}}}
	failed := &traffic.Exchange{Request: request, Response: &traffic.Response{Error: "net::ERR_CONNECTION_RESET"}}
	failed.Request.Header = request.Header[:1] // no other exchange has one, so that the note alone can say it
	for _, provisional := range []bool{false, true} {
		failed.Unknown = traffic.Fields{devtools.Notes{Provisional: provisional}.Field()}
		v := viewOfPair(diff.Compare(good, &traffic.Capture{Exchanges: []*traffic.Exchange{failed}}, diff.Options{}), 0)
		if got := len(detectMissingCredentials(v)) > 0; got == provisional {
			t.Errorf("provisional %v: blamed %v", provisional, got)
		}
	}
}
