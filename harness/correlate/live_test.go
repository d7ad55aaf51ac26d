package correlate

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
)

// TestLive holds flows that are answered otherwise now.
func TestLive(t *testing.T) {
	for _, row := range lives {
		t.Run(row.name, func(t *testing.T) {
			c, live := flow(t, row.recorded), flow(t, row.live)
			p, err := Find(c, Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, missing := replayed(t, p, c, live)
			if last := got[len(got)-1]; last.URL != row.url {
				t.Errorf("sent %s, want %s (%s)\nlinks: %q", last.URL, row.url, row.reason, listed(p))
			}
			var names []string
			for _, m := range missing {
				names = append(names, m.Name)
			}
			if diff := cmp.Diff(row.missing, names); diff != "" {
				t.Errorf("missing (%s):\n%s", row.reason, diff)
			}
		})
	}
}

const listRecorded = `
> GET /items
< 200
< | {"items":[{"id":"10431","name":"Lamp","color":"red"},{"id":"10432","name":"Chair","color":"red"}]}
> GET /items/10432
< 200`

var lives = []struct {
	name, recorded, live, url string
	missing                   []string
	reason                    string
}{
	{"list in another order", listRecorded, `
> GET /items
< 200
< | {"items":[{"id":"77002","name":"Chair","color":"red"},{"id":"77001","name":"Lamp","color":"red"}]}
> GET /items/10432
< 200`, "https://app.example/items/77002", nil, "the element is known by its name"},
	{"list with a new element in front", listRecorded, `
> GET /items
< 200
< | {"items":[{"id":"10433","name":"Sofa","color":"red"},{"id":"10431","name":"Lamp","color":"red"},{"id":"10432","name":"Chair (new)","color":"blue"}]}
> GET /items/10432
< 200`, "https://app.example/items/10432", nil, "the id is still there"},
	{"list of strangers", listRecorded, `
> GET /items
< 200
< | {"items":[{"id":"88001","name":"Alpha"},{"id":"88002","name":"Beta"}]}
> GET /items/10432
< 200`, "https://app.example/items/88002", nil, "nothing is known but the index"},
	{"an empty list", listRecorded, `
> GET /items
< 200
< | {"items":[]}
> GET /items/10432
< 200`, "https://app.example/items/10432", []string{"item_id"}, "the value is gone"},
	{"a failed login", `
> POST /login
< 200
< | {"token":"aa11bb22cc33dd44ee55ff66"}
> GET /me?token=aa11bb22cc33dd44ee55ff66
< 200`, `
> POST /login
< 500
< | {"error":"oops"}
> GET /me?token=aa11bb22cc33dd44ee55ff66
< 200`, "https://app.example/me?token=aa11bb22cc33dd44ee55ff66", []string{"token"}, "the answer has no such member"},
	{"a token that rotates with each page", `
> GET /a
< 200
< | <meta name=csrf content="aa11bb22cc33dd44ee55ff66">
> GET /b
< 200
< | <meta name=csrf content="aa11bb22cc33dd44ee55ff66">
> GET /c?csrf=aa11bb22cc33dd44ee55ff66
< 200`, `
> GET /a
< 200
< | <meta name=csrf content="00000000cc33dd44ee55ff66">
> GET /b
< 200
< | <p>News</p><meta name="csrf" content="11111111cc33dd44ee55ff66">
> GET /c?csrf=aa11bb22cc33dd44ee55ff66
< 200`, "https://app.example/c?csrf=11111111cc33dd44ee55ff66", nil, "the latest page counts"},
	{"a page that lost its token", `
> GET /a
< 200
< | <meta name=csrf content="aa11bb22cc33dd44ee55ff66">
> GET /b
< 200
< | <meta name=csrf content="aa11bb22cc33dd44ee55ff66">
> GET /c?csrf=aa11bb22cc33dd44ee55ff66
< 200`, `
> GET /a
< 200
< | <meta name=csrf content="00000000cc33dd44ee55ff66">
> GET /b
< 503
> GET /c?csrf=aa11bb22cc33dd44ee55ff66
< 200`, "https://app.example/c?csrf=00000000cc33dd44ee55ff66", nil, "that of the page before is better than none"},
	{"a form that moved", `
> GET /cart
< 200
< | <form action="/cart/10431/buy"><input name=tok value="aa11bb22cc33dd44ee55ff66"></form>
> GET /buy?tok=aa11bb22cc33dd44ee55ff66
< 200`, `
> GET /cart
< 200
< | <form action="/search"><input name=q></form><form action="/checkout"><input name=tok value="9911bb22cc33dd44ee55ff66"></form>
> GET /buy?tok=aa11bb22cc33dd44ee55ff66
< 200`, "https://app.example/buy?tok=9911bb22cc33dd44ee55ff66", nil, "the field has its name still"},
	{"a text", `
> GET /mail
< 200
< | Hello Kim, to verify open https://app.example/verify/aa11bb22cc33dd44ee55ff66 within a day.
> GET /verify/aa11bb22cc33dd44ee55ff66
< 200`, `
> GET /mail
< 200
< | Hello Kim! Welcome. To verify open https://app.example/verify/9911bb22cc33dd44ee55ff66 within a day.
> GET /verify/aa11bb22cc33dd44ee55ff66
< 200`, "https://app.example/verify/9911bb22cc33dd44ee55ff66", nil, "known by what is in front of it"},
}

func TestOff(t *testing.T) {
	c := flow(t, filled(apps[5].flow, apps[5].old))
	all, err := Find(c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		off    []string
		gone   int
		err    string
		reason string
	}{
		{[]string{"code"}, 1, "", "a name"},
		{[]string{"access_token*", "code"}, 3, "", "all of a name"},
		{[]string{"acess_token"}, 0, `did you mean "access_token"?`, "mistyped"},
		{[]string{"weather"}, 0, "--plan lists them", "nothing near"},
		{[]string{"["}, 0, "syntax error", "no pattern"},
	} {
		p, err := Find(c, Options{Off: row.off})
		switch {
		case row.err != "":
			if err == nil || !strings.Contains(err.Error(), row.err) {
				t.Errorf("%q: %v, want %q (%s)", row.off, err, row.err, row.reason)
			}
			continue
		case err != nil:
			t.Fatal(err)
		}
		if n := len(all.Links()) - len(p.Links()); n != row.gone {
			t.Errorf("%q: %d links are gone, want %d (%s)", row.off, n, row.gone, row.reason)
		}
		got, _ := p.Start().Request(3, &c.Exchanges[3].Request)
		if got != &c.Exchanges[3].Request {
			t.Errorf("%q: the token request is another one (%s)", row.off, row.reason)
		}
	}
}

func TestNeeds(t *testing.T) {
	c := flow(t, filled(apps[5].flow, apps[5].old))
	p, err := Find(c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]int{nil, {0}, {1}, {1}, {3}, {3}, {5}, {5}}
	for entry, needs := range want {
		if diff := cmp.Diff(needs, p.Needs(entry)); diff != "" {
			t.Errorf("entry %d:\n%s", entry, diff)
		}
	}
}

func TestSigned(t *testing.T) {
	for name, fields := range map[string]string{
		"AWS":                `Authorization: AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261123/eu/s3/aws4_request, Signature=00ff`,
		"DPoP":               "DPoP: eyJ0eXAiOiJkcG9wK2p3dCJ9.eyJodG0iOiJHRVQifQ.c2ln",
		"message signatures": "Signature: sig1=:LAH8BjcfcOcLojiuOBFWn0P5keD3xAOuJRGziCLuD8r5MW9S0RoXXLzLSRfGY/3SF8kVIkHjE13SEFdTo4Af/fJ/Pu9wheqoLVdwXyY/UkBIS1M8Brc8IODsn5DFIrG0IrburbLi0uCc+E2ZIIb6HbUJ+o+jP58JelMTe0QE3IpWINTEzpxjqDf5/Df+InHCAkQCTuKsamjWXUpyOT1Wkxi7YPVNOjW4MfNuTZ9HdbD2Tr65+BXeTG9ZS/9SWuXAc+BZ8WyPz0QRz//ec3uWXd7bYYODSjRAxHqX+S1ag3LZElYyUKaAIjZ8MGOt4gXEwCSLDv/zqxZeWLj/PDkn6w==:",
		"webhook":            "X-Shop-Hmac: 9f86d081884c7d659a2feaa0c55ad015",
	} {
		c := flow(t, `
> POST /orders
< 201
< | {"id":"aa11bb22cc33dd44ee55ff66"}
> GET /orders/aa11bb22cc33dd44ee55ff66
> `+fields+`
< 200`)
		p, err := Find(c, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Links()) > 0 || len(p.Warnings()) != 1 || p.Warnings()[0].Entry != 1 {
			t.Errorf("%s: links %q, warnings %v", name, listed(p), p.Warnings())
		}
	}
}

func TestTranslate(t *testing.T) {
	c := flow(t, `
> POST /login
< 200
< | {"token":"a/1+bb22cc33dd44ee55ff66","id":"1043"}
> GET /logins/1043?t=a%2F1%2Bbb22cc33dd44ee55ff66
< 200`)
	p, err := Find(c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	live := p.Start()
	text := `t=a/1+bb22cc33dd44ee55ff66&id=1043`
	if got := live.Translate(text); got != text {
		t.Errorf("before any answer: %q", got)
	}
	now := traffic.Response{Status: 200, Body: traffic.NewBody("application/json", []byte(`{"token":"z/9+bb22cc33dd44ee55ff66","id":"2087"}`))}
	live.Answer(0, c.Exchanges[0].Response, &now)
	for _, row := range []struct{ old, new, reason string }{
		{text, `t=z/9+bb22cc33dd44ee55ff66&id=2087`, "as it is"},
		{`a%2F1%2Bbb22cc33dd44ee55ff66`, `z%2F9%2Bbb22cc33dd44ee55ff66`, "in a URL"},
		{`a%2f1%2bbb22cc33dd44ee55ff66`, `z%2f9%2bbb22cc33dd44ee55ff66`, "in lower case"},
		{`"a\/1+bb22cc33dd44ee55ff66"`, `"z\/9+bb22cc33dd44ee55ff66"`, "in JSON of PHP"},
		{`/orders/1043/x 21043 10430 v1043 1043.`, `/orders/2087/x 21043 10430 v1043 2087.`, "a short one is a word of its own"},
		{`nothing of it`, `nothing of it`, "nothing"},
		{``, ``, "empty"},
	} {
		if got := live.Translate(row.old); got != row.new {
			t.Errorf("%q became %q, want %q (%s)", row.old, got, row.new, row.reason)
		}
	}
}

// TestConcurrent is for the race detector: sessions share a run.
func TestConcurrent(t *testing.T) {
	c := flow(t, filled(apps[5].flow, apps[5].old))
	p, err := Find(c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	live := p.Start()
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for i, x := range c.Exchanges {
				if got, _ := live.Request(i, &x.Request); got != &x.Request {
					t.Error("another request")
				}
				live.Answer(i, x.Response, x.Response)
				live.TranslateAt(i, x.Request.URL)
			}
		})
	}
	wait.Wait()
}

// TestRecordedOrder has an answer that is written down after the request that
// used it, as recorders in order of completion do.
func TestRecordedOrder(t *testing.T) {
	c := flow(t, `
> GET /c?csrf=aa11bb22cc33dd44ee55ff66
< 200
> GET /a
< 200
< | <meta name=csrf content="aa11bb22cc33dd44ee55ff66">`)
	for i, started := range []string{"2026-11-23T10:00:00.100Z", "2026-11-23T10:00:00.000Z"} {
		r := &c.Exchanges[i].Recorded
		if err := r.Started.Time.UnmarshalText([]byte(started)); err != nil {
			t.Fatal(err)
		}
		r.Millis, r.Timings = 500, traffic.Timings{Wait: 20, Receive: 460}
	}
	p, err := Find(c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"csrf: 1 response.body.meta.csrf → 0 request.query.csrf"}
	if diff := cmp.Diff(want, listed(p)); diff != "" {
		t.Errorf("the page was still being received when it was used:\n%s", diff)
	}
}
