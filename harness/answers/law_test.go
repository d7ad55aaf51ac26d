package answers

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
)

// A day in an invented app, a lending library that renders its pages on the
// server: what is new in each answer are the fields, all else is the template.
type visit struct {
	at                            time.Time
	session, csrf, nonce, request string
	token                         string
	loan                          int
}

// A format is how a framework writes its tokens: an alphabet and lengths of the
// pieces, with what stands between them.
type format struct {
	alphabet string
	pieces   []int
	between  string
	end      string
}

const (
	hexDigits = "0123456789abcdef"
	base36    = hexDigits + "ghijklmnopqrstuvwxyz"
	base62    = base36 + "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

var formats = []format{
	{hexDigits, []int{32}, "", ""},
	{hexDigits, []int{40}, "", ""},
	{hexDigits, []int{64}, "", ""},
	{hexDigits, []int{8, 4, 4, 4, 12}, "-", ""}, // UUID
	{base36, []int{26}, "", ""},                 // PHP
	{base62, []int{32}, "", ""},
	{base62, []int{64}, "", ""}, // Django
	{base62 + "-_", []int{43}, "", ""},
	{base62 + "+/", []int{43}, "", "="},
	{base62 + "+/", []int{86}, "", "=="},            // Rails
	{base62 + "-_", []int{23, 6, 27}, ".", ""},      // itsdangerous
	{base62 + "-_", []int{32, 43}, ".", ""},         // Express
	{base62 + "-_", []int{8, 155}, "CfDJ8", ""},     // ASP.NET
	{base62 + "+/", []int{22, 22}, "%2B", "%3D%3D"}, // escaped Base64
}

func (f format) token(r *rand.Rand) string {
	var pieces []string
	for _, n := range f.pieces {
		var b strings.Builder
		for range n {
			b.WriteByte(f.alphabet[r.IntN(len(f.alphabet))])
		}
		pieces = append(pieces, b.String())
	}
	return strings.Join(pieces, f.between) + f.end
}

// drawVisit makes a visit; its values are random as those of a machine are,
// which is not how rapid draws.
func drawVisit(t *rapid.T, name string, at time.Time, kinds [3]int) visit {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, name), 1))
	return visit{
		at:      at.Add(time.Duration(r.IntN(86_000)) * time.Second),
		session: formats[kinds[0]].token(r),
		csrf:    formats[kinds[1]].token(r),
		token:   formats[kinds[2]].token(r),
		nonce:   format{base62 + "+/", []int{22}, "", "=="}.token(r),
		request: format{hexDigits, []int{16}, "", ""}.token(r),
		loan:    1 + r.IntN(99999),
	}
}

// answers are those of a visit, by request.
func (v visit) answers() map[string]string {
	common := fmt.Sprintf("\nServer: nginx\nX-Request-Id: %s\nDate: {http}\nStrict-Transport-Security: max-age=31536000; includeSubDomains\nX-Frame-Options: DENY"+
		"\nContent-Security-Policy: default-src 'self'; script-src 'nonce-%s'", v.request, v.nonce)
	cookie := fmt.Sprintf("\nSet-Cookie: desk=%s; Path=/; Expires={http+1h}; HttpOnly; Secure; SameSite=Lax", v.session)
	page := func(body string) string {
		return fmt.Sprintf("<!doctype html>\n<meta name=\"csrf-token\" content=\"%s\">\n<script nonce=\"%s\">start()</script>\n%s\n<footer>{long}, {clock}</footer>\n", v.csrf, v.nonce, body)
	}
	form := fmt.Sprintf("<form method=\"post\"><input type=\"hidden\" name=\"_csrf\" value=\"%s\"><button>Borrow</button></form>", v.csrf)
	return map[string]string{
		"GET /signin":     "200\nContent-Type: text/html; charset=utf-8" + common + cookie + "\n\n" + page(form),
		"POST /signin":    "303\nLocation: /shelf" + common + cookie,
		"GET /shelf":      "200\nContent-Type: text/html; charset=utf-8\nCache-Control: private, no-store" + common + cookie + "\n\n" + page("<h1>Hello Ruth</h1><p>role: librarian</p>"+form),
		"POST /loans":     fmt.Sprintf("303\nLocation: /loans/%d%s", v.loan, common),
		"GET /api/me":     fmt.Sprintf("200\nContent-Type: application/json\nAccess-Control-Allow-Origin: https://desk.example\nVary: Origin%s\n\n{\"name\":\"Ruth\",\"role\":\"librarian\",\"seen\":\"{now}\",\"csrf\":\"%s\"}", common, v.csrf),
		"POST /api/token": fmt.Sprintf("200\nContent-Type: application/json%s\n\n{\"access_token\":\"%s\",\"expires_in\":3600,\"scope\":\"read write\"}", common, v.token),
		"POST /api/loans": fmt.Sprintf("201\nContent-Type: application/json\nLocation: /api/loans/%d%s\n\n{\"id\":%d,\"book\":\"b-17\",\"made\":\"{now}\",\"due\":{epoch+1h}}", v.loan, common, v.loan),
		"GET /api/secret": "401\nContent-Type: application/json\nWWW-Authenticate: Bearer realm=\"stacks\"" + common + "\n\n{\"error\":\"no token\"}",
	}
}

