package expect

import (
	"time"
)

// A Condition adds something to the description of an answer.
type Condition func(*Answer)

// That is the answer in which all conditions hold.
func That(conditions ...Condition) Answer {
	var a Answer
	for _, add := range conditions {
		add(&a)
	}
	return a
}

// AnyOf expects one of the answers.
func AnyOf(answers ...Answer) Expectation { return Expectation{Any: answers} }

// Status wants one of the codes.
func Status(codes ...int) Condition {
	return func(a *Answer) {
		for _, code := range codes {
			a.Status = append(a.Status, Span{code, code})
		}
	}
}

// StatusBetween wants a code in a range, both ends included.
func StatusBetween(from, to int) Condition {
	return func(a *Answer) { a.Status = append(a.Status, Span{from, to}) }
}

// Challenge wants a challenge of the scheme, with parameters as given.
func Challenge(scheme string, params ...Field) Condition {
	return func(a *Answer) { a.Challenges = append(a.Challenges, Auth{scheme, params}) }
}

// Param is a parameter of a [Challenge], an attribute of a [Cookie].
func Param(name string, want Value) Field { return Field{name, want} }

// Header wants a value of a header field; with Absent, that there is none.
func Header(name string, want Value) Condition {
	return func(a *Answer) { a.Headers = append(a.Headers, Field{name, want}) }
}

// Cookie wants something done to a cookie; attributes are of the line that
// sets it.
func Cookie(name string, state CookieState, attributes ...Field) Condition {
	return func(a *Answer) { a.Cookies = append(a.Cookies, SetCookie{name, state, attributes}) }
}

// JSON wants a value in a JSON body, by JSON Pointer: "/error/code".
func JSON(pointer string, want Value) Condition {
	return func(a *Answer) { a.JSON = append(a.JSON, Member{pointer, want}) }
}

// Body wants something of the body as text.
func Body(want Value) Condition {
	return func(a *Answer) { a.Body = append(a.Body, want) }
}

// Login wants to be asked for a login in that form.
func Login(form LoginForm) Condition { return func(a *Answer) { a.Login = form } }

// Disguised wants a refusal under a good status.
func Disguised() Condition { return func(a *Answer) { a.Disguised = true } }

// Speaks wants a refusal in that voice.
func Speaks(v Voice) Condition { return func(a *Answer) { a.Voice = v } }

// Unanswered wants that no answer comes.
func Unanswered() Condition { return func(a *Answer) { a.Unanswered = true } }

// SameAsRecorded wants the recorded answer again, but for noise.
func SameAsRecorded() Condition { return func(a *Answer) { a.Recorded = true } }

// Browser wants that verdict of a browser.
func Browser(v CORS) Condition { return func(a *Answer) { a.CORS = v } }

// Within wants the whole answer in that time.
func Within(d time.Duration) Condition { return func(a *Answer) { a.Within = d } }
