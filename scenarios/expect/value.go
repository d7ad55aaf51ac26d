package expect

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// An Op is how a value is compared.
type Op string

// The comparisons.
const (
	OpIs       Op = "is"
	OpContains Op = "contains"
	OpMatches  Op = "matches" // a regular expression (RE2)
	OpPresent  Op = "present"
	OpAbsent   Op = "absent"
)

// Ops lists them all.
func Ops() []Op { return []Op{OpIs, OpContains, OpMatches, OpPresent, OpAbsent} }

// A Value is what one text must be. The zero value is never met.
type Value struct {
	Op   Op
	Text string // of OpIs, OpContains, OpMatches
}

// Is wants exactly the text. In JSON, numbers and words are written as they
// stand there: Is("401"), Is("true").
func Is(text string) Value { return Value{OpIs, text} }

// Contains wants the text anywhere.
func Contains(text string) Value { return Value{OpContains, text} }

// Matches wants a match of a regular expression anywhere, in the syntax of
// package regexp.
func Matches(pattern string) Value { return Value{OpMatches, pattern} }

// Present wants that there is a value, be it empty.
func Present() Value { return Value{Op: OpPresent} }

// Absent wants that there is none.
func Absent() Value { return Value{Op: OpAbsent} }

// Check returns what is wrong with the value itself.
func (v Value) Check() error {
	switch v.Op {
	case OpIs, OpContains:
	case OpPresent, OpAbsent:
		if v.Text != "" {
			return fmt.Errorf("%s takes no text", v.Op)
		}
	case OpMatches:
		return checkPattern(v.Text)
	default:
		return fmt.Errorf("no comparison %q", v.Op)
	}
	return nil
}

// maxPattern bounds the steps of a compiled pattern: matching takes as many
// times the length of the text, and {1000} is a thousand in six bytes.
const maxPattern = 10_000

// checkPattern tells what is wrong with a regular expression. What it holds is
// not repeated: it may have been made from a value.
func checkPattern(pattern string) error {
	parsed, err := syntax.Parse(pattern, syntax.Perl)
	if e, ok := errors.AsType[*syntax.Error](err); ok {
		return errors.New("no regular expression: " + e.Code.String())
	}
	if err != nil {
		return errors.New("no regular expression")
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil || len(program.Inst) > maxPattern {
		return fmt.Errorf("a regular expression of more than %d steps: nobody waits for its match", maxPattern)
	}
	return nil
}

// Met tells whether any of the values that are there is as wanted; with none,
// only Absent is met. A pattern that does not compile is met by nothing.
func (v Value) Met(there []string) bool {
	switch v.Op {
	case OpAbsent:
		return len(there) == 0
	case OpPresent:
		return len(there) > 0
	}
	var pattern *regexp.Regexp
	if v.Op == OpMatches {
		compiled, err := regexp.Compile(v.Text)
		if err != nil || checkPattern(v.Text) != nil {
			return false
		}
		pattern = compiled
	}
	for _, s := range there {
		switch {
		case v.Op == OpIs && s == v.Text, v.Op == OpContains && strings.Contains(s, v.Text), pattern != nil && pattern.MatchString(s):
			return true
		}
	}
	return false
}

// String is the value for people.
func (v Value) String() string {
	switch v.Op {
	case OpPresent:
		return "any value"
	case OpAbsent:
		return "none"
	case OpContains:
		return fmt.Sprintf("one that contains %q", v.Text)
	case OpMatches:
		return fmt.Sprintf("one that matches %q", v.Text)
	}
	return fmt.Sprintf("%q", v.Text)
}
