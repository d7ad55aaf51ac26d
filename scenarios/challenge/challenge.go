// Package challenge reads WWW-Authenticate and Proxy-Authenticate (RFC 9110
// section 11.6): what a server wants to see, and so often the reason for a 401.
//
// Commas part both challenges and parameters, so the field cannot be split
// before it is understood; Parse scans it. It never fails: what is broken is
// read as far as it goes and named in Flaws.
//
// Law: Parse(Format(Parse(x))) equals Parse(x), but for the flaws.
package challenge

import "strings"

// A Challenge is one authentication scheme that the server offers.
type Challenge struct {
	Scheme  string  // as written, compared without case; empty only with NoScheme
	Token68 string  // the blob of Negotiate and NTLM
	Params  []Param // in order, duplicates included
	Flaws   []Flaw  // what is not as RFC 9110 wants it
}

// A Param is one parameter; the name is compared without case, the value not.
type Param struct {
	Name   string // as written
	Value  string // without quotes and escapes
	Quoted bool   // it was, or has to be, in quotes
}

// A Flaw is a kind of mistake that is seen in the wild.
type Flaw string

const (
	Unterminated Flaw = "unterminated-quote"  // a quote that never ends
	SingleQuotes Flaw = "single-quotes"       // 'x' is not a quoted-string
	Unquoted     Flaw = "unquoted-value"      // a value that is no token, without quotes
	EmptyValue   Flaw = "empty-value"         // name= and nothing behind
	MissingComma Flaw = "missing-comma"       // two parameters or challenges without a comma
	Duplicate    Flaw = "duplicate-parameter" // the first one counts
	Stray        Flaw = "stray-text"          // text that is neither, left out
	NoScheme     Flaw = "no-scheme"           // a parameter before any scheme
)

// Is tells whether the challenge is of that scheme.
func (c Challenge) Is(scheme string) bool { return strings.EqualFold(c.Scheme, scheme) }

// Get returns the value of the first parameter of that name.
func (c Challenge) Get(name string) (value string, present bool) {
	for _, p := range c.Params {
		if strings.EqualFold(p.Name, name) {
			return p.Value, true
		}
	}
	return "", false
}

// String writes the challenge as RFC 9110 wants it.
func (c Challenge) String() string {
	var b strings.Builder
	b.WriteString(c.Scheme)
	if c.Token68 != "" {
		b.WriteString(" " + c.Token68)
	}
	for i, p := range c.Params {
		switch {
		case i > 0 || c.Token68 != "":
			b.WriteString(", ")
		case c.Scheme != "":
			b.WriteByte(' ')
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// String writes name=value, with quotes where they are needed.
func (p Param) String() string {
	if !p.Quoted && isToken(p.Value) {
		return p.Name + "=" + p.Value
	}
	return p.Name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(p.Value) + `"`
}

// Format writes all challenges as one field value.
func Format(challenges []Challenge) string {
	parts := make([]string, len(challenges))
	for i, c := range challenges {
		parts[i] = c.String()
	}
	return strings.Join(parts, ", ")
}
