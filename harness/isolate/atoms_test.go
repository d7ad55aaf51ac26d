package isolate

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// exchange is a request line, fields and a body, and a status with fields.
func exchange(asked, answered string) *traffic.Exchange {
	head, body, hasBody := strings.Cut(asked, "\n\n")
	lines := strings.Split(head, "\n")
	method, address, _ := strings.Cut(lines[0], " ")
	x := &traffic.Exchange{Request: traffic.Request{Method: method, URL: address, Header: header(lines[1:])}}
	if hasBody {
		x.Request.Body = traffic.NewBody(x.Request.Header.Get("Content-Type"), []byte(body))
	}
	head, body, hasBody = strings.Cut(answered, "\n\n")
	lines = strings.Split(head, "\n")
	x.Response = &traffic.Response{Header: header(lines[1:])}
	_, _ = fmt.Sscan(lines[0], &x.Response.Status)
	if hasBody {
		x.Response.Body = traffic.NewBody(x.Response.Header.Get("Content-Type"), []byte(body))
	}
	return x
}

func header(lines []string) (h traffic.Header) {
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h = append(h, traffic.HeaderField{Name: name, Value: value})
	}
	return h
}

func flow(list ...*traffic.Exchange) *traffic.Capture {
	c := &traffic.Capture{Format: traffic.HAR}
	for i, x := range list {
		x.Index = i
		at := time.Date(2026, 5, 4, 8, 0, i, 0, time.UTC)
		x.Recorded.Started = traffic.Timestamp{Time: at, Text: at.Format(time.RFC3339)}
		c.Exchanges = append(c.Exchanges, x)
	}
	return c
}

// differ compares two flows; the last request is the one in question.
func differ(ok, bad *traffic.Capture) (*Differences, *diff.Comparison, []Entry) {
	c := diff.Compare(ok, bad, diff.Options{})
	all := make([]int, len(ok.Exchanges))
	for i := range all {
		all[i] = i
	}
	entries := Entries(c, all)
	return Between(c, entries, nil), c, entries
}

// told lists atoms as "place + place", sorted.
func told(d *Differences, entries int) (list []string) {
	for _, a := range d.Atoms {
		var places []string
		for _, i := range a.Parts {
			place := d.Parts[i].Place
			if entries > 1 {
				place = fmt.Sprint(d.Parts[i].Entry, " ", place)
			}
			places = append(places, place)
		}
		slices.Sort(places)
		list = append(list, strings.Join(places, " + "))
	}
	slices.Sort(list)
	return list
}

func left(d *Differences) (list []string) {
	for _, l := range d.Left {
		list = append(list, fmt.Sprint(l.Entry, " ", l.Place))
	}
	slices.Sort(list)
	return list
}

const (
	sid1 = "b1946ac92492d2347c6235b4d2611184"
	sid2 = "5d41402abc4b2a76b9719d911017c592"
)

