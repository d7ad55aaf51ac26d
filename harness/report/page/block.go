package page

// A Block is a piece of a page below a title: one of its other fields is set.
type Block struct {
	Title   string   `json:"title,omitzero"`
	Note    string   `json:"note,omitzero"` // a sentence below the title
	Changes []Change `json:"changes,omitzero"`
	Message *Message `json:"message,omitzero"`
	Table   *Table   `json:"table,omitzero"`
	Checks  []Check  `json:"checks,omitzero"`
	Code    Text     `json:"code,omitzero"` // a command, a configuration: shown as it is to be typed
}

// A Text is a string that may well stand in a page many times. A file has it
// once.
type Text string

// An Op is what a change does.
type Op string

// The operations, those of package diff.
const (
	Add     Op = "add"
	Remove  Op = "remove"
	Replace Op = "replace"
	Reorder Op = "reorder"
	Respell Op = "respell" // the same, written differently
	Layout  Op = "layout"
)

// A Change is one difference, between old and new.
type Change struct {
	Section string `json:"section,omitzero"` // "header", "cookie", "response": a heading for all that follow
	Place   Text   `json:"place"`            // "authorization scheme"
	Op      Op     `json:"op"`
	Old     Text   `json:"old,omitzero"`
	New     Text   `json:"new,omitzero"`
	Noise   string `json:"noise,omitzero"` // why it does not matter; such are hidden until asked for
	Note    Text   `json:"note,omitzero"`  // said in place of the values
}

// A Message is a request or an answer, or both sides of one beside each other.
type Message struct {
	Lines []Line `json:"lines"`
	Old   *Body  `json:"old,omitzero"` // nil: that side has none
	New   *Body  `json:"new,omitzero"`
}

// A Line is a field of a message. A file has equal ones once.
type Line struct {
	Name string
	Old  *string // nil: that side does not have it
	New  *string
	Mark Mark
}

// A Mark says whether both sides of a line are alike.
type Mark uint8

// The marks.
const (
	Same    Mark = iota
	Changed      // in what matters
	Noise        // in what does not
)

// A Body is the content of a message.
type Body struct {
	Text Text   `json:"text"`
	Note string `json:"note,omitzero"` // what is not shown of it, and why
}

// A Table has a heading row and rows of cells.
type Table struct {
	Columns []string `json:"columns"`
	Rows    [][]Cell `json:"rows"`
	Prose   bool     `json:"prose,omitzero"` // the cells are sentences, not what was on the wire
}

// A Cell is one cell of a table.
type Cell struct {
	Text Text `json:"text"`
	More Text `json:"more,omitzero"` // below it, smaller: the sentence that explains it
	Tone Tone `json:"tone,omitzero"`
}

// A Check is one rule that was applied.
type Check struct {
	Name  string `json:"name"` // what the rule asks for
	State State  `json:"state"`
	Text  Text   `json:"text,omitzero"` // what was compared, or why it failed
	Ref   string `json:"ref,omitzero"`  // the section of a standard
}

// A State says what became of a rule.
type State string

// The states.
const (
	Passed     State = "passed"
	Failed     State = "failed"
	NotReached State = "not reached"
	Unknown    State = "unknown"
)
