package correlate

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// Answer learns what the live answer to an entry hands out. Recorded is the
// answer of the capture, live the one of now; nil teaches nothing.
func (l *Live) Answer(entry int, recorded, live *traffic.Response) {
	wanted := l.plan.outputs[entry]
	if len(wanted) == 0 || live == nil {
		return
	}
	e := extraction{wanted: wanted, got: make([]learnt, len(wanted)), second: make([]string, len(wanted)), kept: make([]bool, len(wanted)), maxBody: l.plan.maxBody}
	e.walk(live)
	e.follow(recorded, live)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answered[entry] = true
	for i, p := range wanted {
		got := e.result(i)
		l.got[p.number] = got
		if got.value != "" && (!got.guess || l.last[p.value0] == "") {
			l.last[p.value0] = got.value
		}
	}
}

// An extraction finds in a live answer what stands at the places of a recorded
// one.
type extraction struct {
	wanted  []*production
	got     []learnt
	second  []string // at the less exact place
	kept    []bool   // the recorded value is still there, be it at another place of its list
	maxBody int64
}

func (e *extraction) walk(live *traffic.Response) {
	at := make(map[uint64][]int, 2*len(e.wanted))
	kept := make(map[spotted]int, len(e.wanted))
	for i, p := range e.wanted {
		at[p.key] = append(at[p.key], i)
		kept[spotted{p.loose, p.value}] = i
		if p.alt != 0 {
			at[p.alt] = append(at[p.alt], i)
		}
	}
	w := walker{short: true, visit: func(s *spot, value string) (string, bool) {
		for _, i := range at[s.key] {
			e.see(i, s, value)
		}
		if s.alt != 0 {
			for _, i := range at[s.alt] {
				e.see(i, s, value)
			}
		}
		if i, ok := kept[spotted{s.loose, value}]; ok {
			e.kept[i] = true
		}
		return "", false
	}}
	w.response(live, e.maxBody)
	for i, p := range e.wanted { // the same value may be wanted at several indices
		e.kept[i] = e.kept[kept[spotted{p.loose, p.value}]]
	}
}

func (e *extraction) see(i int, s *spot, value string) {
	p := e.wanted[i]
	if s.key == p.key && e.got[i].value == "" {
		e.got[i].value = value
	}
	if p.alt != 0 && (s.alt == p.alt || s.key == p.alt) && e.second[i] == "" {
		e.second[i] = value
	}
}

// result is what was found for a place: the recorded value where it is in use
// still, for a list may only have another order.
func (e *extraction) result(i int) learnt {
	switch {
	case e.kept[i]:
		return learnt{value: e.wanted[i].value}
	case e.got[i].value != "":
		return e.got[i]
	}
	return learnt{value: e.second[i]}
}

// follow finds elements of lists that moved by what stands beside the value.
func (e *extraction) follow(recorded, live *traffic.Response) {
	var old, new document
	moved := make(map[uint64]int)
	for i, p := range e.wanted {
		if !p.array || e.kept[i] || !strings.HasPrefix(p.exact, "response.body/") {
			continue
		}
		if old.value == nil && (!old.read(recorded, e.maxBody) || !new.read(live, e.maxBody)) {
			return
		}
		path, sure := movedPath(old.value, new.value, strings.TrimPrefix(p.exact, "response.body"), p.value)
		e.got[i].guess = !sure
		if sure {
			e.got[i].value = ""
			moved[fnv(fnvOffset, "response.body"+path)] = i
		}
	}
	if len(moved) == 0 {
		return
	}
	w := walker{short: true, visit: func(s *spot, value string) (string, bool) {
		if i, ok := moved[s.key]; ok && e.got[i].value == "" {
			e.got[i].value = value
		}
		return "", false
	}}
	w.response(live, e.maxBody)
}
