package scenarios

import "github.com/replaydiff/replay/scenarios/expect"

// refuses expects what most causes lead to: one of the codes, or what stands
// in for a 401: a way to the login, or a refusal under a good status.
func refuses(accepted expect.Acceptance, codes ...int) expect.Expectation {
	return expect.Expectation{Accepted: accepted, Any: []expect.Answer{
		expect.That(expect.Status(codes...)),
		expect.That(expect.Login(expect.AnyLogin)),
		expect.That(expect.Disguised()),
	}}
}

// noSession are the codes by which servers refuse who has no session: 401 and its
// kin, 403 and 404 that hide it, and 400, 419 and 422 of the CSRF check, which
// comes first in a request that writes and misses the session's token.
var noSession = []int{401, 403, 404, 419, 440, 400, 422}

// oneOf expects one of the codes and nothing that stands in for them.
func oneOf(accepted expect.Acceptance, codes ...int) expect.Expectation {
	return expect.Expectation{Accepted: accepted, Any: []expect.Answer{expect.That(expect.Status(codes...))}}
}

// or adds answers that will do as well.
func or(e expect.Expectation, more ...expect.Answer) expect.Expectation {
	e.Any = append(e.Any, more...)
	return e
}

// blocked expects that a browser keeps the answer from the page. The server
// answers what it likes: CORS never changes what it did.
func blocked(accepted expect.Acceptance) expect.Expectation {
	return expect.Expectation{Accepted: accepted, Any: []expect.Answer{expect.That(expect.Browser(expect.CORSBlocked))}}
}

// errorBack is a redirect that carries an error (RFC 6749 section 4.1.2.1).
func errorBack() expect.Answer {
	return expect.That(expect.StatusBetween(300, 399), expect.Header("location", expect.Matches(`[?&#]error=`)))
}

// elsewhere is a redirect to any place.
func sentAway() expect.Answer { return expect.That(expect.StatusBetween(300, 399)) }
