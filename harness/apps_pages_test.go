package harness

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/replaydiff/replay/harness/results"
)

const ledger = "https://ledger.example"

// tenants has a tenant in a header, a password, and a key in the query.
func tenants() cloth {
	app := func(d *deployment) sites {
		jobs := map[string]int{}
		return sites{ledger: func(w http.ResponseWriter, r *http.Request) {
			_, _, basic := r.BasicAuth()
			w.Header().Set("X-Tenant", r.Header.Get("X-Tenant"))
			w.Header().Set("X-Correlation-Id", uuid())
			w.Header().Set("RateLimit", fmt.Sprintf(`"default";r=%d;t=%d`, 10+random(1)[0]%50, random(1)[0]%60))
			switch {
			case r.Header.Get("X-Tenant") != "acme" || d.broken == "the tenant is unknown":
				w.WriteHeader(404)
				reply(w, map[string]any{"error": "no such tenant"})
			case !basic && r.URL.Query().Get("api_key") != "3f9a2b1c8d7e6f50" || d.broken == "keys are refused" && !basic:
				w.Header().Set("WWW-Authenticate", `Basic realm="ledger"`)
				w.WriteHeader(401)
				reply(w, map[string]any{"error": "unauthorized"})
			case r.Method == "POST":
				id := secret()[:12]
				jobs[id] = 0
				w.Header().Set("Location", d.url(ledger)+"/jobs/"+id)
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(202)
				reply(w, map[string]any{"job": id, "queue_position": 1})
			case strings.HasPrefix(r.URL.Path, "/jobs/"):
				id := strings.TrimPrefix(r.URL.Path, "/jobs/")
				if _, ok := jobs[id]; !ok {
					w.WriteHeader(404)
					return
				}
				jobs[id]++
				if jobs[id] == 1 {
					reply(w, map[string]any{"state": "running", "percent": 50})
					return
				}
				reply(w, map[string]any{"state": "done", "percent": 100, "took_ms": random(1)[0], "result": "/reports/" + id + ".csv"})
			case strings.HasPrefix(r.URL.Path, "/reports/"):
				w.Header().Set("Content-Type", "text/csv")
				w.Header().Set("Content-Disposition", `attachment; filename="report.csv"`)
				fmt.Fprintf(w, "id,amount,made\r\n1,41.50,%s\r\n2,12.00,%s\r\n", d.now().Format("2006-01-02 15:04:05"), d.now().Format("2006-01-02 15:04:05"))
			}
		}}
	}
	return cloth{"tenants", mitmproxy, app, func(g *guest) {
		g.common = []string{"X-Tenant", "acme"}
		auth := []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("ada:s3cr3t"))}
		made := g.json("POST", ledger+"/reports", `{"month":5}`, auth...)
		at := made.header.Get("Location")
		g.get(at, auth...)
		p := g.get(at, auth...)
		g.get(ledger + p.member("result") + "?api_key=3f9a2b1c8d7e6f50")
	}, []breakage{
		{reason: "the tenant is unknown", field: "response.status"},
		{reason: "keys are refused", field: "response.status"},
		{"another tenant answers", "GET /jobs/*", header("X-Tenant", "globex"), "response.header.x-tenant"},
		{"the job is not named", "POST /reports", losing("Location"), "response.header.location"},
		{"work is done at once", "POST /reports", status(200), "response.status"},
		{"a longer queue", "POST /reports", inBody(`"queue_position":1`, `"queue_position":9`), "response.body/queue_position"},
		{"the job fails", "GET /jobs/*", inBody("done", "failed"), "response.body/state"},
		{"there is no result", "GET /jobs/*", inBody(`"result"`, `"error"`), "response.body/result"},
		{"another amount", "GET /reports/*", inBody("41.50", "14.50"), "response.body.{}"},
		{"a line is lost", "GET /reports/*", inBody("2,12.00", ""), "response.body.{}"},
		{"another type", "GET /reports/*", header("Content-Type", "text/html"), "response.header.content-type"},
		{"shown where it was saved", "GET /reports/*", losing("Content-Disposition"), "response.header.content-disposition"},
		{"nothing is left of the rate", "GET /jobs/*", header("RateLimit", `"default";r=0;t=30`), "response.header.ratelimit"},
	}}
}

const paper = "https://paper.example"

