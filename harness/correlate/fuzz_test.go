package correlate

import (
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
)

// FuzzAnswer reads any body: the same answer must give the same values, so
// that nothing changes and nothing is missing.
func FuzzAnswer(f *testing.F) {
	for _, a := range apps {
		for _, x := range flow(f, filled(a.flow, a.old)).Exchanges {
			content, _ := x.Response.Body.Bytes(0)
			f.Add(string(content), x.Response.Header.Get("Location"))
		}
	}
	f.Fuzz(func(t *testing.T, body, field string) {
		answer := &traffic.Response{Status: 200, Header: traffic.Header{{Name: "Location", Value: field}, {Name: "Link", Value: field}, {Name: "Set-Cookie", Value: field}},
			Body: traffic.NewBody("", []byte(body))}
		c := &traffic.Capture{}
		c.Exchanges = append(c.Exchanges, &traffic.Exchange{Request: traffic.Request{Method: "POST", URL: "https://app.example/things"}, Response: answer})
		w := walker{visit: func(s *spot, value string) (string, bool) {
			if mayLink(value) && len(c.Exchanges) < 50 {
				r := traffic.Request{Method: "GET", URL: "https://app.example/", Header: traffic.Header{{Name: "X-Token", Value: value}}}
				c.Exchanges = append(c.Exchanges, &traffic.Exchange{Request: r})
			}
			return "", false
		}}
		w.response(answer, 1<<20)
		p, err := Find(c, Options{})
		if err != nil {
			t.Fatal(err)
		}
		sameAgain(t, c, p)
	})
}

// FuzzRequest replaces every second value by itself, and by another one: the
// first changes nothing, the second leaves a request that can be walked again.
func FuzzRequest(f *testing.F) {
	for _, a := range apps {
		for _, x := range flow(f, filled(a.flow, a.old)).Exchanges {
			content, _ := x.Request.Body.Bytes(0)
			f.Add(x.Request.URL, x.Request.Header.Get("Authorization"), x.Request.Header.Get("Content-Type"), string(content))
		}
	}
	f.Fuzz(func(t *testing.T, url, field, mediaType, body string) {
		r := &traffic.Request{Method: "POST", URL: url, Header: traffic.Header{{Name: "Authorization", Value: field}, {Name: "X-Token", Value: field}},
			Body: traffic.NewBody(mediaType, []byte(body))}
		for _, by := range []string{"", "live/+&=\"<%41 x"} {
			n := 0
			w := walker{visit: func(s *spot, value string) (string, bool) {
				if n++; n%2 == 0 {
					return "", false
				}
				return first(by, value), true
			}}
			got := w.request(r, 1<<20)
			if by == "" && got != r {
				t.Errorf("became another request: %q", textOf(got))
			}
			again := walker{visit: func(*spot, string) (string, bool) { return "", false }}
			if again.request(got, 1<<20) != got {
				t.Error("a walk without a visit changes the request")
			}
		}
	})
}
