package page

// A Verdict is what is known of one failure, in the order in which a terminal
// shows it.
type Verdict struct {
	Request string `json:"request"` // "GET https://api.test/orders"
	Old     string `json:"old"`     // how both ended: "200"; "" where there is no such
	New     string `json:"new"`
	Differ  bool   `json:"differ,omitzero"`
	Where   string `json:"where"`        // "ok.har entry 1, bad.har entry 1"
	Row     string `json:"row,omitzero"` // the ID of its row

	Cause      string  `json:"cause"` // the id of a cause; a sentence where Confidence is 0
	Sure       string  `json:"sure,omitzero"`
	Confidence float64 `json:"confidence,omitzero"` // 0 to 1
	Means      string  `json:"means,omitzero"`

	Evidence []Evidence `json:"evidence,omitzero"` // the strongest first
	Against  []Evidence `json:"against,omitzero"`
	Facts    []Fact     `json:"facts,omitzero"` // explains, set off, who, ask
	Fixes    []Fix      `json:"fixes,omitzero"`
	Doubts   []Fact     `json:"doubts,omitzero"` // what can't be told, and the test that tells
	Others   []Guess    `json:"others,omitzero"` // what else it can be

	Blocks []Block `json:"blocks,omitzero"` // what changed in the request that fails
}

// Evidence is a place with its values and what they say.
type Evidence struct {
	Place    string `json:"place,omitzero"` // "request authorization claims.exp"
	Op       Op     `json:"op,omitzero"`
	Old      string `json:"old,omitzero"`
	New      string `json:"new,omitzero"`
	Note     string `json:"note,omitzero"`
	Strength string `json:"strength,omitzero"` // "decisive", "strong", "weak"
	Row      string `json:"row,omitzero"`      // the ID of the row that it is of
}

// A Fact is a labelled line: who answered, what else it explains.
type Fact struct {
	Label string `json:"label"`
	Text  string `json:"text"`
}

// A Fix is what to do at one place.
type Fix struct {
	Where string `json:"where"` // "client", "nginx"
	Text  string `json:"text"`
	Code  string `json:"code,omitzero"`
}

// A Guess is another cause that was considered.
type Guess struct {
	Cause      string  `json:"cause"`
	Sure       string  `json:"sure,omitzero"`
	Confidence float64 `json:"confidence,omitzero"`
	Means      string  `json:"means,omitzero"`
}
