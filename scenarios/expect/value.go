package expect

import (
	"fmt"
	"regexp"
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
		if _, err := regexp.Compile(v.Text); err != nil {
			return err
		}
	default:
		return fmt.Errorf("no comparison %q", v.Op)
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
		if err != nil {
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
