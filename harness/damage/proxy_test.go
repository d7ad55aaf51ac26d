package damage_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/damage"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// A server is a Doer that notes what reached it.
type server struct {
	got    []wire.Request
	answer wire.Answer
}

func (s *server) Do(_ context.Context, r *wire.Request) (*wire.Answer, error) {
	s.got = append(s.got, *r)
	a := s.answer
	return &a, nil
}

func working() *wire.Request {
	return &wire.Request{
		Method: "POST", Scheme: "https", Addr: "api.shop.test:443", Target: "/api/v1//a%2Fb?x=[1]", Host: "api.shop.test",
		Header: traffic.Header{
			{Name: "X-B", Value: "1"}, {Name: "aUTHORIZATION", Value: "Bearer t"}, {Name: "Cookie", Value: "a=1"},
			{Name: "content-type", Value: "text/plain"}, {Name: "x-b", Value: "2"}, {Name: "cookie", Value: "b=2"},
		},
		Body: []byte("hello"),
	}
}

func answered() wire.Answer {
	return wire.Answer{Status: 200, Reason: "Fine", Proto: "HTTP/1.1", Body: []byte("ok"),
		Header:  traffic.Header{{Name: "Set-Cookie", Value: "a=1"}, {Name: "Content-Length", Value: "2"}, {Name: "set-cookie", Value: "b=2"}},
		Trailer: traffic.Header{{Name: "Set-Cookie", Value: "c=3"}}}
}

func TestEachDeedDoesWhatItSays(t *testing.T) {
	rows := []struct {
		reason string
		damage scenarios.Damage
		want   func(*wire.Request, *wire.Answer)
	}{
		{"all lines of a field go, however they are spelled", scenarios.Damage{Do: scenarios.DropRequestField, Name: "cookie"},
			func(r *wire.Request, _ *wire.Answer) {
				r.Header = append(append(traffic.Header{}, r.Header[:2]...), r.Header[3:5]...)
			}},
		{"what is not there can't be dropped", scenarios.Damage{Do: scenarios.DropRequestField, Name: "forwarded"}, func(*wire.Request, *wire.Answer) {}},
		{"a field is set where it stands, once", scenarios.Damage{Do: scenarios.SetRequestField, Name: "x-B", Value: "9"},
			func(r *wire.Request, _ *wire.Answer) {
				r.Header = r.Header[:4:4]
				r.Header[0].Value = "9"
				r.Header = append(r.Header, working().Header[5])
			}},
		{"a new field stands last", scenarios.Damage{Do: scenarios.SetRequestField, Name: "x-forwarded-proto", Value: "http"},
			func(r *wire.Request, _ *wire.Answer) {
				r.Header = append(r.Header, traffic.HeaderField{Name: "X-Forwarded-Proto", Value: "http"})
			}},
		{"another Host, but the certificate is still the server's", scenarios.Damage{Do: scenarios.SetRequestField, Name: "host", Value: "app.internal:8080"},
			func(r *wire.Request, _ *wire.Answer) { r.Host, r.ServerName = "app.internal:8080", "api.shop.test" }},
		{"what stays of the path stays byte for byte", scenarios.Damage{Do: scenarios.StripPrefix, Value: "/api"},
			func(r *wire.Request, _ *wire.Answer) { r.Target = "/v1//a%2Fb?x=[1]" }},
		{"two segments are a prefix too", scenarios.Damage{Do: scenarios.StripPrefix, Value: "/api/v1/"},
			func(r *wire.Request, _ *wire.Answer) { r.Target = "//a%2Fb?x=[1]" }},
		{"a segment is a whole one", scenarios.Damage{Do: scenarios.StripPrefix, Value: "/ap"}, func(*wire.Request, *wire.Answer) {}},
		{"a connection of its own", scenarios.Damage{Do: scenarios.FreshConnection}, func(r *wire.Request, _ *wire.Answer) { r.Alone = true }},
		{"a field of the answer, trailers too", scenarios.Damage{Do: scenarios.DropResponseField, Name: "set-cookie"},
			func(_ *wire.Request, a *wire.Answer) { a.Header, a.Trailer = a.Header[1:2], traffic.Header{} }},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s := &server{answer: answered()}
			asked := working()
			got, err := (&damage.Proxy{Next: s, Damage: []scenarios.Damage{row.damage}}).Do(t.Context(), asked)
			if err != nil {
				t.Fatal(err)
			}
			request, answer := *working(), answered()
			row.want(&request, &answer)
			if d := cmp.Diff([]wire.Request{request}, s.got); d != "" {
				t.Errorf("the server got (-want +got):\n%s", d)
			}
			if d := cmp.Diff(&answer, got); d != "" {
				t.Errorf("the client got (-want +got):\n%s", d)
			}
			if d := cmp.Diff(working(), asked); d != "" {
				t.Errorf("the caller's request was changed:\n%s", d)
			}
		})
	}
}

