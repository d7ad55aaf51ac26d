package correlate

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// Find follows the values of a capture. It fails for a name in Options.Off that
// no link has.
//
// It goes through the requests once to see what they carry, through the answers
// for these values alone, and once more through the requests in which one of
// them stands.
func Find(c *traffic.Capture, o Options) (*Plan, error) {
	f := finder{capture: c, options: o.withDefaults(), when: moments(c), carried: make(map[uint64]struct{}),
		carriedBy: make([][]uint64, len(c.Exchanges)), cookies: make(map[uint64]int), produced: make(map[uint64][]*production),
		made: make(map[uint64]bool), sent: make(map[sending]bool), jar: make(map[Place]int), linkOf: make(map[*production]int), uses: make(map[int][]use)}
	f.asID = make(map[uint64]bool)
	f.paths = make([]string, len(c.Exchanges))
	for i, x := range c.Exchanges {
		f.paths[i] = pathOf(x.Request.URL)
		f.collect(i, &x.Request)
	}
	for i, x := range c.Exchanges {
		if x.Response != nil {
			f.search(i, x.Response)
		}
	}
	for _, made := range f.produced {
		slices.SortStableFunc(made, func(a, b *production) int {
			return cmp.Or(cmp.Compare(f.when[a.entry].answered, f.when[b.entry].answered), cmp.Compare(a.entry, b.entry))
		})
	}
	for _, i := range inOrder(f.when) {
		if slices.ContainsFunc(f.carriedBy[i], func(h uint64) bool { return len(f.produced[h]) > 0 }) {
			f.link(i, &c.Exchanges[i].Request)
		}
	}
	return f.plan()
}

// A finder holds what is known while a capture is looked through.
type finder struct {
	capture *traffic.Capture
	options Options
	when    []moment
	paths   []string // of the URLs

	carried   map[uint64]struct{} // hashes of what requests carry
	carriedBy [][]uint64          // the same for each request
	asID      map[uint64]bool     // those that stand somewhere as the id of a thing
	cookies   map[uint64]int      // the first request with that cookie and value

	produced map[uint64][]*production // of what is carried, in the order of answers

	made     map[uint64]bool // values that a client had before any answer did
	sent     map[sending]bool
	jar      map[Place]int // links of cookies, by where they are set
	linkOf   map[*production]int
	links    []Link
	uses     map[int][]use
	quiet    []use
	warnings []traffic.Warning
}

var seed = maphash.MakeSeed()

func hashOf(value string) uint64 { return maphash.String(seed, value) }

func cookieHash(name, value string) uint64 {
	return hashOf(name + "\x00" + strings.Trim(value, `"`))
}

func pathOf(rawURL string) string {
	path, _, _ := strings.Cut(target(rawURL), "?")
	return path
}

// mayLink sorts out at little cost most of what is never linked.
func mayLink(value string) bool {
	if len(value) >= minSurrounded {
		return true
	}
	for i := range len(value) {
		if isDigit(value[i]) {
			return true
		}
	}
	return false
}

// collect notes what a request carries.
func (f *finder) collect(entry int, r *traffic.Request) {
	w := walker{visit: func(s *spot, value string) (string, bool) {
		if !s.segment && !mayLink(value) {
			return "", false
		}
		h := hashOf(value)
		if s.segment || endsLikeID(s.field()) {
			f.asID[h] = true
		}
		if !s.quiet {
			f.carried[h] = struct{}{}
			f.carriedBy[entry] = append(f.carriedBy[entry], h)
		}
		return "", false
	}}
	w.request(r, f.options.MaxBody)
	slices.Sort(f.carriedBy[entry])
	for _, p := range r.CookiePairs() {
		h := cookieHash(p.Name, p.Value)
		if first, ok := f.cookies[h]; !ok || f.when[entry].sent < f.when[first].sent {
			f.cookies[h] = entry
		}
	}
}

// maxPlaces is how many places of one answer are kept for the same value.
const maxPlaces = 8

// search notes where an answer has what requests carry.
func (f *finder) search(entry int, r *traffic.Response) {
	made := makesNew(f.capture.Exchanges[entry])
	w := walker{short: made, visit: func(s *spot, value string) (string, bool) {
		if s.up != nil && s.up.up == nil && s.up.part == setCookiePart {
			f.setsCookie(entry, s, value)
		}
		if !made && !mayLink(value) {
			return "", false
		}
		h := hashOf(value)
		if _, ok := f.carried[h]; ok {
			f.add(entry, h, s, value)
		}
		return "", false
	}}
	w.response(r, f.options.MaxBody)
}

