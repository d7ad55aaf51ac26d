package tree

import "strings"

// Fields takes a record apart that [JoinFields] made: named values of any
// bytes. It is for lists of a recorder that have no text of their own.
type Fields struct{}

var (
	escapeField   = strings.NewReplacer(`\`, `\\`, "\x00", `\0`)
	unescapeField = strings.NewReplacer(`\\`, `\`, `\0`, "\x00")
)

// Split implements Codec.
func (Fields) Split(text string) (Parts, bool) {
	p := Parts{Mode: Keyed}
	for field := range strings.SplitSeq(strings.TrimSuffix(text, "\x00"), "\x00") {
		key, value, ok := strings.Cut(field, "=")
		if !ok {
			return Parts{}, false
		}
		p.Kids = append(p.Kids, Kid{Key: key, Label: key, Text: unescapeField.Replace(value)})
	}
	return p, true
}

// Join implements Codec.
func (Fields) Join(p Parts) string {
	var b strings.Builder
	for _, kid := range p.Kids {
		b.WriteString(kid.Label + "=" + escapeField.Replace(kid.Text) + "\x00")
	}
	return b.String()
}

// JoinFields makes a record of names and values in turn; empty values but the
// first are left out.
func JoinFields(namesAndValues ...string) string {
	var p Parts
	for i := 0; i+1 < len(namesAndValues); i += 2 {
		if value := namesAndValues[i+1]; value != "" || i == 0 {
			p.Kids = append(p.Kids, Kid{Label: namesAndValues[i], Text: value})
		}
	}
	return Fields{}.Join(p)
}

// Field returns a value of a record by its name, or "".
func Field(record, name string) string {
	p, _ := Fields{}.Split(record)
	value, _ := textOf(p.Kids, name)
	return value
}