func TestDeedsThatLeaveTheServerUnasked(t *testing.T) {
	now := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	do := func(r *wire.Request, list ...scenarios.Damage) (*server, *wire.Answer, error) {
		s := &server{answer: answered()}
		a, err := (&damage.Proxy{Next: s, Damage: list, Now: func() time.Time { return now }}).Do(t.Context(), r)
		if len(s.got) > 0 {
			t.Errorf("%s: the server was asked", list[0].Do)
		}
		return s, a, err
	}
	t.Run("answer", func(t *testing.T) {
		_, a, err := do(working(), scenarios.Damage{Do: scenarios.AnswerItself, Status: 401, Name: "www-authenticate", Value: `Basic realm="proxy"`})
		if err != nil || a.Status != 401 || a.Header.Get("WWW-Authenticate") != `Basic realm="proxy"` || a.Header.Get("Date") != "Wed, 01 Jul 2026 12:00:00 GMT" || !strings.Contains(string(a.Body), "401 Unauthorized") {
			t.Errorf("got %+v, %v", a, err)
		}
	})
	t.Run("answer to HEAD", func(t *testing.T) {
		r := working()
		r.Method = "HEAD"
		_, a, err := do(r, scenarios.Damage{Do: scenarios.AnswerItself, Status: 403})
		if err != nil || a.Body != nil || a.Header.Get("Content-Length") == "0" {
			t.Errorf("got %+v, %v", a, err)
		}
	})
	t.Run("hang-up", func(t *testing.T) {
		_, _, err := do(working(), scenarios.Damage{Do: scenarios.Hang})
		var e *wire.Error
		if !errors.As(err, &e) || !errors.Is(err, wire.ErrClosed) || !e.Sent || e.Stage != wire.Header || e.Addr != "api.shop.test:443" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the first of them counts", func(t *testing.T) {
		_, a, err := do(working(), scenarios.Damage{Do: scenarios.RedirectTo}, scenarios.Damage{Do: scenarios.Hang})
		if err != nil || a.Status != 302 {
			t.Errorf("got %+v, %v", a, err)
		}
	})
}

