package through

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// forwardedProbes are what an outsider may claim of himself. An app that believes
// these fields believes him where the proxy passes them on.
func forwardedProbes() []probe {
	var list []probe
	for _, f := range []struct{ name, value string }{
		{"X-Forwarded-For", "192.0.2.1"}, {"X-Forwarded-Proto", "gopher"}, {"X-Forwarded-Host", "probe.example"}, {"X-Forwarded-Port", "4"},
		{"X-Forwarded-Prefix", "/probe"}, {"X-Real-IP", "192.0.2.1"}, {"Forwarded", "for=192.0.2.1;proto=gopher"},
		{"X-Original-URL", "/probe"}, {"X-Remote-User", "probe"},
	} {
		list = append(list, probe{name: "spoofed-" + strings.ToLower(f.name), sent: f.name + ": " + f.value + ", from outside", fields: field(f.name, f.value),
			outcome: spoofed(f.name, f.value), warns: believed})
	}
	return list
}

// The outcomes of a spoofed field.
const (
	passedOn = "passed on as it came"
	appended = "passed on, the proxy's own behind it"
)

func spoofed(name, value string) func(*passed) string {
	return func(p *passed) string {
		got := strings.Join(p.main.Header.Values(name), ", ")
		switch {
		case got == "":
			return "dropped"
		case got == value:
			return passedOn
		case strings.HasPrefix(got, value):
			return appended
		case strings.Contains(got, value):
			return "passed on, behind the proxy's own"
		}
		return "replaced by the proxy's own"
	}
}

func believed(outcome string) string {
	if outcome == passedOn {
		return "an outsider can set it: the app must not believe it"
	}
	if outcome == appended {
		return "the first of the list is an outsider's word: the app must count from the end"
	}
	return ""
}

func messageProbes() []probe {
	preflight := append(field("Origin", "https://probe.example"), append(field("Access-Control-Request-Method", "POST"), field("Access-Control-Request-Headers", "authorization")...)...)
	nominated := append(field("Connection", "close, X-Replay-Nominated"), field("X-Replay-Nominated", "a")...)
	stolen := append(field("Connection", "close, Authorization, X-Forwarded-For"), field("Authorization", "Bearer probe")...)
	trailer := append(field("Connection", "close"), append(field("Transfer-Encoding", "chunked"), field("Trailer", "X-Replay-Trailer")...)...)
	return []probe{
		{name: "options", sent: "OPTIONS, a preflight without credentials", method: "OPTIONS", fields: preflight, outcome: arrives},
		{name: "head", sent: "HEAD", method: "HEAD", outcome: func(p *passed) string {
			if p.main.Method == "HEAD" {
				return "kept"
			}
			return "arrives as " + p.main.Method
		}},
		{name: "unknown-method", sent: "PROPFIND", method: "PROPFIND", outcome: arrives},
		{name: "connection-nominated", sent: "a field that Connection names", raw: true, fields: nominated, outcome: func(p *passed) string {
			if p.main.Header.Has("X-Replay-Nominated") {
				return "kept"
			}
			return "dropped"
		}},
		{name: "connection-names-authorization", sent: "Connection names Authorization and X-Forwarded-For", raw: true, fields: stolen, outcome: func(p *passed) string {
			return fieldOutcome("Authorization", "Bearer probe")(p)
		}, warns: func(outcome string) string {
			if outcome == "dropped" {
				return "an outsider can take fields away from the app: it must not take their absence for trust"
			}
			return ""
		}},
		{name: "body-empty", sent: "POST without a body", method: "POST", outcome: arrives},
		{name: "body-chunked", sent: "POST in chunks", method: "POST", raw: true, body: "5\r\nprobe\r\n0\r\n\r\n",
			fields: append(field("Connection", "close"), field("Transfer-Encoding", "chunked")...), outcome: bodyKept("probe")},
		{name: "body-2m", sent: "POST with 2 MiB", method: "POST", body: strings.Repeat("a", 2<<20), outcome: bodyKept(strings.Repeat("a", 2<<20))},
		{name: "get-with-body", sent: "GET with a body", body: "probe", outcome: bodyKept("probe")},
		{name: "trailer", sent: "a trailer behind a body in chunks", method: "POST", raw: true, fields: trailer,
			body: "5\r\nprobe\r\n0\r\nX-Replay-Trailer: a\r\n\r\n", outcome: func(p *passed) string {
				switch {
				case p.main.Trailer.Has("X-Replay-Trailer"):
					return "kept"
				case p.main.Header.Has("X-Replay-Trailer"):
					return "made a field of the head"
				}
				return "dropped"
			}},
	}
}

func arrives(p *passed) string {
	if p.main.Method != p.sent.Method {
		return "arrives as " + p.main.Method
	}
	return "arrives"
}

func bodyKept(body string) func(*passed) string {
	return func(p *passed) string {
		switch string(p.main.Body) {
		case body:
			return "kept"
		case "":
			return "body dropped"
		}
		return "body changed"
	}
}

// answerProbes are what an app may answer, and a client has to see.
func answerProbes() []probe {
	back := func(name string, want ...string) func(*passed) string {
		return func(p *passed) string {
			got := p.answer.Header.Values(name)
			switch {
			case len(got) == 0:
				return "dropped"
			case strings.Join(got, "\n") == strings.Join(want, "\n"):
				return "kept"
			case sameList(strings.Join(got, ", "), strings.Join(want, ", ")):
				return "one field with both"
			}
			return "rewritten"
		}
	}
	reply := func(status int, fields ...traffic.Header) *wire.Answer {
		a := plainAnswer()
		a.Status = status
		for _, f := range fields {
			a.Header = append(a.Header, f...)
		}
		return a
	}
	long := "probe=" + strings.Repeat("a", 4000) + "; Path=/"
	two := []string{"probe=a; Path=/", "probe2=b; Path=/; HttpOnly"}
	challenges := []string{`Bearer realm="probe"`, `Basic realm="probe"`}
	return []probe{
		{name: "set-cookie-two", sent: "an answer with two Set-Cookie", reply: reply(200, field("Set-Cookie", two[0]), field("Set-Cookie", two[1])), outcome: back("Set-Cookie", two...)},
		{name: "set-cookie-8k", sent: "an answer with two Set-Cookie of 4 KiB", reply: reply(200, field("Set-Cookie", long), field("Set-Cookie", long)), outcome: back("Set-Cookie", long, long)},
		{name: "challenge-two", sent: "401 with two WWW-Authenticate", reply: reply(401, field("WWW-Authenticate", challenges[0]), field("WWW-Authenticate", challenges[1])), outcome: back("WWW-Authenticate", challenges...)},
		{name: "redirect", sent: "303 to /probe", reply: reply(303, field("Location", "/probe")), outcome: func(p *passed) string {
			if to := p.answer.Header.Get("Location"); to != "/probe" && sameTarget(to, "/probe", p.sent.Scheme, p.sent.Host) {
				return "made absolute"
			}
			return back("Location", "/probe")(p)
		}},
		{name: "error-500", sent: "an answer of 500", reply: reply(500), outcome: func(*passed) string { return "kept" }},
		{name: "answer-trailer", sent: "an answer with a trailer", reply: func() *wire.Answer {
			a := plainAnswer()
			a.Trailer = field("X-Replay-Trailer", "a")
			return a
		}(), outcome: func(p *passed) string {
			switch {
			case p.answer.Trailer.Has("X-Replay-Trailer"):
				return "kept"
			case p.answer.Header.Has("X-Replay-Trailer"):
				return "made a field of the head"
			}
			return "dropped"
		}},
	}
}
