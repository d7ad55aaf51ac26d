package tree

// A Mode says how the kids of two Parts are matched, and whether their order
// says something.
type Mode uint8

// The modes.
const (
	Record   Mode = iota // fixed slots by key; Join puts them in their own order
	Keyed                // by key, then by order among equal keys; order is kept
	Sequence             // by the longest common subsequence
)

// A Kid is a part of a text.
type Kid struct {
	Key   string // what it is matched by: a name in its normal form; "" in sequences
	Label string // how the name is spelled, with what joins it to the text ("page=")
	Text  string
	Codec Codec // how Text splits further; nil: it does not
}

// Parts are a text taken apart.
type Parts struct {
	Mode  Mode
	Style string // what the kids are joined with, in the codec's own notation
	Kids  []Kid
}

// A Codec takes one syntax apart. Join(Split(text)) is text whenever Split
// reports true. Join accepts any style that Split returned and any kids.
type Codec interface {
	Split(text string) (Parts, bool)
	Join(p Parts) string
}

// split takes the text apart if the codec can put it together again.
func split(c Codec, text string) (Parts, bool) {
	if c == nil {
		return Parts{}, false
	}
	p, ok := c.Split(text)
	if _, known := c.(exact); known {
		return p, ok
	}
	if !ok || c.Join(p) != text {
		return Parts{}, false
	}
	return p, true
}

// exact is implemented by codecs of long texts whose Split has made sure that
// Join gives the text.
type exact interface{ exact() }
