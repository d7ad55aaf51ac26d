package harness

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/credential"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
)

// everyFormat is a report as text, with all and without, JSON, JUnit, Markdown
// and annotations.
func everyFormat(t testing.TB, r *results.Report) map[string]string {
	t.Helper()
	shown := map[string]string{}
	for name, write := range map[string]func(io.Writer) error{
		"text":        func(w io.Writer) error { return report.Run(w, r, report.RunOptions{}) },
		"text, all":   func(w io.Writer) error { return report.Run(w, r, report.RunOptions{All: true}) },
		"json":        func(w io.Writer) error { return report.RunJSON(w, r) },
		"junit":       func(w io.Writer) error { return report.JUnit(w, r) },
		"markdown":    func(w io.Writer) error { return report.Markdown(w, r) },
		"annotations": func(w io.Writer) error { return report.Annotations(w, r) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(name, err)
		}
		shown[name] = b.String()
	}
	return shown
}

// spellings are how a secret may turn up.
func spellings(secret string) []string {
	return []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret), hex.EncodeToString([]byte(secret)),
		base64.StdEncoding.EncodeToString([]byte(secret))[:16], base64.RawURLEncoding.EncodeToString([]byte(secret))[:16],
		strings.ToUpper(secret), secret[:12], secret[len(secret)-12:],
	}
}

// planted hands out secrets and knows where each was put.
type planted struct {
	sync.Mutex
	when string
	list map[string]string // secret: place
}

func (p *planted) at(place string) string {
	s := ""
	// Two digits at least: without any, one in 170 reads like words where no name
	// tells that it is a secret.
	for strings.IndexAny(s, "0123456789") == strings.LastIndexAny(s, "0123456789") {
		s = base64.RawURLEncoding.EncodeToString(random(15))
	}
	if p.list == nil {
		p.list = map[string]string{}
	}
	p.list[s] = p.when + " " + place
	return s
}

func (p *planted) jwt(place string) string {
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"ada","iat":1777880000}`))
	return "eyJhbGciOiJIUzI1NiJ9." + claims + "." + p.at(place)
}

// request puts secrets into the places of a request where clients have them.
func (p *planted) request(c *traffic.Capture) {
	user := base64.StdEncoding.EncodeToString([]byte("ada:" + p.at("basic password")))
	get := func(path string, fields ...string) {
		x := &traffic.Exchange{Index: len(c.Exchanges), Request: traffic.Request{Method: "GET", URL: recordedOrigin + path}}
		with(x, fields...)
		c.Exchanges = append(c.Exchanges, x)
	}
	post := func(path, mediaType, body string) {
		get(path, "Content-Type", mediaType)
		x := c.Exchanges[len(c.Exchanges)-1]
		x.Request.Method, x.Request.Body = "POST", traffic.NewBody(mediaType, []byte(body))
	}
	get("/bearer", "Authorization", "Bearer "+p.at("bearer"))
	get("/jwt", "Authorization", "Bearer "+p.jwt("jwt signature"))
	get("/basic", "Authorization", "Basic "+user)
	get("/digest", "Authorization", `Digest username="ada", realm="a", nonce="b", response="`+p.at("digest response")+`"`)
	get("/bare", "Authorization", p.at("bare authorization"))
	get("/key", "X-Api-Key", p.at("api key"), "X-Auth-Token", p.at("auth token"))
	get("/csrf", "X-CSRF-Token", p.at("csrf header"), "X-XSRF-TOKEN", p.at("xsrf header"))
	get("/cookies", "Cookie", "sid="+p.at("session cookie")+"; theme=light; remember_me="+p.at("remember cookie")+"; jwt="+p.jwt("cookie jwt"))
	get("/query?access_token=" + p.at("query token") + "&api_key=" + p.at("query key") + "&page=2")
	get("/presigned?X-Amz-Credential=AKIA&X-Amz-Signature=" + p.at("signature") + "&X-Amz-Security-Token=" + p.at("security token"))
	get("/callback?code=" + p.at("oauth code") + "&state=" + p.at("oauth state"))
	get("/user", "Referer", recordedOrigin+"/reset?token="+p.at("referer token"))
	get("/proxy", "Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("p:"+p.at("proxy password"))))
	post("/form", "application/x-www-form-urlencoded", "user=ada&password="+p.at("form password")+"&csrf_token="+p.at("form csrf"))
	post("/json", "application/json", `{"user":"ada","password":"`+p.at("json password")+`","nested":{"client_secret":"`+p.at("json client secret")+`"}}`)
	post("/token", "application/x-www-form-urlencoded", "grant_type=refresh_token&refresh_token="+p.at("refresh token")+"&client_secret="+p.at("form client secret"))
	get("/fails/bearer", "Authorization", "Bearer "+p.at("bearer of what is not answered"), "Cookie", "sid="+p.at("cookie of what is not answered"))
	get("/fails?access_token=" + p.at("query of what is not answered"))
}

// answer puts secrets into the places of an answer where servers have them.
func (p *planted) answer(path string) (status int, h http.Header, body string) {
	h = http.Header{"Content-Type": {"application/json"}}
	switch path {
	case "/bearer", "/jwt", "/basic", "/digest":
		h.Add("Set-Cookie", "sid="+p.at("set-cookie of "+path)+"; Path=/x; HttpOnly")
		h.Add("X-Auth-Token", p.at("answer token of "+path))
	case "/callback":
		h.Set("Location", "/done?code="+p.at("location code")+"&access_token="+p.at("location token")+"#id_token="+p.jwt("fragment jwt"))
		return 302, h, ""
	case "/cookies":
		h.Set("Content-Type", "text/html")
		return 200, h, `<input type=hidden name=csrf_token value="` + p.at("html csrf") + `"><meta name="csrf-token" content="` + p.at("meta csrf") + `">`
	case "/key":
		h.Set("WWW-Authenticate", `Digest realm="a", nonce="`+p.at("digest nonce")+`", opaque="`+p.at("digest opaque")+`"`)
		return 401, h, `{"error":"no","token":"` + p.at("error token") + `"}`
	case "/query":
		h.Set("Content-Type", "text/plain")
		return 200, h, "access_token=" + p.at("plain token") + "&token_type=bearer"
	case "/user":
		h.Set("Link", "<https://shop.alder.example/next?access_token="+p.at("link token")+`>; rel="next"`)
	}
	return 200, h, `{"access_token":"` + p.at("json token of "+path) + `","refresh_token":"` + p.at("json refresh of "+path) + `","id_token":"` + p.jwt("json id of "+path) +
		`","user":{"password":"` + p.at("json password of "+path) + `","api_key":"` + p.at("json key of "+path) + `"}}`
}

