package correlate

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"

	"github.com/replaydiff/replay/diff/spelling"
	"github.com/replaydiff/replay/diff/traffic"
)

// plan names the links and leaves out those that are switched off.
func (f *finder) plan() (*Plan, error) {
	order := f.nameLinks()
	off, err := f.switchedOff()
	if err != nil {
		return nil, err
	}
	p := &Plan{warnings: f.warnings, maxBody: f.options.MaxBody, uses: make(map[int][]use)}
	slices.SortFunc(p.warnings, func(a, b traffic.Warning) int { return cmp.Compare(a.Entry, b.Entry) })
	at := make([]int, len(f.links))
	for _, n := range order {
		if at[n] = -1; !off[n] {
			at[n] = len(p.links)
			p.links = append(p.links, f.links[n])
		}
	}
	for entry, uses := range f.uses {
		for _, u := range uses {
			if u.link = at[u.link]; u.link >= 0 {
				p.uses[entry] = append(p.uses[entry], u)
			}
		}
	}
	// A Referer follows where there is a link that it repeats.
	for _, u := range f.quiet {
		if n, ok := f.linkOf[u.candidates[0]]; ok && at[n] >= 0 {
			u.link = at[n]
			p.uses[u.place.Entry] = append(p.uses[u.place.Entry], u)
		}
	}
	p.settle(f.produced)
	return p, nil
}

// nameLinks makes the names unique, in the order of first use, which it
// returns.
func (f *finder) nameLinks() []int {
	order := make([]int, len(f.links))
	for i := range order {
		order[i] = i
		slices.SortStableFunc(f.links[i].To, func(a, b Use) int { return cmp.Compare(a.Entry, b.Entry) })
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &f.links[a], &f.links[b]
		return cmp.Or(cmp.Compare(x.To[0].Entry, y.To[0].Entry), cmp.Compare(x.From.Entry, y.From.Entry), cmp.Compare(x.To[0].Path, y.To[0].Path))
	})
	used := make(map[string]int)
	for _, n := range order {
		link := &f.links[n]
		used[link.Name]++
		if i := used[link.Name]; i > 1 {
			link.Name += "-" + strconv.Itoa(i)
		}
	}
	return order
}

// switchedOff tells which links Options.Off means.
func (f *finder) switchedOff() ([]bool, error) {
	off := make([]bool, len(f.links))
	for _, pattern := range f.options.Off {
		known := false
		for i, link := range f.links {
			fits, err := path.Match(pattern, link.Name)
			if err != nil {
				return nil, fmt.Errorf("%q is no name of a link: %w", pattern, err)
			}
			known = known || fits
			off[i] = off[i] || fits
		}
		if !known {
			return nil, f.unknown(pattern)
		}
	}
	return off, nil
}

func (f *finder) unknown(name string) error {
	nearest, least := "", len(name)/2+2
	for _, link := range f.links {
		if d := spelling.Distance(link.Name, name); d < least {
			nearest, least = link.Name, d
		}
	}
	if nearest == "" {
		return fmt.Errorf("--no-carry %q: nothing that is carried on has this name; --plan lists them", name)
	}
	return fmt.Errorf("--no-carry %q: nothing that is carried on has this name; did you mean %q? --plan lists them", name, nearest)
}