func (f *finder) add(entry int, h uint64, s *spot, value string) {
	all := f.produced[h]
	here := 0
	for i := len(all) - 1; i >= 0 && all[i].entry == entry; i-- {
		if here++; here >= maxPlaces || all[i].key == s.key || s.text {
			return
		}
	}
	if len(all) > 0 && all[0].value != value {
		return // two values of one hash
	}
	m := meaningOf(s, f.paths[entry])
	worth := worthOf(value)
	if worth == common && m.kin != etag && m.kin != modified && m.name != signedURL && !f.namesMade(entry, m, value) ||
		worth == id && slices.Contains(plainNames, m.name) {
		return
	}
	if worth == id && !f.mayHandID(entry, m, value, h) {
		return
	}
	p := &production{entry: entry, key: s.key, loose: s.loose, alt: s.alt, path: s.path(), exact: s.exact(),
		meaning: m, array: s.array, text: s.text}
	_, p.echo = slices.BinarySearch(f.carriedBy[entry], h)
	if len(all) > 0 {
		p.value = all[0].value
	} else {
		p.value = strings.Clone(value)
	}
	f.produced[h] = append(all, p)
}

// mayHandID tells whether choose could ever take an id from a place. Counts and
// prices are equal to some page number in every answer of a long capture: that
// many places are not kept.
func (f *finder) mayHandID(entry int, m meaning, value string, h uint64) bool {
	switch {
	case m.kin == etag, m.kin == modified, m.name == signedURL:
		return true
	case !m.id && m.kin == noKin && !f.asID[h]:
		return false
	}
	return len(value) >= f.options.MinLength && !isYear(value) || makes(f.capture.Exchanges[entry])
}

// setsCookie lists a cookie that a later request sends.
func (f *finder) setsCookie(entry int, s *spot, value string) {
	h := cookieHash(s.name, value)
	first, ok := f.cookies[h]
	if !ok || !precedes(f.when, entry, first) {
		return
	}
	delete(f.cookies, h)
	from := Place{entry, s.path()}
	f.jar[from] = len(f.links)
	f.links = append(f.links, Link{
		Name: linkName(meaningOf(s, ""), meaning{}),
		From: from,
		To:   []Use{{Place: Place{first, "request.cookie." + s.name}, Jar: true}},
	})
}

// link finds which answers handed out what a request carries.
func (f *finder) link(entry int, r *traffic.Request) {
	signature := signatureOf(r)
	warned := false
	w := walker{visit: func(s *spot, value string) (string, bool) {
		if !s.segment && !mayLink(value) {
			return "", false
		}
		h := hashOf(value)
		if len(f.produced[h]) == 0 || f.produced[h][0].value != value {
			return "", false
		}
		found := f.choose(entry, s, value, h)
		if len(found) == 0 {
			return "", false
		}
		u := use{spotted: spotted{s.key, found[0].value}, quiet: s.quiet, place: Place{entry, s.path()}, candidates: found}
		switch {
		case signature == bodyDigest && !strings.HasPrefix(u.place.Path, "request.body"):
			f.use(u, s)
		case signature != "":
			if !s.quiet && !warned {
				f.warn(entry, signature)
				warned = true
			}
		case s.quiet:
			f.quiet = append(f.quiet, u)
		default:
			f.use(u, s)
		}
		return value, true
	}}
	w.request(r, f.options.MaxBody)
}

func (f *finder) warn(entry int, signature string) {
	f.warnings = append(f.warnings, traffic.Warning{Entry: entry, Text: fmt.Sprintf(
		"carries a value of an earlier answer below a %s, which another value would break: it is sent as recorded; let --auth or --set sign it anew, or leave it out", signature)})
}

func (f *finder) use(u use, s *spot) {
	from := u.candidates[0]
	to := meaningOf(s, f.paths[u.place.Entry])
	n, ok := f.linkOf[from]
	if !ok {
		n, ok = f.jar[Place{from.entry, from.path}]
		f.linkOf[from] = n
	}
	if !ok {
		n = len(f.links)
		f.linkOf[from] = n
		f.links = append(f.links, Link{Name: linkName(from.meaning, to), From: Place{from.entry, from.path}})
	}
	u.link = n
	if link := &f.links[n]; !link.lists(u.place) {
		link.To = append(link.To, Use{Place: u.place, Encoding: s.encoding()})
	}
	f.uses[u.place.Entry] = append(f.uses[u.place.Entry], u)
}

// lists tells whether a place of the latest entry is listed: a recorder's own
// list of parameters repeats the URL and the body.
func (l *Link) lists(p Place) bool {
	for _, use := range slices.Backward(l.To) {
		if use.Entry != p.Entry || use.Place == p {
			return use.Place == p
		}
	}
	return false
}
