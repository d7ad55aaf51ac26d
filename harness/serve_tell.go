package harness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/shown"
)

// tell says a miss in words, for the one who reads the log of a failing test:
//
//	no recorded exchange for POST /orders: nearest is entry 7 (POST /orders)
//	  body /items/0/qty  2 → 3
//	  header x-tenant  missing
func (s *Served) tell(m Miss) string {
	who := s.name(m.Asked)
	switch m.Reason {
	case MissUpgrade:
		return who + " asks for a WebSocket or a tunnel, which a capture can't serve: answer it in the test"
	case MissTooLong:
		return who + " has a body of more than 16 MiB, which is not compared"
	case MissNoOrigin:
		return who + " is for a host that nothing was recorded of; recorded were: " + strings.Join(s.shelf.names(), ", ")
	case MissTurn:
		return fmt.Sprintf("%s fits %s, but %s comes first in the capture", who, s.Entry(m.Nearest), s.Entry(m.first))
	case MissUsedUp:
		if m.Nearest < 0 {
			return who + " comes after the last recorded exchange"
		}
		return fmt.Sprintf("no recorded exchange is left for %s: %s fits and was used already (ServeOptions.Repeat, or serve without --once, lets it answer again)", who, s.Entry(m.Nearest))
	case MissNothing:
		return "no recorded exchange for " + who + ", and nothing like it; recorded were: " + s.someKinds()
	}
	return s.tellNearest(m, who)
}

func (s *Served) tellNearest(m Miss, who string) string {
	recorded := s.recorded(m.Nearest)
	was, is := &traffic.Exchange{Request: *plain(recorded)}, &traffic.Exchange{Request: *m.Asked}
	door := shown.PairDoor(s.masker, was, is)
	lines := []string{"no recorded exchange for " + who + ": nearest is " + s.Entry(m.Nearest)}
	changes := matter(m.Changes)
	for i, c := range changes {
		if i == maxTold {
			lines = append(lines, fmt.Sprintf("and %d more", len(changes)-i))
			break
		}
		lines = append(lines, difference(door, c.Edit))
		if c.Part == diff.Header && c.Name == "origin" && s.page == nil {
			lines = append(lines, "a page that has moved is let in by ServeOptions.Page, or serve --page ORIGIN")
		}
	}
	return strings.Join(lines, "\n  ")
}

// difference says one edit of a request: "header x-tenant  missing".
func difference(door shown.Door, e diff.Edit) string {
	name := strings.TrimSpace(door.Place(e))
	if part := string(e.Part); !strings.HasPrefix(name, part) && e.Part != diff.Path {
		name = strings.TrimSpace(part + " " + name)
	} else if e.Part == diff.Path {
		name = "path " + name
	}
	old, new := door.Values(e)
	old, new = short(old), short(new)
	switch e.Op {
	case diff.Remove:
		return name + "  missing, was " + old
	case diff.Add:
		return name + "  not recorded, is " + new
	case diff.Reorder:
		return name + "  in another order"
	}
	if old == new { // masked alike
		return name + "  is another"
	}
	return name + "  " + old + " → " + new
}

// short bounds a shown value.
func short(value string) string {
	const longest = 120
	if value == "" {
		return `""`
	}
	value = strings.ReplaceAll(value, "\n", "␊")
	if runes := []rune(value); len(runes) > longest {
		return string(runes[:longest]) + "…"
	}
	return value
}

// name is the method and path of a request as it may be shown.
func (s *Served) name(r *traffic.Request) string {
	x := &traffic.Exchange{Request: *r}
	text := x.Where("")
	if from, to := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')'); from >= 0 && to > from {
		text = text[from+1 : to]
	}
	return mask.Visible(s.masker.Text(text))
}

// someKinds lists kinds of requests that were recorded.
func (s *Served) someKinds() string {
	const most = 8
	var list []string
	for _, entry := range s.shelf.order {
		if kind := s.name(s.recorded(entry)); !slices.Contains(list, kind) {
			if list = append(list, kind); len(list) > most {
				list[most] = "…"
				break
			}
		}
	}
	return strings.Join(list, ", ")
}

// headerLine makes one line of a text, within what a field may hold.
func headerLine(text string) string {
	text = strings.Join(strings.Fields(strings.NewReplacer("→", "->", "‹", "<", "›", ">", "…", "...").Replace(text)), " ")
	line := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
	return line[:min(len(line), 1000)]
}
