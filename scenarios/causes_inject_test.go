package scenarios

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// workingFlows are flows that end well, by name, and which exchange is to fail.
func workingFlows() map[string][]*traffic.Exchange {
	fine := func(lines ...string) *traffic.Response {
		return answered(200, `{"items":[]}`, append([]string{"Content-Type: application/json"}, lines...)...)
	}
	posted := func(url, kind, body string, r *traffic.Response) *traffic.Exchange {
		x := asked("POST "+url, []string{"Content-Type: " + kind}, r)
		x.Request.Body = traffic.NewBody(kind, []byte(body))
		return x
	}
	const form = "application/x-www-form-urlencoded"
	devtools := []*traffic.Exchange{}
	for _, x := range exported("141", 6, 0, "Cookie: sid=9f8e7d6c5b4a3f2e", "Origin: https://ferry.example").Exchanges {
		x.Response = fine()
		devtools = append(devtools, x)
	}
	return map[string][]*traffic.Exchange{
		"token":   one(asked("GET https://api.mill.example/v4/grain?season=autumn", []string{"Authorization: Bearer " + jwtA}, fine())),
		"opaque":  one(asked("GET https://api.mill.example/v4/grain", []string{"authorization: Bearer 8f2Kq0LmZx71Vb4nQw9E"}, fine())),
		"key":     one(asked("GET https://api.mill.example/v4/grain?season=autumn", []string{"X-Mill-Key: mk_live_7d0a4c21be93f658"}, fine())),
		"query":   one(asked("GET https://api.mill.example/v4/grain?apikey=7d0a4c21be93f658&season=autumn", nil, fine())),
		"basic":   one(asked("GET https://files.mill.example/report.csv", []string{"Authorization: Basic YW5uYTpzZWNyZXQ="}, fine())),
		"login":   one(posted("https://mill.example/login", form, "email=a%40b.example&password=hunter2", fine("Set-Cookie: sid=1f2e3d4c5b6a7988; Path=/"))),
		"json":    one(posted("https://mill.example/api/login", "application/json", `{"username":"a","password":"hunter2"}`, fine())),
		"code":    login(exchange+verifier, fine()),
		"secret":  one(posted("https://id.mill.example/token", form, "grant_type=client_credentials&client_id=job&client_secret=s3cr3ts3cr3t", fine())),
		"refresh": one(posted("https://id.mill.example/token", form, "grant_type=refresh_token&client_id=web&refresh_token=1a2b3c4d5e6f", fine())),
		"begin":   one(asked(begin, nil, answered(302, "", "Location: https://quay.example/cb?code=1"))),
		"callback": {
			asked("GET https://quay.example/go", nil, answered(302, "", "Location: "+strings.TrimPrefix(begin, "GET "))),
			asked(begin, nil, answered(302, "", "Location: https://quay.example/cb?code=Zq81&state=s1x2")),
			asked("GET https://quay.example/cb?code=Zq81&state=s1x2", []string{"Cookie: flow=1a2b3c4d5e6f7a8b"}, answered(302, "", "Location: /home")),
		},
		"ntlm":     one(asked("GET https://intra.mill.example/", []string{"Authorization: NTLM TlRMTVNTUAADAAAAAAAAAA=="}, fine())),
		"devtools": devtools,
	}
}

func TestInjectedCausesAreFound(t *testing.T) {
	mine := slices.Concat(credentialCauses(), oauthCauses(), targetCauses(), captureCauses())
	for _, cause := range mine {
		fitting := 0
		for name, flow := range workingFlows() {
			for _, speech := range Speeches() {
				for seed := range uint64(4) {
					if cause.Inject == nil || !injectAndFind(t, cause, name, flow, speech, seed) {
						continue
					}
					fitting++
				}
			}
		}
		if cause.Inject != nil && fitting == 0 {
			t.Errorf("%s fits no flow", cause.ID)
		}
	}
}

// injectAndFind tells whether the cause fits the flow.
func injectAndFind(t *testing.T, cause *Cause, name string, flow []*traffic.Exchange, speech Speech, seed uint64) bool {
	t.Helper()
	ok := captured(monday, flow...)
	if name == "devtools" {
		ok.Format, ok.Creator.Name = traffic.HAR, "WebInspector"
	}
	in := NewInjection(ok, len(flow)-1, speech, rand.New(rand.NewPCG(seed, 7)))
	if err := cause.Inject(in); err != nil {
		if !errors.Is(err, ErrCannotInject) || !strings.Contains(err.Error(), ": ") {
			t.Errorf("%s on %s: %v", cause.ID, name, err)
		}
		return false
	}
	d := Diagnose(diff.Compare(ok, in.Flow, diff.Options{}))
	if cause.Kind == Symptom && len(d.Symptoms) > 0 && d.Symptoms[0].Cause.ID == cause.ID {
		return true
	}
	if len(d.Findings) == 0 || d.Findings[0].Cause.ID != cause.ID {
		t.Errorf("%s on %s, %s: %s", cause.ID, name, speech, told(d))
	}
	return true
}

func TestEqualFlowsHaveNoFinding(t *testing.T) {
	for name, flow := range workingFlows() {
		ok := captured(monday, flow...)
		if d := Diagnose(diff.Compare(ok, ok, diff.Options{})); len(d.Findings) > 0 {
			t.Errorf("%s against itself: %s", name, told(d))
		}
	}
}

func TestProseIsWhole(t *testing.T) {
	for _, c := range slices.Concat(credentialCauses(), oauthCauses(), targetCauses(), captureCauses()) {
		if c.ID == "" || c.Means == "" || c.Looks == "" || c.Detect == nil || len(c.Unlike) < 2 || len(c.Advice) == 0 || len(c.Refs) == 0 || c.Kind == "" || c.Group == "" {
			t.Errorf("%s lacks a part", c.ID)
		}
		for _, a := range c.Advice {
			if a.Text == "" && a.Snippet == "" || strings.Count(a.Snippet, "\n") > 2 {
				t.Errorf("%s: advice is a sentence and at most three lines: %q", c.ID, a.Snippet)
			}
		}
	}
}