// TestNoSecretIsShown: none of the recording, of the live answers and of the
// credentials that are given, in no report, plan, error or progress.
func TestNoSecretIsShown(t *testing.T) {
	recorded, live, given := &planted{when: "recorded"}, &planted{when: "live"}, &planted{when: "given"}
	c := &traffic.Capture{File: "ok.har"}
	recorded.request(c)
	for _, x := range c.Exchanges {
		status, h, body := recorded.answer(x.Request.ParsedURL().Path)
		x.Response = &traffic.Response{Status: status, Header: fields(h), Body: traffic.NewBody(h.Get("Content-Type"), []byte(body))}
	}
	target := func() string {
		return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/fails") {
				panic(http.ErrAbortHandler)
			}
			live.Lock()
			defer live.Unlock()
			status, h, body := live.answer(r.URL.Path)
			for name, values := range h {
				w.Header()[name] = values
			}
			w.Header().Set("X-New", "1")
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}))
	}
	secret := given.at("credential")
	o := PlanOptions{Target: Target{Base: target()}, Unsafe: Unsafe{All: true}}
	shown := map[string]string{}
	check := func(what string, r *results.Report) {
		for format, text := range everyFormat(t, r) {
			shown[what+", "+format] = text
		}
	}
	for _, keeper := range []*credential.Keeper{nil, {Source: fixed(authorization("Bearer " + secret))}} {
		o.Keeper = keeper
		p := plan(t, c, o)
		what := fmt.Sprintf("run, credentials given: %v", keeper != nil)
		m := &mask.Masker{}
		authorization("Bearer " + secret).Learn(m)
		done := replayed(t, &Runner{Concurrency: 1, Refusals: -1, Learn: 1, Masker: m}, p)
		check(what, done.Report)
		var b bytes.Buffer
		view := View([]*Plan{p}, &mask.Masker{})
		_ = report.Plan(&b, view, report.RunOptions{All: true})
		_ = report.PlanJSON(&b, view)
		shown["plan"] = b.String() + fmt.Sprint(p.Sessions, p.Skipped, p.Warnings, p.Targets)
	}
	o.Keeper = nil
	before := plan(t, c, o)
	o.Target.Base = target()
	after := plan(t, c, o)
	runner := &Runner{Concurrency: 1, Refusals: 1}
	if done, err := runner.Compare(t.Context(), before, after); err == nil {
		check("compare", done.Report)
	}
	if ok, _, err := (&Runner{Refusals: -1}).RunPair(t.Context(), before, after); err == nil {
		check("pair", ok.Report)
	}
	o.Target.Base = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		live.Lock()
		defer live.Unlock()
		_, h, _ := live.answer("/key")
		w.Header()["Www-Authenticate"] = h["Www-Authenticate"]
		w.WriteHeader(401)
	}))
	stopped := replayed(t, &Runner{Concurrency: 1}, plan(t, c, o)).Report
	check("stopped", stopped)
	shown["stop"] = text(stopped.Stopped)
	places := 0
	for _, p := range []*planted{recorded, live, given} {
		places += len(p.list)
		for secret, place := range p.list {
			for _, spelling := range spellings(secret) {
				for where, text := range shown {
					if i := strings.Index(text, spelling); i >= 0 {
						t.Errorf("%s is in %s: …%s…", place, where, text[max(0, i-60):min(len(text), i+40)])
						break
					}
				}
			}
		}
	}
	t.Logf("%d secrets in %d texts", places, len(shown))
	if places < 60 || stopped.Stopped == nil || len(shown["compare, text, all"]) < 500 || json.Valid([]byte(shown["compare, json"])) == false {
		t.Error("the test looks at too little")
	}
}