// A breakage is one thing that is not as it was.
var breakages = []struct{ request, old, new string }{
	{"GET /signin", "; HttpOnly", ""},
	{"GET /signin", "; Secure", ""},
	{"GET /signin", "SameSite=Lax", "SameSite=None"},
	{"POST /signin", "Path=/", "Path=/app"},
	{"POST /signin", "{http+1h}", "Fri, 01 Jan 2038 00:00:00 GMT"},
	{"POST /signin", "Set-Cookie: desk=", "Set-Cookie: desk2="},
	{"POST /signin", "/shelf", "/signin"},
	{"POST /signin", "303", "200"},
	{"GET /shelf", "Ruth", "guest"},
	{"GET /shelf", "role: librarian", "role: reader"},
	{"GET /shelf", "X-Frame-Options: DENY\n", ""},
	{"GET /shelf", "; includeSubDomains", ""},
	{"GET /shelf", "default-src 'self'; ", ""},
	{"GET /shelf", "private, no-store", "public"},
	{"GET /shelf", "name=\"_csrf\"", "name=\"csrf\""},
	{"POST /loans", "/loans/", "/loan/"},
	{"GET /api/me", "librarian", "reader"},
	{"GET /api/me", "\"role\":\"librarian\",", ""},
	{"GET /api/me", "https://desk.example", "*"},
	{"GET /api/me", "Vary: Origin\n", ""},
	{"POST /api/token", ":3600", ":60"},
	{"POST /api/token", "read write", "read"},
	{"POST /api/loans", "201", "200"},
	{"POST /api/loans", "b-17", "b-18"},
	{"GET /api/secret", "401", "200"},
	{"GET /api/secret", "WWW-Authenticate: Bearer realm=\"stacks\"\n", ""},
	{"GET /api/secret", "stacks", "shelves"},
	{"GET /api/secret", "no token", "bad token"},
}

func TestHealthyIsSilentBrokenIsNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.IntRange(0, len(formats)-1)
		kinds := [3]int{kind.Draw(t, "kind"), kind.Draw(t, "kind"), kind.Draw(t, "kind")}
		v := drawVisit(t, "recorded", time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), kinds)
		w := drawVisit(t, "live", time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), kinds)
		recorded, live := v.answers(), w.answers()
		compare := func(request, answer string) string {
			changes := Differences(exchange(request, recorded[request], v.at), exchange(request, answer, w.at), nil)
			if what := matter(changes); what != "" {
				return what + explained(changes)
			}
			return ""
		}
		for request, answer := range live {
			if what := compare(request, answer); what != "" {
				t.Fatalf("%s is as healthy as it was: %s", request, what)
			}
		}
		for _, b := range breakages {
			broken := strings.Replace(live[b.request], b.old, b.new, 1)
			if broken == live[b.request] {
				t.Fatalf("%q is not in %s", b.old, b.request)
			}
			if compare(b.request, broken) == "" {
				t.Fatalf("%s: %q for %q is not seen", b.request, b.new, b.old)
			}
		}
	})
}

// Whatever bytes come, comparing ends, and only equal answers have no edits.
func FuzzDifferences(f *testing.F) {
	f.Add("text/html", "<input name=csrf value=s8Gq0xVtR2bL9aKz4w>", "<input name=csrf value=Pq7aW3uYt5Nc1Zx0Ve>", "sid=1; Secure", "sid=2")
	f.Add("application/json", `{"a":[1,2],"at":"2026-11-23T10:00:00Z"}`, `{"a":[2],"at":"now"}`, "a=1; Max-Age=60", "a=2; Expires=Mon, 23 Nov 2026 10:00:00 GMT")
	f.Add("text/plain", "‹token 1› at 10:15 PM, 3 minutes ago.:", "x at 11:15 AM, 4 days ago", `"`, "=")
	f.Fuzz(func(t *testing.T, mediaType, old, new, cookieOld, cookieNew string) {
		answer := func(body, cookie string, at time.Time) *traffic.Exchange {
			x := exchange("POST /x", "200", at)
			x.Response.Header = append(x.Response.Header, traffic.HeaderField{Name: "Set-Cookie", Value: cookie}, traffic.HeaderField{Name: "X-Any", Value: cookie})
			x.Response.Body = traffic.NewBody(mediaType, []byte(body))
			return x
		}
		a, b := answer(old, cookieOld, yesterday), answer(new, cookieNew, yesterday)
		changes := Differences(a, b, func(s string) string { return s })
		if old == new && cookieOld == cookieNew && len(changes) > 0 {
			t.Errorf("equal answers differ:%s", explained(changes))
		}
		var l Learner
		l.Learn("POST /x", a, b)
		l.Judge("POST /x", changes)
	})
}