func TestBetween(t *testing.T) {
	get := "GET https://a.example/x"
	login := func(body, sid string) *traffic.Exchange {
		answer := "200\nContent-Type: text/html"
		if sid != "" {
			answer += "\nSet-Cookie: sid=" + sid
		}
		return exchange("POST https://a.example/login\nContent-Type: application/x-www-form-urlencoded\n\n"+body, answer)
	}
	form := func(field string) *traffic.Exchange {
		return exchange("GET https://a.example/login", "200\nContent-Type: text/html\n\n<form><input type=hidden name=proof value='"+field+"'></form>")
	}
	tokens := func(sent, came string) *traffic.Exchange {
		return exchange("POST https://a.example/token\nContent-Type: application/json\n\n{\"refresh\":\""+sent+"\"}",
			"200\nContent-Type: application/json\n\n{\"refresh_token\":\""+came+"\"}")
	}
	const sigv4 = "Authorization: AWS4-HMAC-SHA256 Credential=AK/20260504/eu/s3/aws4_request, SignedHeaders=host;x-amz-date;x-tenant, Signature="
	rows := []struct {
		reason  string
		ok, bad *traffic.Capture
		want    []string
		left    []string
	}{
		{reason: "nothing", ok: flow(exchange(get, "200")), bad: flow(exchange(get, "401"))},
		{"a field each", flow(exchange(get+"\nA: 1\nB: 2", "200")), flow(exchange(get+"\nA: 2\nC: 3", "401")), []string{"header a", "header b", "header c"}, nil},
		{"a scheme that is gone", flow(exchange(get+"\nAuthorization: Bearer "+sid1, "200")), flow(exchange(get+"\nAuthorization: "+sid1, "401")),
			[]string{"header authorization scheme"}, nil},
		{"a scheme that is gone, from another token", flow(exchange(get+"\nAuthorization: Bearer "+sid1, "200")), flow(exchange(get+"\nAuthorization: "+sid2, "401")),
			[]string{"header authorization credentials", "header authorization scheme"}, nil},
		{"another scheme and its credentials", flow(exchange(get+"\nAuthorization: Bearer "+sid1, "200")), flow(exchange(get+"\nAuthorization: Basic YTpi", "401")),
			[]string{"header authorization credentials + header authorization scheme"}, nil},
		{"a body and its type", flow(exchange("POST https://a.example/x\nContent-Type: application/json\nX-A: 1\n\n{\"a\":1}", "200")),
			flow(exchange("POST https://a.example/x\nContent-Type: text/plain\nX-A: 2\n\na=1", "400")), []string{"body + header content-type", "header x-a"}, nil},
		{"members of a body", flow(exchange("POST https://a.example/x\nContent-Type: application/json\n\n{\"a\":1,\"b\":2}", "200")),
			flow(exchange("POST https://a.example/x\nContent-Type: application/json\n\n{\"a\":2,\"b\":3}", "400")), []string{"body /a", "body /b"}, nil},
		{"a digest and the body", flow(exchange("POST https://a.example/x\nContent-Type: application/json\nContent-Digest: sha-256=:YQ==:\nX-A: 1\n\n{\"a\":1,\"b\":2}", "200")),
			flow(exchange("POST https://a.example/x\nContent-Type: application/json\nContent-Digest: sha-256=:Yg==:\nX-A: 2\n\n{\"a\":2,\"b\":3}", "400")),
			[]string{"body /a + body /b + header content-digest", "header x-a"}, nil},
		{"a signature and what it lists", flow(exchange(get+"?a=1\n"+sigv4+"00aa\nX-Amz-Date: 20260504T080000Z\nX-Tenant: a\nX-Other: 1", "200")),
			flow(exchange(get+"?a=2\n"+sigv4+"00bb\nX-Amz-Date: 20260504T080001Z\nX-Tenant: b\nX-Other: 2", "403")),
			[]string{"header authorization credentials + header x-amz-date + header x-tenant + query a", "header x-other"}, nil},
		{"a signature alone", flow(exchange(get+"\n"+sigv4+"00aa\nX-Other: 1", "200")), flow(exchange(get+"\n"+sigv4+"00bb\nX-Other: 2", "403")),
			[]string{"header authorization credentials", "header x-other"}, nil},
		{"a CSRF token in cookie and field", flow(exchange("POST https://a.example/x\nCookie: XSRF-TOKEN="+sid1+"; a=1\nX-XSRF-TOKEN: "+sid1, "200")),
			flow(exchange("POST https://a.example/x\nCookie: XSRF-TOKEN="+sid2+"; a=2\nX-XSRF-TOKEN: "+sid2, "403")),
			[]string{"cookie XSRF-TOKEN + header x-xsrf-token", "cookie a"}, nil},
		{"the host, and its field", flow(exchange(get+"\nHost: a.example", "200")), flow(exchange("GET https://b.example/x\nHost: b.example", "404")),
			[]string{"header host + origin"}, nil},
		{"a path moves as a whole", flow(exchange("GET https://a.example/v1/orders/7", "200")), flow(exchange("GET https://a.example/orders/7", "404")), []string{"path"}, nil},
		{"what a connection adds is not sent", flow(exchange(get+"\nConnection: keep-alive\nContent-Length: 3", "200")), flow(exchange(get+"\nContent-Length: 4", "401")), nil, nil},
		{"the same change in two requests", flow(exchange("GET https://a.example/y\nX-App: 1", "200"), exchange(get+"\nX-App: 1\nX-A: 1", "200")),
			flow(exchange("GET https://a.example/y\nX-App: 2", "200"), exchange(get+"\nX-App: 2\nX-A: 2", "401")), []string{"0 header x-app + 1 header x-app", "1 header x-a"}, nil},
		{"each flow has a session of its own", flow(login("user=ada", sid1), exchange(get+"\nCookie: sid="+sid1+"\nX-A: 1", "200")),
			flow(login("user=ada", sid2), exchange(get+"\nCookie: sid="+sid2+"\nX-A: 2", "401")), []string{"1 header x-a"}, []string{"1 cookie sid"}},
		{"an old session, though there was a new one", flow(login("user=ada", sid1), exchange(get+"\nCookie: sid="+sid1, "200")),
			flow(login("user=ada", sid2), exchange(get+"\nCookie: sid=0cc175b9c0f1b6a831c399e269772661", "401")), []string{"1 cookie sid"}, nil},
		{"what a login without effect did not hand out", flow(login("user=ada", sid1), exchange(get+"\nCookie: sid="+sid1, "200")),
			flow(login("usr=ada", ""), exchange(get, "401")), []string{"0 body user", "0 body usr"}, []string{"1 cookie sid"}},
		{"each form has a hidden field of its own", flow(form(sid1), login("proof="+sid1+"&user=ada", "")),
			flow(form(sid2), login("proof="+sid2+"&user=bob", "")), []string{"1 body user"}, []string{"1 body proof"}},
		{"an old hidden field, though there was a new one", flow(form(sid1), login("proof="+sid1, "")),
			flow(form(sid2), login("proof=0cc175b9c0f1b6a831c399e269772661", "")), []string{"1 body proof"}, nil},
		{"each flow refreshes with a token of its own", flow(tokens("", sid1), tokens(sid1, sid1)), flow(tokens("", sid2), tokens(sid2, sid2)),
			nil, []string{"1 body /refresh"}},
		{"nothing earlier differs: it is the cookie", flow(login("user=ada", sid1), exchange(get+"\nCookie: sid="+sid1, "200")),
			flow(login("user=ada", ""), exchange(get, "401")), []string{"1 cookie sid"}, nil},
		{"a login that is missing, and its cookie", flow(login("user=ada", sid1), exchange(get+"\nCookie: sid="+sid1+"\nX-A: 1", "200")),
			flow(exchange(get+"\nX-A: 2", "401")), []string{"0 request + 1 cookie sid", "1 header x-a"}, nil},
	}
	for _, row := range rows {
		d, _, _ := differ(row.ok, row.bad)
		if diff := cmp.Diff(row.want, told(d, len(row.ok.Exchanges))); diff != "" {
			t.Errorf("%s: -want +got:\n%s", row.reason, diff)
		}
		if diff := cmp.Diff(row.left, left(d)); diff != "" {
			t.Errorf("%s: left out -want +got:\n%s", row.reason, diff)
		}
	}
}

