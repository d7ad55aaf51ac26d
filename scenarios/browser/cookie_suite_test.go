package browser

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// suiteCase is one line of testdata/cookies/chromium.jsonl.
type suiteCase struct {
	ID         string      `json:"id"`
	Group      string      `json:"group"`
	Before     []suiteStep `json:"before"`
	Set        suiteStep   `json:"set"`
	Send       suiteStep   `json:"send"`
	AfterMS    int64       `json:"after_ms"`
	ThirdParty string      `json:"third_party_cookies"`
	Verdict    struct {
		Stored       bool          `json:"stored"`
		StoredAs     []suiteCookie `json:"stored_as"`
		Lossy        bool          `json:"stored_as_lossy"`
		SetReasons   []string      `json:"blocked_reasons_set"`
		SetAt        float64       `json:"set_at"`
		Removed      []suiteCookie `json:"removed"`
		Jar          []suiteCookie `json:"jar"`
		Sent         bool          `json:"sent"`
		CookieHeader *string       `json:"cookie_header"`
		SendReasons  []string      `json:"blocked_reasons_send"`
	} `json:"verdict"`
}

type suiteStep struct {
	URL         string   `json:"url"`
	How         string   `json:"how"`
	Initiator   *string  `json:"initiator"`
	Method      string   `json:"method"`
	Credentials string   `json:"credentials"`
	Via         string   `json:"via"`
	Frame       string   `json:"frame"`
	SetCookie   []string `json:"set_cookie"`
}

type suiteCookie struct {
	Name         string `json:"name"`
	Value        string `json:"value"`
	Domain       string `json:"domain"`
	HostOnly     bool   `json:"host_only"`
	Path         string `json:"path"`
	Secure       bool   `json:"secure"`
	HTTPOnly     bool   `json:"http_only"`
	SameSite     string `json:"same_site"`
	Session      bool   `json:"session"`
	Expires      int64  `json:"expires"`
	PartitionKey *struct {
		TopLevelSite         string `json:"topLevelSite"`
		HasCrossSiteAncestor bool   `json:"hasCrossSiteAncestor"`
	} `json:"partition_key"`
}

// bytesOf undoes the encoding of the data: one code point is one byte.
func bytesOf(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}

// context maps the ways of the recording to what the model knows.
func (s suiteStep) context(at time.Time, thirdParty string) (CookieContext, error) {
	ctx := CookieContext{URL: bytesOf(s.URL), Time: at, Method: s.Method, ThirdPartyBlocked: thirdParty == "blocked"}
	if s.Initiator != nil {
		ctx.Initiator = *s.Initiator
	}
	if s.Via != "" {
		ctx.Redirects = []string{s.Via}
	}
	switch s.Credentials {
	case "same-origin":
		ctx.Credentials = SameOrigin
	case "omit":
		ctx.Credentials = Omit
	}
	switch s.How {
	case "navigate", "link", "window-open", "form-get", "form-post", "redirect":
		ctx.Kind = Navigation
	case "fetch", "img", "fetch-redirect":
		ctx.Kind = Subresource
	case "iframe", "iframe-post", "sandboxed-iframe":
		ctx.Kind = FrameNavigation
	case "nested-iframe":
		ctx.Kind = FrameNavigation
		ctx.Frames = []string{ctx.Initiator, s.Frame}
		ctx.Initiator = s.Frame
	case "iframe-fetch":
		ctx.Kind = Subresource
		ctx.Frames = []string{ctx.Initiator, s.Frame}
		ctx.Initiator = s.Frame
	case "script":
		ctx.Kind = Script
	default:
		return ctx, fmt.Errorf("unknown way %q", s.How)
	}
	return ctx, nil
}

// asSuite is a stored cookie as DevTools show it.
func asSuite(c Cookie) suiteCookie {
	s := suiteCookie{Name: c.Name, Value: c.Value, Domain: c.Domain, HostOnly: c.HostOnly, Path: c.Path, Secure: c.Secure,
		HTTPOnly: c.HTTPOnly, SameSite: c.SameSite.String(), Session: c.Expires.IsZero()}
	if !c.HostOnly {
		s.Domain = "." + c.Domain
	}
	if !s.Session {
		s.Expires = c.Expires.Unix()
	}
	if k := c.Partition; k != (PartitionKey{}) {
		s.PartitionKey = &struct {
			TopLevelSite         string `json:"topLevelSite"`
			HasCrossSiteAncestor bool   `json:"hasCrossSiteAncestor"`
		}{k.TopLevelSite.String(), k.CrossSiteAncestor}
	}
	return s
}

func readSuite(t testing.TB, file string) []suiteCase {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var cases []suiteCase
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		var c suiteCase
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	if err := sc.Err(); err != nil || len(cases) == 0 {
		t.Fatalf("%s: %d cases, error %v", file, len(cases), err)
	}
	return cases
}

func TestCookiesAsChromiumRecorded(t *testing.T) {
	for _, c := range readSuite(t, "testdata/cookies/chromium.jsonl") {
		t.Run(c.Group+"/"+c.ID, func(t *testing.T) { c.check(t) })
	}
}