// pages are full of clocks, hashes and nonces.
func pages() cloth {
	app := func(d *deployment) sites {
		build := secret()
		return sites{paper: func(w http.ResponseWriter, r *http.Request) {
			nonce, css := base64Of(18), "5e81c0d7"
			switch r.URL.Path {
			case "/":
				w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'nonce-"+nonce+"' 'strict-dynamic'")
				w.Header().Set("Link", "</static/css/main."+css+".css>; rel=preload; as=style")
				w.Header().Set("Vary", "Accept-Language")
				w.Header().Set("Content-Language", "nl")
				html(w, strings.Join([]string{
					`<html lang="nl"><head><link rel="stylesheet" href="/static/css/main.%[1]s.css">`,
					`<script nonce="%[2]s" src="/static/js/app.%[3]s.js" integrity="sha384-%[4]s"></script>`,
					`<script nonce="%[2]s">window.__BUILD__ = {"id":"%[5]s","at":%[6]d};</script>`,
					`<body data-request-id="%[7]s">`,
					`<p>%[8]s</p>`,
					`<p>Bijgewerkt om %[9]s uur</p>`,
					`<time datetime="%[10]s">%[11]d minutes ago</time>`,
					`<p>You have 4 items in your basket</p>`,
					`<a href="/account" class="role-reader">Ada</a>`,
					`<footer>© %[12]d Paper, rendered in %[13]d ms</footer></body></html>`,
				}, "\n"), css, nonce, build[8:16], base64Of(48), build, d.now().UnixMilli(), uuid(), d.now().Format("Monday 2 January 2006"), d.now().Format("15:04"),
					d.now().UTC().Format("2006-01-02T15:04:05Z"), 2+random(1)[0]%9, d.now().Year(), 1+random(1)[0]%9)
			case "/static/css/main." + css + ".css":
				w.Header().Set("Content-Type", "text/css")
				w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
				fmt.Fprint(w, "body { color: black }")
			case "/feed":
				w.Header().Set("Content-Type", "application/rss+xml")
				at := d.now().UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT")
				fmt.Fprintf(w, "<rss><channel><title>Paper</title>\n<lastBuildDate>%s</lastBuildDate>\n<item><title>Lamp</title><guid>%s</guid></item>\n</channel></rss>", at, paper+"/lamp")
			case "/events":
				w.Header().Set("Content-Type", "text/event-stream")
				fmt.Fprintf(w, "id: %d\nevent: hello\ndata: {\"at\":\"%s\",\"session\":\"%s\"}\n\n", d.now().UnixMilli(), d.now().UTC().Format("2006-01-02T15:04:05.000Z"), uuid())
			default:
				refuse(w, 404, "Not Found")
			}
		}}
	}
	return cloth{"pages", chrome, app, func(g *guest) {
		p := g.get(paper + "/")
		g.get(paper + between(p.body, `href="`, `"`))
		g.get(paper + "/feed")
		g.get(paper + "/events")
	}, []breakage{
		{"another number of items", "GET /", inBody("4 items", "0 items"), "response.body.{}"},
		{"another class of reader", "GET /", inBody("role-reader", "role-editor"), "response.body.{}"},
		{"another language", "GET /", header("Content-Language", "en"), "response.header.content-language"},
		{"caches mix languages", "GET /", losing("Vary"), "response.header.vary"},
		{"a script without its nonce", "GET /", inBody(`<script nonce=`, `<script data-nonce=`), "response.body.{}"},
		{"the policy is weaker", "GET /", inHeader("Content-Security-Policy", "'strict-dynamic'", "'unsafe-eval'"), "response.header.content-security-policy"},
		{"a script is not checked", "GET /", inBody("integrity", "data-integrity"), "response.body.{}"},
		{"another script", "GET /", inBody("js/app.", "js/other."), "response.body.{}"},
		{"files are not kept", "GET /static/css/main*", losing("Cache-Control"), "response.header.cache-control"},
		{"a file is missing", "GET /static/css/main*", status(404), "response.status"},
		{"another file", "GET /static/css/main*", inBody("black", "red"), "response.body.{}"},
		{"another title", "GET /feed", inBody("Lamp", "Desk"), "response.body.{}"},
		{"another event", "GET /events", inBody("hello", "bye"), "response.body.{}"},
		{"events of another type", "GET /events", header("Content-Type", "text/plain"), "response.header.content-type"},
	}}
}

// TestSignedRequestsAreTold: what a client signed can't be changed by anybody
// else, so the id of today is not put into it, and that is said.
func TestSignedRequestsAreTold(t *testing.T) {
	const vault = "https://vault.example"
	key := []byte("a key that only the client has")
	sign := func(method, path, body string) string {
		m := hmac.New(sha256.New, key)
		fmt.Fprintf(m, "%s %s\n%s", method, path, body)
		return hex.EncodeToString(m.Sum(nil))
	}
	c := cloth{dress: mitmproxy, app: func(d *deployment) sites {
		made := map[string]bool{}
		return sites{vault: func(w http.ResponseWriter, r *http.Request) {
			id := strings.TrimPrefix(r.URL.Path, "/secrets/")
			switch {
			case r.Method == "POST":
				id = uuid()
				made[id] = true
				w.WriteHeader(201)
				reply(w, map[string]any{"id": id})
			case r.Header.Get("X-Signature") != sign(r.Method, r.URL.Path, ""):
				w.WriteHeader(401)
			case !made[id]:
				w.WriteHeader(404)
			default:
				reply(w, map[string]any{"id": id, "state": "sealed"})
			}
		}}
	}, visit: func(g *guest) {
		id := g.json("POST", vault+"/secrets", "{}").member("id")
		g.get(vault+"/secrets/"+id, "X-Signature", sign("GET", "/secrets/"+id, ""))
	}}
	report := c.replay(t, c.record(t), nil)
	told := strings.Contains(strings.Join(report.Warnings, "\n"), "signature")
	if report.ExitCode() != results.ExitDifferent || !told || firstField(report) != "response.status" {
		t.Errorf("exit code %d, warnings %q\n%s", report.ExitCode(), report.Warnings, differing(report))
	}
}
