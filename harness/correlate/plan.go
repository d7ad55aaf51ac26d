package correlate

import (
	"slices"
	"sync"

	"github.com/replaydiff/replay/diff/traffic"
)

// A Place is where a value stands in a capture.
type Place struct {
	Entry int    // index of the exchange
	Path  string // in the notation of diff.Edit.Path: "response.body/csrf", "request.header.x-csrf-token", "response.set-cookie.xsrf.value"
}

// A Link is a value that one answer handed out and later requests carried on.
type Link struct {
	// Name is made from the names of the fields, "csrf_token", and numbered
	// where several links would have it: "csrf_token-2". It is unique in its
	// plan and the same each time the capture is read.
	Name string
	From Place
	To   []Use // at least one, in the order of the capture
}

// A Use is a place in a request where a value was carried on.
type Use struct {
	Place

	// Encoding is how the request writes the value, from the outside in:
	// "" as it is, "url", "form", "base64", "json", "html", "json url".
	Encoding string

	// Jar tells that it is a cookie in a Cookie header, which a cookie jar
	// sends: [Live.Request] leaves it alone. Only the first request that sends
	// a cookie is listed.
	Jar bool
}

// Options are what a user may say against the guesses. The zero value is the
// default.
type Options struct {
	// Off holds names of links that are wrong. An asterisk stands for any
	// text: "csrf_token*" is all of that name.
	Off []string

	// MinLength is the length in bytes from which ids are followed whose
	// names and places agree; 0 means 4. What a request created, and an ETag,
	// is followed at any length, other values only where they are too random
	// to be equal by chance. A value without a digit needs 16 bytes.
	MinLength int

	// MaxBody bounds the bytes of a body that is looked through, 0 means
	// 16 MiB. Longer ones neither hand out nor carry values.
	MaxBody int64
}

func (o Options) withDefaults() Options {
	const minLength, maxBody = 4, 16 << 20
	if o.MinLength <= 0 {
		o.MinLength = minLength
	}
	if o.MaxBody <= 0 {
		o.MaxBody = maxBody
	}
	return o
}

// A Plan is what was found in a capture. It is safe for concurrent use.
type Plan struct {
	links    []Link
	warnings []traffic.Warning
	maxBody  int64

	uses    map[int][]use         // by the entry that carries the value
	outputs map[int][]*production // by the entry that hands it out
	needs   map[int][]int
	count   int // of productions in outputs
	values  int // that these are of

	index func() *translator
}

// A production is a value at a place of an answer.
type production struct {
	number int // in Live.got
	entry  int
	value  string
	value0 int // number of the value in the translator

	key, loose, alt uint64
	path, exact     string
	meaning         meaning
	array, text     bool
	echo            bool // the request of the same exchange carried it
}

// Spotted is a value at a spot of that key.
type spotted struct {
	key   uint64
	value string
}

// A use is a place that is to be filled.
type use struct {
	spotted
	link       int // into Plan.links
	quiet      bool
	place      Place
	candidates []*production // the best first
}

// Links returns what was found, in the order of first use, without what was
// switched off. The caller must not change it.
func (p *Plan) Links() []Link { return p.links }

// Value is the recorded value of a link, by its index in Links, as the answer
// had it; "" where no request was to be filled with it, as with cookies.
func (p *Plan) Value(link int) string {
	for _, uses := range p.uses {
		for _, u := range uses {
			if u.link == link {
				return u.value
			}
		}
	}
	return ""
}

// Warnings tells which entries can't be carried on although a value in them
// should be: their signature covers it.
func (p *Plan) Warnings() []traffic.Warning { return p.warnings }

// Needs returns the entries whose answers the request of an entry waits for:
// each once, ascending. They were all answered before it when recorded.
func (p *Plan) Needs(entry int) []int { return p.needs[entry] }

// settle works out from the uses what has to be learned and awaited.
func (p *Plan) settle(produced map[uint64][]*production) {
	p.outputs, p.needs = make(map[int][]*production), make(map[int][]int)
	linked := make(map[uint64]bool)
	for entry, uses := range p.uses {
		for _, u := range uses {
			linked[hashOf(u.value)] = true
			p.needs[entry] = append(p.needs[entry], u.candidates[0].entry)
		}
		slices.Sort(p.needs[entry])
		p.needs[entry] = slices.Compact(p.needs[entry])
	}
	var values [][]*production
	for h := range linked {
		values = append(values, produced[h])
		for _, made := range produced[h] {
			made.number, made.value0 = p.count, len(values)-1
			p.count++
			p.outputs[made.entry] = append(p.outputs[made.entry], made)
		}
	}
	p.values = len(values)
	p.index = sync.OnceValue(func() *translator { return newTranslator(values) })
}
