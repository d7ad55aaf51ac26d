package answers

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// The reasons of what was learnt.
const (
	variesItself diff.Noise = "differs from itself"
	comesAndGoes diff.Noise = "comes and goes"
	lengthVaries diff.Noise = "length varies"
)

// An Aspect is what of a field differs from itself. They are learnt apart: that
// a price changes does not excuse its absence.
type Aspect string

// The aspects.
const (
	Value    Aspect = "value"
	Type     Aspect = "type"     // of a JSON value: a string here, null there
	Presence Aspect = "presence" // a key or header comes and goes
	Length   Aspect = "length"   // of a list
)

// A Learnt is one thing that differs from itself.
type Learnt struct {
	Template string
	Field    string // as in results.Group
	Aspect   Aspect
	Differed int // pairs of answers that differed in it
	Of       int // pairs of answers that were compared
}

// A Learner knows what differs from itself: fields that had another value when
// the same request was answered again by the same target. The zero value has
// learnt nothing; it is safe for concurrent use and must not be copied after
// its first use.
type Learner struct {
	mu        sync.RWMutex
	templates map[string]*lessons
}

// lessons are what was learnt of one kind of request.
type lessons struct {
	pairs  int
	fields map[lesson]int
	values map[string]bool // fields that had another value, be it noise or never learnt
	lines  lineLessons
}

type lesson struct {
	field  string
	aspect Aspect
}

// Learn compares two answers of one target to the same request. The template
// is that of the request, as [TemplateOf] makes it.
func (l *Learner) Learn(template string, a, b *traffic.Exchange) {
	changes := Comparer{}.Differences(a, b)
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.templates[template]
	if known == nil {
		if l.templates == nil {
			l.templates = map[string]*lessons{}
		}
		known = &lessons{fields: map[lesson]int{}, values: map[string]bool{}}
		l.templates[template] = known
	}
	known.pairs++
	seen := map[lesson]bool{}
	for i := range changes {
		c := &changes[i]
		if c.Op == diff.Replace && c.Side == diff.Response {
			known.values[leveled(c.Edit).Path()] = true
		}
		if c.Noise != "" || neverLearnt(c) {
			continue
		}
		if isLine(c) {
			known.lines.learn(c.Old, c.New)
			continue
		}
		if key := lessonOf(c); !seen[key] {
			seen[key] = true
			known.fields[key]++
		}
	}
}

// Judge marks the changes that the learner knows to be noise, in place, and
// returns them. Status and whatever carries authority stay as they are.
func (l *Learner) Judge(template string, changes []diff.Change) []diff.Change {
	l.mu.RLock()
	defer l.mu.RUnlock()
	known := l.templates[template]
	if known == nil {
		return changes
	}
	for i := range changes {
		c := &changes[i]
		if c.Noise == "" && !neverLearnt(c) {
			c.Noise = known.noise(c)
		}
	}
	return changes
}

// Varies tells whether a field, as in results.Group, had another value when the
// same request was answered again: also one that is never learnt to be noise,
// such as the Location of what was just made.
func (l *Learner) Varies(template, field string) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	known := l.templates[template]
	return known != nil && known.values[field]
}

func (k *lessons) noise(c *diff.Change) diff.Noise {
	if isLine(c) {
		if k.lines.know(c.Old, c.New) {
			return variesItself
		}
		return ""
	}
	key := lessonOf(c)
	if k.fields[key] == 0 {
		return ""
	}
	switch key.aspect {
	case Presence:
		return comesAndGoes
	case Length:
		return lengthVaries
	}
	return variesItself
}

// Learnt lists what differs from itself, by template and field.
func (l *Learner) Learnt() []Learnt {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var list []Learnt
	for template, known := range l.templates {
		for key, n := range known.fields {
			list = append(list, Learnt{template, key.field, key.aspect, n, known.pairs})
		}
		if n := known.lines.seen; n > 0 {
			list = append(list, Learnt{template, "response.body.{}", Value, n, known.pairs})
		}
	}
	slices.SortFunc(list, func(a, b Learnt) int {
		return cmp.Or(strings.Compare(a.Template, b.Template), strings.Compare(a.Field, b.Field), strings.Compare(string(a.Aspect), string(b.Aspect)))
	})
	return list
}

// neverLearnt tells what stays a difference although it differs from itself:
// a status that flaps, a cookie that is set now and then, a role.
func neverLearnt(c *diff.Change) bool {
	switch c.Part {
	case diff.Header:
		return security(c.Name) || strings.HasPrefix(c.Name, "access-control-") || strings.HasSuffix(c.Name, "-authenticate") ||
			c.Name == "location" || c.Name == "vary" || c.Name == "cache-control" || c.Name == "content-type" || diff.CarriesAuthority(c.Name)
	case diff.Body:
		return strings.HasPrefix(c.Name, "/") && diff.CarriesAuthority(memberOf(c.Name))
	}
	return true
}

func lessonOf(c *diff.Change) lesson {
	l := lesson{leveled(c.Edit).Path(), Value}
	switch c.Op {
	case diff.Add, diff.Remove:
		l.aspect = Presence
		if i := strings.LastIndexByte(c.Name, '/'); i >= 0 && c.Part == diff.Body && allDigits(c.Name[i+1:]) {
			l.aspect = Length
		}
	case diff.Replace:
		if strings.HasPrefix(c.Name, "/") && typeOf(c.Old) != typeOf(c.New) {
			l.aspect = Type
		}
	}
	return l
}

// typeOf is the first byte of a JSON value where that tells its type.
func typeOf(raw string) byte {
	switch {
	case raw == "":
		return 0
	case raw[0] == '-' || isDigit(raw[0]):
		return '0'
	case raw[0] == 't' || raw[0] == 'f':
		return 't'
	}
	return raw[0]
}