// TestApplyKeepsTheLaw: all parts make the failing request, as far as it is
// sent, every subset applies, and none changes nothing.
func TestApplyKeepsTheLaw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ok, bad := drawRequest(t, "ok"), drawRequest(t, "bad")
		d, _, _ := differ(flow(&traffic.Exchange{Request: ok, Response: &traffic.Response{Status: 200}}), flow(&traffic.Exchange{Request: bad, Response: &traffic.Response{Status: 401}}))
		if len(d.bad) == 0 {
			t.Skip("not paired")
		}
		asked := plain(&ok)
		if got, err := d.Apply(0, asked, nil); err != nil || got != asked {
			t.Fatalf("nothing changed something: %v", err)
		}
		set := rangeOf(len(d.Parts))
		got, err := d.Apply(0, asked, set)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range changes(got, plain(&bad)) {
			if placeOf(e) != "" {
				t.Fatalf("%s is left of all changes", e.Path())
			}
		}
		some := rapid.SliceOfDistinct(rapid.IntRange(0, max(0, len(set)-1)), rapid.ID[int]).Draw(t, "some")
		if len(set) == 0 {
			return
		}
		if _, err := d.Apply(0, asked, some); err != nil {
			t.Fatalf("%v: %v", some, err)
		}
	})
}

func drawRequest(t *rapid.T, label string) traffic.Request {
	pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, label+" "+name) }
	r := traffic.Request{
		Method: pick("method", "GET", "POST"),
		URL:    "https://a.example" + pick("path", "/x", "/x/7", "/y/x/7") + pick("query", "", "?a=1", "?a=1&b=2", "?b=3&a=1"),
		Header: traffic.Header{
			{Name: "Authorization", Value: pick("authorization", "Bearer "+sid1, sid1, "Bearer "+sid2, "Basic YTpi")},
			{Name: "Cookie", Value: pick("cookie", "a=1", "a=1; b=2", "b=2; a=2")},
			{Name: "Content-Type", Value: pick("type", "application/json", "application/json; charset=utf-8", "text/plain")},
		},
	}
	if rapid.Bool().Draw(t, label+" moved") {
		slices.Reverse(r.Header)
	}
	if body := pick("body", "", `{"a":1}`, `{"a":2,"b":[1,2]}`, "[1]", "plain"); body != "" {
		r.Body = traffic.NewBody(r.Header.Get("Content-Type"), []byte(body))
	}
	return r
}

