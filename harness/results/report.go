package results

import "time"

// Version is that of the JSON form of a [Report].
const Version = 1

// A Kind is what made a report.
type Kind string

// The kinds.
const (
	Run     Kind = "run"     // one capture against one target
	Pair    Kind = "pair"    // a working and a failing capture against one target
	Compare Kind = "compare" // one capture against two targets
)

// A Flow tells the captures of a [Pair] apart; it is "" in other reports.
type Flow string

// The flows of a pair.
const (
	OK  Flow = "ok"
	Bad Flow = "bad"
)

// A Report is what a replay found.
type Report struct {
	Version  int       `json:"version"`
	Kind     Kind      `json:"kind"`
	Captures []string  `json:"captures"` // files as named by the caller; two for a pair, the working one first
	Targets  []Target  `json:"targets"`
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"seconds"`
	Shard    string    `json:"shard,omitempty"` // "3/8"; "" for a whole run and for a merged report
	Stopped  *Stop     `json:"stopped,omitempty"`

	Counts Counts `json:"counts"`

	Groups    []Group      `json:"groups"`    // differences that matter, in the order of OrderOf: regressions first
	Accepted  []Group      `json:"accepted"`  // differences that the baseline knows
	Vanished  []Acceptance `json:"vanished"`  // what the baseline knows and this run did not see
	Noise     []NoiseCount `json:"noise"`     // differences that don't matter, with the reason
	Skipped   []Skip       `json:"skipped"`   // requests that were not sent, by reason
	Errors    []ErrorCount `json:"errors"`    // requests that got no answer, by what was seen, the most first
	Templates []Template   `json:"templates"` // what became of each kind of request, by name
	Exchanges []Exchange   `json:"exchanges"` // in the order of the capture, at most MaxExchanges
	Warnings  []string     `json:"warnings"`

	// Cases are, for a [Test], the scenarios, in the order of the suite.
	Cases []Case `json:"cases,omitempty"`

	// Live is, for a pair, how the live answers of both captures differ.
	Live *Live `json:"live,omitempty"`
}

// MaxExchanges is how many single exchanges a report holds. Counts and groups
// tell of all.
const MaxExchanges = 1000

// A Target is where requests went.
type Target struct {
	Role string `json:"role"` // "target", "before", "after"
	From string `json:"from"` // origin as recorded
	To   string `json:"to"`   // origin that was asked instead
}

// A Stop says why a run ended before its end.
type Stop struct {
	Reason StopReason `json:"reason"`
	Text   string     `json:"text"` // a sentence: what was seen, what to do next
}

// A StopReason is the kind of an early end.
type StopReason string

// The reasons.
const (
	Interrupted StopReason = "interrupted"
	Refusals    StopReason = "refused-credentials" // a run of 401s
	Network     StopReason = "network"             // the target can't be reached
	MaxRequests StopReason = "max-requests"
)

// Counts are numbers of exchanges of the capture. Recorded is the sum of all
// others but Sent, which is Same, Different and Unanswered.
type Counts struct {
	Recorded   int `json:"recorded"`
	Sent       int `json:"sent"`
	Same       int `json:"same"` // but for noise and what a baseline accepts
	Different  int `json:"different"`
	Unanswered int `json:"unanswered"` // network errors
	Skipped    int `json:"skipped"`    // not sent, for a reason that Skipped names
	Unsent     int `json:"unsent"`     // the run stopped before
	Extra      int `json:"extra"`      // requests beside the recorded ones: preflights, logins, repeats to learn noise
}

// A Group is one difference, seen in the answers to one kind of request.
type Group struct {
	Flow       Flow    `json:"flow,omitempty"`
	Template   string  `json:"template"`   // "GET /account/{}"
	Field      string  `json:"field"`      // path of the edit, list indices levelled: "response.set-cookie.sid.secure"
	Kind       Change  `json:"kind"`       // from the recorded answer to the live one
	Regression bool    `json:"regression"` // what worked fails, or lost its protection
	Old        *string `json:"old"`        // nil where there was none, or where it varies
	New        *string `json:"new"`
	Varies     bool    `json:"varies"` // the values differ from answer to answer
	Count      int     `json:"count"`  // answers that differ so
	Of         int     `json:"of"`     // answers to this kind of request

	Example Example  `json:"example"`
	Finding *Finding `json:"finding,omitempty"` // the cause that explains it, where one is known
}

// A Change is the direction of a difference.
type Change string

// The changes.
const (
	Lost    Change = "lost"
	Gained  Change = "gained"
	Changed Change = "changed"
	Moved   Change = "moved" // another order or spelling of the same
)

// An Example is one exchange that shows a group: the first of the capture.
type Example struct {
	Entry int     `json:"entry"` // index in the capture
	URL   string  `json:"url"`   // as sent
	Old   *string `json:"old"`
	New   *string `json:"new"`
	Curl  string  `json:"curl"` // one command, secrets masked: see CurlLine; "" where no curl can send it
}

// A Finding is a cause with what speaks for it.
type Finding struct {
	Cause      string   `json:"cause"`
	Title      string   `json:"title"`
	Confidence float64  `json:"confidence"` // 0 to 1
	Because    []string `json:"because"`    // a line each
	Fix        []Advice `json:"fix"`
}

// An Advice is what to do at one place.
type Advice struct {
	Where   string `json:"where"` // "client", "proxy", "app", …
	Text    string `json:"text"`
	Snippet string `json:"snippet,omitempty"`
}

// An Acceptance is a known difference, as a baseline file has it.
type Acceptance struct {
	Template string  `json:"template" yaml:"template"`
	Field    string  `json:"field" yaml:"field"`
	Kind     Change  `json:"kind" yaml:"kind"`
	Old      *string `json:"old,omitzero" yaml:"old,omitempty"` // nil: any
	New      *string `json:"new,omitzero" yaml:"new,omitempty"`
	Reason   string  `json:"reason,omitempty" yaml:"reason,omitempty"`
}

// A NoiseCount is a difference that does not matter, and why.
type NoiseCount struct {
	Template string `json:"template"`
	Field    string `json:"field"`
	Reason   string `json:"reason"`
	Count    int    `json:"count"`
}

// A Skip is a reason for which requests were not sent.
type Skip struct {
	Reason string `json:"reason"` // a word: "unsafe-method", "other-origin"
	Text   string `json:"text"`   // a sentence with the flag that would send them
	Count  int    `json:"count"`
	Entry  int    `json:"entry"` // the first of them
}

// An ErrorCount is a network error, and how many requests ended in it.
type ErrorCount struct {
	Text  string `json:"text"` // without what differs from request to request, such as a local port
	Count int    `json:"count"`
	Entry int    `json:"entry"` // the first of them
}

// A Template is a kind of request and what became of those that were sent.
type Template struct {
	Flow       Flow    `json:"flow,omitempty"`
	Template   string  `json:"template"`   // "GET /account/{}"
	Answers    int     `json:"answers"`    // what Group.Of of merged reports comes from
	Different  int     `json:"different"`  // of Answers, beyond noise and what a baseline accepts
	Unanswered int     `json:"unanswered"` // beside Answers
	Seconds    float64 `json:"seconds"`    // that the target took, summed up
}

// A Verdict is what became of one exchange.
type Verdict string

// The verdicts.
const (
	Same       Verdict = "same"
	Different  Verdict = "different"
	Unanswered Verdict = "unanswered"
)

// An Exchange is one answer that is not as recorded.
type Exchange struct {
	Flow     Flow    `json:"flow,omitempty"`
	Entry    int     `json:"entry"`
	Method   string  `json:"method"`
	Recorded string  `json:"recorded"` // URL of the capture
	Sent     string  `json:"sent"`     // URL that was asked
	Old      string  `json:"old"`      // outcome as recorded: "200", "302 to a login"
	New      string  `json:"new"`      // outcome now; "" where unanswered
	Verdict  Verdict `json:"verdict"`
	Error    string  `json:"error,omitempty"`
	Fields   []Field `json:"fields"`
	Curl     string  `json:"curl"`
}

// A Field is one difference in an answer.
type Field struct {
	Path string  `json:"path"`
	Kind Change  `json:"kind"`
	Old  *string `json:"old"`
	New  *string `json:"new"`
}

// Live is how the answers to the two captures of a pair differ now.
type Live struct {
	OKWorks    bool     `json:"ok_works"`          // the working capture still works
	BadFails   bool     `json:"bad_fails"`         // the failing one still fails
	Sentence   string   `json:"sentence"`          // what that means, and what to do
	Entry      *int     `json:"entry"`             // of the failing capture, where both part; nil: nowhere
	Request    string   `json:"request,omitempty"` // that of Entry: method and URL as sent
	Curl       string   `json:"curl,omitempty"`    // one command, secrets masked
	Difference []Field  `json:"difference"`
	Finding    *Finding `json:"finding,omitempty"`
}
