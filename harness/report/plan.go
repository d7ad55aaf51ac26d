package report

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/replaydiff/replay/harness/results"
)

// Plan writes what a replay would send: to where, in which session, what is
// left out and why, and which values are carried on from which answer to which
// request.
func Plan(w io.Writer, plan *results.Plan, o RunOptions) error {
	t := &planText{runText: runText{page: newPage(w, o.Terminal), r: &results.Report{Captures: plan.Captures}, all: o.All}, plan: plan}
	t.summary()
	t.targets()
	t.sessions()
	t.links()
	t.skips()
	t.gap = true
	t.warnings(plan.Warnings)
	return t.Flush()
}

type planText struct {
	runText
	plan *results.Plan
}

// sessions are the requests that would be sent, by session in the order of
// their first one.
func sessionsOf(requests []results.PlanRequest) [][]results.PlanRequest {
	var sessions [][]results.PlanRequest
	type key struct {
		flow    results.Flow
		session int
	}
	at := map[key]int{}
	for _, r := range requests {
		if r.Skip != nil {
			continue
		}
		k := key{r.Flow, r.Session}
		i, known := at[k]
		if !known {
			i = len(sessions)
			at[k], sessions = i, append(sessions, nil)
		}
		sessions[i] = append(sessions[i], r)
	}
	return sessions
}

func (t *planText) summary() {
	sent := 0
	for _, r := range t.plan.Requests {
		if r.Skip == nil {
			sent++
		}
	}
	sessions := len(sessionsOf(t.plan.Requests))
	text := fmt.Sprintf("would send %d of %s", sent, count(len(t.plan.Requests), "request", "requests"))
	switch {
	case len(t.plan.Requests) == 0:
		text = "there is no request to send"
	case sent == 0:
		text = "would send nothing: " + all(len(t.plan.Requests), "request") + " left out"
	default:
		text += " in " + count(sessions, "session", "sessions")
	}
	t.line(2, span{bold, text})
	files := make([]string, len(t.plan.Captures))
	for i, file := range t.plan.Captures {
		files[i] = safe(file)
	}
	note := strings.Join(append(files, "nothing was sent"), ", ")
	if t.plan.Shard != "" {
		note += ", shard " + safe(t.plan.Shard)
	}
	t.line(2, span{dim, note})
}

func (t *planText) targets() {
	t.gap = true
	label := "target"
	for n, to := range t.plan.Targets {
		if left := len(t.plan.Targets) - n; n >= maxRows && left > 1 && !t.all {
			t.more(left, "target")
			return
		}
		role := ""
		if to.Role != "target" && to.Role != "" {
			role = safe(to.Role) + "  "
		}
		t.item(cyan, label, plain(role+safe(to.From)+" → "), span{green, safe(to.To)})
		label = ""
	}
}

// maxPlanned bounds the requests and the links that are listed.
const maxPlanned = 100

func (t *planText) sessions() {
	rows, total := 0, 0
	sessions := sessionsOf(t.plan.Requests)
	for _, s := range sessions {
		total += len(s)
	}
	for _, s := range sessions {
		t.gap = true
		label := "session " + strconv.Itoa(s[0].Session)
		for _, r := range s {
			if rows++; rows > maxPlanned && total-maxPlanned > 1 && !t.all {
				t.more(total-maxPlanned, "request")
				return
			}
			t.request(label, r)
			label = ""
		}
	}
}

func (t *planText) request(label string, r results.PlanRequest) {
	if label != "" {
		label += " "
	}
	number := pad("#"+strconv.Itoa(r.Entry), 6)
	note := t.flow(r.Flow)
	if r.Note != "" {
		note += "  " + safe(r.Note)
	}
	room := max(t.width()-runColumn-len(number)-columns(note), t.width()/3)
	t.item(cyan, label, span{dim, number}, plain(cutMiddle(pad(safe(r.Method), 4)+" "+safe(r.Sent), room)), span{dim, note})
}

// links tells of each value that is carried on where it comes from and where
// it goes to.
func (t *planText) links() {
	rows := 0
	label := "carried on"
	links := t.plan.Links
	for len(links) > 0 {
		own := links[:1]
		for len(own) < len(links) && sameValue(links[0], links[len(own)]) {
			own = links[:len(own)+1]
		}
		links = links[len(own):]
		if rows++; rows > maxPlanned && !t.all {
			t.more(len(own)+len(links), "value")
			return
		}
		t.gap = label != ""
		t.link(label, own)
		label = ""
	}
}

func sameValue(a, b results.PlanLink) bool {
	return a.Flow == b.Flow && a.Name == b.Name && a.From == b.From
}

func (t *planText) link(label string, links []results.PlanLink) {
	first := links[0]
	value := ""
	if first.Value != "" {
		value = "  " + cut(safe(first.Value), 40)
	}
	t.item(cyan, label, span{bold, safe(first.Name)}, span{dim, value + t.flow(first.Flow)})
	space := strings.Repeat(" ", runColumn+2)
	t.line(runColumn+4, plain(fmt.Sprintf("%sfrom entry %d  %s", space, first.From.Entry, safe(first.From.Path))))
	for _, to := range placesOf(links) {
		t.line(runColumn+4, plain(space+"to   "+to))
	}
}

// placesOf tells where a value goes, requests of the same place in one line.
func placesOf(links []results.PlanLink) []string {
	var order []string
	entries := map[string][]int{}
	for _, l := range links {
		place := safe(l.To.Path)
		if l.Encoding != "" {
			place += " (" + safe(l.Encoding) + ")"
		}
		if !slices.Contains(order, place) {
			order = append(order, place)
		}
		entries[place] = append(entries[place], l.To.Entry)
	}
	lines := make([]string, len(order))
	for i, place := range order {
		lines[i] = entryList(entries[place]) + "  " + place
	}
	return lines
}

// maxEntries bounds the entries that a line names.
const maxEntries = 6

func entryList(entries []int) string {
	if len(entries) == 1 {
		return fmt.Sprintf("entry %d", entries[0])
	}
	var names []string
	for n, entry := range entries {
		if left := len(entries) - n; n == maxEntries && left > 1 {
			return "entries " + strings.Join(names, ", ") + " and " + strconv.Itoa(left) + " more"
		}
		names = append(names, strconv.Itoa(entry))
	}
	return "entries " + strings.Join(names, ", ")
}

// skips tells what would not be sent, by reason, with the requests.
func (t *planText) skips() {
	var order []results.Why
	requests := map[results.Why][]results.PlanRequest{}
	for _, r := range t.plan.Requests {
		if r.Skip == nil {
			continue
		}
		if _, known := requests[*r.Skip]; !known {
			order = append(order, *r.Skip)
		}
		requests[*r.Skip] = append(requests[*r.Skip], r)
	}
	t.gap = true
	label := "skipped"
	for _, why := range order {
		own := requests[why]
		t.item(cyan, label, plain(count(len(own), "request", "requests")+": "+safe(why.Text)))
		label = ""
		for n, r := range own {
			if left := len(own) - n; n == maxFields && left > 1 && !t.all {
				t.more(left, "request")
				break
			}
			request := safe(r.Method) + " " + safe(r.Recorded) + t.flow(r.Flow)
			number := pad("#"+strconv.Itoa(r.Entry), 6)
			t.line(runColumn+4, span{dim, strings.Repeat(" ", runColumn) + number + cutMiddle(request, t.width()-runColumn-len(number))})
		}
	}
}
