package isolate

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// Drops are the entries that a set of parts leaves out.
func (d *Differences) Drops(set []int) (list []int) {
	for _, i := range set {
		if d.Parts[i].Drop {
			list = append(list, d.Parts[i].Entry)
		}
	}
	return list
}

// Apply puts the parts of a set into the request of an entry that is about to be
// sent. Asked may have other values than the recorded one: a token of today, an
// id that was handed out a moment ago. Where the failing request has such a value
// in another place or form, the one of today takes it. It returns asked itself
// where nothing changes.
//
// Where asked is as recorded, this is [diff.Apply] of the parts' edits.
func (d *Differences) Apply(entry int, asked *traffic.Request, set []int) (*traffic.Request, error) {
	var places []string
	for _, i := range set {
		if p := d.Parts[i]; p.Entry == entry && !p.Drop {
			places = append(places, p.Place)
		}
	}
	if len(places) == 0 {
		return asked, nil
	}
	today := plain(asked)
	from, to := sideBySide(today, todays(d.ok[entry], today, d.bad[entry]))
	chosen := slices.DeleteFunc(changes(from, to), func(e diff.Edit) bool {
		place := placeOf(e)
		return place == "" || !slices.ContainsFunc(places, func(p string) bool { return within(p, place) })
	})
	if len(chosen) == 0 {
		return asked, nil
	}
	x, err := diff.Apply(&traffic.Exchange{Request: *from}, chosen)
	if err != nil {
		return nil, err
	}
	return unmarked(&x.Request), nil
}

// A swap is a recorded value, and the one of today in its place.
type swap struct{ was, is string }

// todays is the failing request with the values of today in the places of those
// of the working one.
func todays(recorded, today, failing *traffic.Request) *traffic.Request {
	swaps := swapsOf(recorded, today)
	if len(swaps) == 0 && recorded.URL == today.URL {
		return failing
	}
	out := *failing
	out.URL = swapPath(recorded, today, swapAll(failing.URL, swaps))
	out.Header = slices.Clone(failing.Header)
	for i, f := range failing.Header {
		out.Header[i].Value = swapAll(f.Value, swaps)
	}
	if text, err := failing.Body.Text(0); err == nil && failing.Body.Present() {
		if swapped := swapAll(text, swaps); swapped != text {
			out.Body = traffic.NewBody(failing.Body.MediaType, []byte(swapped))
			out.Body.Params = failing.Body.Params
		}
	}
	return &out
}

// swapsOf are the long values in which two requests of one entry differ.
func swapsOf(recorded, today *traffic.Request) []swap {
	var list []swap
	add := func(was, is string) {
		if was != is && len(was) >= minMoved && is != "" {
			list = append(list, swap{was, is}, swap{url.QueryEscape(was), url.QueryEscape(is)})
		}
	}
	places := map[string]bool{}
	for _, e := range changes(recorded, today) {
		switch place := placeOf(e); {
		case isBody(place):
			add(unquoted(e.Old), unquoted(e.New))
		case place != "" && !places[place]:
			places[place] = true
			add(valueAt(recorded, place), valueAt(today, place))
		}
	}
	slices.SortStableFunc(list, func(a, b swap) int { return cmp.Compare(len(b.was), len(a.was)) })
	return list
}

func swapAll(s string, swaps []swap) string {
	for _, w := range swaps {
		s = strings.ReplaceAll(s, w.was, w.is)
	}
	return s
}

// swapPath puts the ids of today into the path of an address: those segments
// that are as recorded in the working request, which may be short.
func swapPath(recorded, today *traffic.Request, address string) string {
	was, is := segments(recorded.URL), segments(today.URL)
	if len(was) != len(is) || slices.Equal(was, is) {
		return address
	}
	list := segments(address)
	for i, s := range list {
		for k := range was {
			if s == was[k] && was[k] != is[k] {
				list[i] = is[k]
				break
			}
		}
	}
	_, tail := cutTail(address)
	return strings.Join(list, "/") + tail
}

// segments are what an address consists of before its query.
func segments(address string) []string {
	path, _ := cutTail(address)
	return strings.Split(path, "/")
}

func cutTail(address string) (path, tail string) {
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		return address[:i], address[i:]
	}
	return address, ""
}

func unquoted(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}
