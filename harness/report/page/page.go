package page

import "iter"

// MaxBytes is about how long a page may get: blocks that would go beyond it
// are left out, and the page says of which rows.
const MaxBytes = 20 << 20

// A Page is what one page shows. Every string in it has passed the masker. The
// zero value is an empty page.
type Page struct {
	Command  string   // that made it: "diff", "run"
	Title    string   // of the window
	Headline Headline // what came out, where no verdict says it
	Columns  []string // names of the sides, one or two: the files, the targets
	Sources  []Source // what was read, or asked
	Warnings []string

	Verdicts []Verdict
	Blocks   []Block // what else stands above the flow

	Flow    string // the heading above the rows: "flow", "scenarios"
	Rows    []Row  // in their order
	Clocked bool   // the rows are of captures: that none of them has a time is worth a word
	Missing string // which rows are not there, and what shows them; "" where all are

	// Blocks of single rows by the index of the row, in the order in which room
	// is given to them: the row that somebody opens first comes first. Nil is
	// none.
	Details iter.Seq2[int, []Block]

	Summary string // what was compared, in a line

	// Plain is the same as text for a terminal, for those who see the page where
	// no script runs: mail, previews of attachments.
	Plain string
}

// A Headline is a sentence on top of the page.
type Headline struct {
	Text string `json:"text"`
	Tone Tone   `json:"tone"`
	More string `json:"more,omitzero"` // a second line, smaller
}

// A Tone is how a thing is to be taken. It is told by a word or a sign as well
// as by colour.
type Tone string

// The tones.
const (
	Neutral Tone = ""
	Good    Tone = "good"
	Bad     Tone = "bad"
	Warn    Tone = "warn"
)

// A Source is a capture or a target.
type Source struct {
	Name string `json:"name"`
	Text string `json:"text"` // "har by Firefox 140, 12 entries"
}

// A Row is a line of the flow: a pair of exchanges, an exchange that one side
// alone has, a scenario.
type Row struct {
	ID     string  `json:"id"` // for links: "bad-14", of letters, digits, "-"; one row's alone
	Name   string  `json:"name"`
	Kind   string  `json:"kind,omitzero"` // the method, the verdict on a scenario
	Old    *Answer `json:"old,omitzero"`  // nil: that side has none
	New    *Answer `json:"new,omitzero"`
	Differ bool    `json:"differ,omitzero"` // how both end is not the same

	Changes int    `json:"changes,omitzero"` // that matter
	Noise   int    `json:"noise,omitzero"`
	Names   string `json:"names,omitzero"` // of what changed and matters: "authorization, body"
	Note    string `json:"note,omitzero"`  // how it was paired, why it was left out
	Tone    Tone   `json:"tone,omitzero"`
	First   bool   `json:"first,omitzero"` // the first divergence, or what is to be looked at first
}

// An Answer is how one side of a row ended, and when.
type Answer struct {
	Entry  int     `json:"entry"`
	Status int     `json:"status,omitzero"` // 0: none was seen
	Text   string  `json:"text"`            // "200", "302 to a login", "blocked"
	Failed bool    `json:"failed,omitzero"`
	Timed  bool    `json:"timed,omitzero"` // the next two are known
	Start  float64 `json:"start,omitzero"` // milliseconds since its side began
	Length float64 `json:"length,omitzero"`
}