func TestTheRedirectLeadsBackToTheServer(t *testing.T) {
	rows := []struct {
		reason         string
		host, other    string
		status         int
		method, target string
	}{
		{"a name gets another one that is not below it", "api.shop.test", "moved-api.shop.test", 302, "GET", "/api/v1//a%2Fb?x=[1]"},
		{"307 keeps method and body", "api.shop.test:8443", "moved-api.shop.test:8443", 307, "POST", "/api/v1//a%2Fb?x=[1]"},
		{"an address of loopback has a name", "127.0.0.1:8080", "localhost:8080", 303, "GET", "/api/v1//a%2Fb?x=[1]"},
		{"and the name has the address", "localhost:8080", "127.0.0.1:8080", 308, "POST", "/api/v1//a%2Fb?x=[1]"},
		{"so has the other address", "[::1]:8080", "localhost:8080", 301, "GET", "/api/v1//a%2Fb?x=[1]"},
		{"no name is below an address", "192.0.2.7", "moved.test", 302, "GET", "/api/v1//a%2Fb?x=[1]"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s := &server{answer: answered()}
			p := &damage.Proxy{Next: s, Damage: []scenarios.Damage{{Do: scenarios.RedirectTo, Status: row.status}}}
			asked := working()
			asked.Host = row.host
			a, err := p.Do(t.Context(), asked)
			if err != nil || a.Status != row.status {
				t.Fatalf("got %+v, %v", a, err)
			}
			if got, want := a.Header.Get("Location"), "https://"+row.other+row.target; got != want {
				t.Errorf("it leads to %s, want %s", got, want)
			}
			next := p.Follow(asked, a)
			if next == nil {
				t.Fatal("it is not followed")
			}
			if next.Method != row.method || next.Host != row.other || next.Target != row.target || next.Header.Has("authorization") || !next.Header.Has("cookie") {
				t.Errorf("followed by %+v", next)
			}
			if (next.Body != nil) != (row.method == "POST") || next.Header.Has("content-type") != (row.method == "POST") {
				t.Errorf("followed with the body %q and %v", next.Body, next.Header)
			}
			if len(s.got) > 0 {
				t.Error("the server was asked for what was redirected")
			}
			a, err = p.Do(t.Context(), next)
			if err != nil || a.Status != 200 || len(s.got) != 1 {
				t.Fatalf("what follows got %+v, %v", a, err)
			}
			if s.got[0].Host != row.host || s.got[0].Addr != asked.Addr {
				t.Errorf("the server was asked as %s at %s", s.got[0].Host, s.got[0].Addr)
			}
			if p.Follow(next, a) != nil {
				t.Error("an answer that is no redirect is followed")
			}
		})
	}
}

func TestDamageThatCantBeDone(t *testing.T) {
	rows := []struct {
		reason string
		damage scenarios.Damage
		want   string
	}{
		{"an unknown deed that is nearly one", scenarios.Damage{Do: "hangup"}, `damage can't be done: deed 1 (hangup): no such deed: did you mean hang-up?`},
		{"an unknown deed", scenarios.Damage{Do: "explode"}, `no such deed; there are drop-request-field, set-request-field`},
		{"no name", scenarios.Damage{Do: scenarios.DropRequestField}, "Name is not that of a field"},
		{"no name of an answer's field", scenarios.Damage{Do: scenarios.DropResponseField, Name: "a b"}, "Name is not that of a field"},
		{"a request without a Host is none", scenarios.Damage{Do: scenarios.DropRequestField, Name: "host"}, "frames the message"},
		{"lengths are written anew", scenarios.Damage{Do: scenarios.SetRequestField, Name: "Content-Length", Value: "3"}, "frames the message"},
		{"a second line", scenarios.Damage{Do: scenarios.SetRequestField, Name: "x-a", Value: "1\r\nb: 2"}, "CR, LF or NUL"},
		{"no host", scenarios.Damage{Do: scenarios.SetRequestField, Name: "Host", Value: "a/b"}, "Value is not a host"},
		{"nothing to strip", scenarios.Damage{Do: scenarios.StripPrefix}, "not a path"},
		{"no status", scenarios.Damage{Do: scenarios.AnswerItself}, "status 0"},
		{"a status that redirects nobody", scenarios.Damage{Do: scenarios.RedirectTo, Status: 304}, "status 304"},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			s := &server{}
			_, err := (&damage.Proxy{Next: s, Damage: []scenarios.Damage{row.damage}}).Do(t.Context(), working())
			if !errors.Is(err, damage.ErrDeed) || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got %v, want %s", err, row.want)
			}
			if len(s.got) > 0 {
				t.Error("the server was asked")
			}
		})
	}
}