func (c *suiteCase) check(t *testing.T) {
	at := time.UnixMicro(int64(math.Round(c.Verdict.SetAt * 1e6)))
	jar := &Jar{}
	for _, step := range c.Before {
		c.set(t, jar, step, at.Add(-time.Second))
	}
	before := jar.All()
	reasons := c.set(t, jar, c.Set, at)
	after := jar.All()
	c.checkStored(t, before, after)
	// DevTools name no reason for fetches without credentials and for scripts.
	if c.Set.How != "script" {
		if diff := cmp.Diff(sorted(c.Verdict.SetReasons), sorted(reasons)); diff != "" {
			t.Errorf("reasons not to store (-browser +model):\n%s", diff)
		}
	}
	c.checkSent(t, jar, at)
}

func (c *suiteCase) set(t *testing.T, jar *Jar, step suiteStep, at time.Time) (reasons []string) {
	ctx, err := step.context(at, c.ThirdParty)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range step.SetCookie {
		_, v := jar.Set(bytesOf(line), ctx)
		if !v.Allowed && (v.Section == "" || v.Reason == "" || v.Rule == "") {
			t.Errorf("verdict without rule, section or reason: %+v", v)
		}
		reasons = append(reasons, devToolsNames(v)...)
	}
	return reasons
}

func devToolsNames(v Verdict) (names []string) {
	for _, r := range v.Rules() {
		if name := r.DevTools(); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func (c *suiteCase) checkStored(t *testing.T, before, after []Cookie) {
	var stored []suiteCookie
	for _, k := range after {
		if !slices.Contains(before, k) {
			s := asSuite(k)
			if c.Verdict.Lossy {
				s.Name, s.Value, s.Path = dropBytes(s.Name), dropBytes(s.Value), dropBytes(s.Path)
			}
			stored = append(stored, s)
		}
	}
	if got := len(stored) > 0; got != c.Verdict.Stored {
		t.Errorf("stored: browser %v, model %v", c.Verdict.Stored, got)
	}
	if diff := cmp.Diff(byIdentity(c.Verdict.StoredAs), byIdentity(stored), nearly); diff != "" {
		t.Errorf("stored as (-browser +model):\n%s", diff)
	}
	if c.Before != nil {
		var jar []suiteCookie
		for _, k := range after {
			jar = append(jar, asSuite(k))
		}
		if diff := cmp.Diff(byIdentity(c.Verdict.Jar), byIdentity(jar), nearly); diff != "" {
			t.Errorf("jar (-browser +model):\n%s", diff)
		}
	}
}

// nearly bears the time between the clock of the recording and the arrival of
// the answer.
var nearly = cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Expires" },
	cmp.Comparer(func(a, b int64) bool { return a-b <= 2 && b-a <= 2 }))

// dropBytes does to a name what DevTools do to bytes that are not UTF-8.
func dropBytes(s string) string { return strings.ToValidUTF8(s, "") }

func byIdentity(cookies []suiteCookie) []suiteCookie {
	cookies = append([]suiteCookie{}, cookies...)
	slices.SortFunc(cookies, func(a, b suiteCookie) int {
		return strings.Compare(a.identity(), b.identity())
	})
	return cookies
}

func (c suiteCookie) identity() string {
	key := c.Name + "\x00" + c.Domain + c.Path
	if k := c.PartitionKey; k != nil {
		key += fmt.Sprintf(" %s %v", k.TopLevelSite, k.HasCrossSiteAncestor)
	}
	return key
}

func sorted(s []string) []string {
	s = append([]string{}, s...)
	slices.Sort(s)
	return slices.Compact(s)
}

func (c *suiteCase) checkSent(t *testing.T, jar *Jar, at time.Time) {
	ctx, err := c.Send.context(at.Add(time.Duration(c.AfterMS)*time.Millisecond), c.ThirdParty)
	if err != nil {
		t.Fatal(err)
	}
	decisions := jar.Judge(ctx)
	want := ""
	if c.Verdict.CookieHeader != nil {
		want = bytesOf(*c.Verdict.CookieHeader)
	}
	if c.Send.How == "script" && c.Verdict.CookieHeader != nil {
		want = *c.Verdict.CookieHeader // a string of JavaScript, not bytes
	}
	if got := jar.Header(ctx); got != want {
		t.Errorf("header: browser %q, model %q", want, got)
	}
	var reasons []string
	for _, d := range decisions {
		reasons = append(reasons, devToolsNames(d.Verdict)...)
	}
	// Empty also when the browser considered nothing: another partition, no credentials.
	unseen := func(v Verdict) bool {
		return v.Rule == RuleCookieSendCredentials || v.Rule == RuleCookiePartition || v.Rule == RuleCookieExpired
	}
	if len(c.Verdict.SendReasons) == 0 && slices.ContainsFunc(decisions, func(d Decision) bool { return unseen(d.Verdict) }) {
		return
	}
	if c.Send.How != "script" {
		if diff := cmp.Diff(sorted(c.Verdict.SendReasons), sorted(reasons)); diff != "" {
			t.Errorf("reasons not to send (-browser +model):\n%s", diff)
		}
	}
}