// TestApplyToday: what is put into a request of today has the values of today.
func TestApplyToday(t *testing.T) {
	const today = "0cc175b9c0f1b6a831c399e269772661"
	rows := []struct {
		reason, ok, bad, asked, want string
	}{
		{"the token of today without its scheme", "GET https://a.example/x\nAuthorization: Bearer " + sid1, "GET https://a.example/x\nAuthorization: " + sid1,
			"GET https://a.example/x\nAuthorization: Bearer " + today, "GET https://a.example/x\nAuthorization: " + today},
		{"another token stays what it was", "GET https://a.example/x\nAuthorization: Bearer " + sid1, "GET https://a.example/x\nAuthorization: Bearer " + sid2,
			"GET https://a.example/x\nAuthorization: Bearer " + today, "GET https://a.example/x\nAuthorization: Bearer " + sid2},
		{"the token of today in another place", "GET https://a.example/x?a=1\nAuthorization: Bearer " + sid1, "GET https://a.example/x?a=1&access_token=" + sid1,
			"GET https://a.example/x?a=1\nAuthorization: Bearer " + today, "GET https://a.example/x?a=1&access_token=" + today},
		{"the id of today on another path", "GET https://a.example/v1/orders/101", "GET https://a.example/orders/101",
			"GET https://a.example/v1/orders/205", "GET https://a.example/orders/205"},
		{"a cookie of today beside one that goes", "GET https://a.example/x\nCookie: sid=" + sid1 + "; old=1", "GET https://a.example/x\nCookie: sid=" + sid1,
			"GET https://a.example/x\nCookie: sid=" + today + "; old=1; new=2", "GET https://a.example/x\nCookie: sid=" + today + "; new=2"},
		{"a field that only today has stays", "GET https://a.example/x\nA: 1", "GET https://a.example/x\nA: 2", "GET https://a.example/x\nA: 1\nX-New: 1", "GET https://a.example/x\nA: 2\nX-New: 1"},
		{"a login gave no cookie today: the old one is put in", "GET https://a.example/x\nCookie: sid=" + sid1, "GET https://a.example/x\nCookie: sid=" + sid2,
			"GET https://a.example/x", "GET https://a.example/x\nCookie: sid=" + sid2},
		{"a token of today in the body", "POST https://a.example/x\nContent-Type: application/json\n\n{\"t\":\"" + sid1 + "\"}", "POST https://a.example/x\nContent-Type: application/json\n\n{\"u\":\"" + sid1 + "\"}",
			"POST https://a.example/x\nContent-Type: application/json\n\n{\"t\":\"" + today + "\"}", "POST https://a.example/x\nContent-Type: application/json\n\n{\"u\":\"" + today + "\"}"},
	}
	for _, row := range rows {
		d, _, _ := differ(flow(exchange(row.ok, "200")), flow(exchange(row.bad, "401")))
		got, err := d.Apply(0, &exchange(row.asked, "200").Request, rangeOf(len(d.Parts)))
		if err != nil {
			t.Fatalf("%s: %v", row.reason, err)
		}
		for _, e := range changes(got, &exchange(row.want, "200").Request) {
			t.Errorf("%s: %s: got %q, want %q", row.reason, e.Path(), e.Old, e.New)
		}
	}
}

// TestRank: what a finding names comes first, credentials before the rest, noise
// last.
func TestRank(t *testing.T) {
	ok := flow(exchange("GET https://a.example/x?page=1\nAuthorization: Bearer "+sid1+"\nX-App: 1\nUser-Agent: a", "200"))
	bad := flow(exchange("GET https://a.example/x?page=2\nAuthorization: "+sid1+"\nX-App: 2\nUser-Agent: b", "401\nWWW-Authenticate: Bearer"))
	d, c, entries := differ(ok, bad)
	order, blamed := d.Rank(scenarios.Diagnose(c), entries)
	var got []string
	for _, a := range order {
		got = append(got, d.Parts[d.Atoms[a].Parts[0]].Place)
	}
	if diff := cmp.Diff([]string{"header authorization scheme", "query page", "header x-app", "header user-agent"}, got); diff != "" || blamed != 1 {
		t.Errorf("%d blamed: -want +got:\n%s", blamed, diff)
	}
	if _, blamed := d.Rank(scenarios.Diagnosis{}, entries); blamed != 1 {
		t.Errorf("no finding: %d blamed, want the credential", blamed)
	}
}
