package tree

// An Op is what an edit does.
type Op string

// The operations.
const (
	Add     Op = "add"
	Remove  Op = "remove"
	Replace Op = "replace"
	Respell Op = "respell" // the label of a kid: case of a header name, escaping of a key
	Layout  Op = "layout"  // the style of a text: separators, indentation, boundary
	Reorder Op = "reorder" // the order of kids
)

// An Edit is one difference. Its coordinates are those of the original alone,
// so that every subset of a list of edits applies.
type Edit struct {
	Op   Op
	Keys []string // the keys on the way down: for people and filters, not for Apply
	At   []int    // the indices of kids on the way down; of an Add, up to its parent

	Old, New string // texts; labels of a Respell, styles of a Layout, empty of a Reorder

	Label string // of an Add: the new kid's label
	After int    // of an Add: the index of the original kid it follows, -1 for the front
	Rank  int    // of an Add: its index among the new kids
	Order []int  // of a Reorder: for each original kid its index among the new kids, or -1
}
