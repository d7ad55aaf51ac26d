package damage_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/damage"
	"github.com/replaydiff/replay/harness/wire"
	"github.com/replaydiff/replay/scenarios"
)

// TestOnlyWhatIsNamedIsChanged is the law of the package, for any damage that
// lets the server be asked.
func TestOnlyWhatIsNamedIsChanged(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(genDamage), 0, 5).Draw(t, "damage")
		asked := &wire.Request{
			Method: "PUT", Scheme: "http", Addr: "a.test:80", Host: "a.test",
			Target: rapid.SampledFrom([]string{"/", "/api", "/api/v1?x=/api", "/%61pi/v1//b%2F", "/apis", "//api"}).Draw(t, "target"),
			Header: genFields(t, "request"), Body: rapid.SliceOf(rapid.Byte()).Draw(t, "body"),
		}
		answer := wire.Answer{Status: 200, Proto: "HTTP/1.1", Header: genFields(t, "answer"), Trailer: genFields(t, "trailer"), Body: []byte("ok")}
		server := &server{answer: answer}
		sent := *asked
		sent.Header = append(traffic.Header(nil), asked.Header...)
		got, err := (&damage.Proxy{Next: server, Damage: list}).Do(context.Background(), asked)
		if err != nil || len(server.got) != 1 {
			t.Fatalf("%d requests, %v", len(server.got), err)
		}
		forwarded := server.got[0]

		inRequest, inAnswer, stripped, host := named(list)
		equal := func(what string, want, got traffic.Header, but map[string]bool) {
			if d := cmp.Diff(unnamed(want, but), unnamed(got, but), cmpopts.EquateEmpty()); d != "" {
				t.Errorf("%s (-before +after):\n%s", what, d)
			}
		}
		equal("the request", sent.Header, forwarded.Header, inRequest)
		equal("the answer", answer.Header, got.Header, inAnswer)
		equal("the trailer", answer.Trailer, got.Trailer, inAnswer)
		equal("the caller's own request", sent.Header, asked.Header, nil)
		if string(forwarded.Body) != string(sent.Body) || forwarded.Method != sent.Method || forwarded.Addr != sent.Addr || string(got.Body) != "ok" {
			t.Errorf("forwarded as %+v, answered with %+v", forwarded, got)
		}
		if !stripped && forwarded.Target != sent.Target || !strings.HasSuffix(sent.Target, strings.TrimPrefix(forwarded.Target, "/")) {
			t.Errorf("%s is forwarded as %s", sent.Target, forwarded.Target)
		}
		if !host && forwarded.Host != sent.Host {
			t.Errorf("the host became %s", forwarded.Host)
		}
		for _, d := range list {
			if d.Do == scenarios.DropResponseField && (got.Header.Has(d.Name) || got.Trailer.Has(d.Name)) {
				t.Errorf("%s is still in the answer", d.Name)
			}
		}
		if n := len(list); n > 0 { // what the last deed does is not undone by another
			switch d := list[n-1]; {
			case d.Do == scenarios.DropRequestField && forwarded.Header.Has(d.Name):
				t.Errorf("%s is still in the request", d.Name)
			case d.Do == scenarios.SetRequestField && d.Name != "host" && strings.Join(forwarded.Header.Values(d.Name), "|") != d.Value:
				t.Errorf("%s is %v", d.Name, forwarded.Header.Values(d.Name))
			}
		}
	})
}

func genDamage(t *rapid.T) scenarios.Damage {
	name := rapid.SampledFrom([]string{"authorization", "COOKIE", "x-a", "forwarded"}).Draw(t, "name")
	return rapid.SampledFrom([]scenarios.Damage{
		{Do: scenarios.DropRequestField, Name: name},
		{Do: scenarios.SetRequestField, Name: name, Value: "set"},
		{Do: scenarios.SetRequestField, Name: "host", Value: "b.test"},
		{Do: scenarios.DropResponseField, Name: name},
		{Do: scenarios.StripPrefix, Value: "/api"},
		{Do: scenarios.FreshConnection},
	}).Draw(t, "deed")
}

func genFields(t *rapid.T, of string) traffic.Header {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) traffic.HeaderField {
		name := rapid.SampledFrom([]string{"Authorization", "authorization", "Cookie", "X-A", "x-a", "X-B", "Forwarded"}).Draw(t, "name")
		return traffic.HeaderField{Name: name, Value: rapid.StringMatching(`[a-z]{0,3}`).Draw(t, "value")}
	}), 0, 8).Draw(t, of)
}

// named tells what a list of damage may change.
func named(list []scenarios.Damage) (inRequest, inAnswer map[string]bool, stripped, host bool) {
	inRequest, inAnswer = map[string]bool{}, map[string]bool{}
	for _, d := range list {
		switch d.Do {
		case scenarios.DropRequestField, scenarios.SetRequestField:
			inRequest[strings.ToLower(d.Name)] = true
			host = host || d.Name == "host"
		case scenarios.DropResponseField:
			inAnswer[strings.ToLower(d.Name)] = true
		case scenarios.StripPrefix:
			stripped = true
		}
	}
	return inRequest, inAnswer, stripped, host
}

func unnamed(h traffic.Header, names map[string]bool) traffic.Header {
	var out traffic.Header
	for _, f := range h {
		if !names[strings.ToLower(f.Name)] {
			out = append(out, f)
		}
	}
	return out
}
