package harness

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/scenarios"
)

// A shelf holds what can be served, and what of it was used.
type shelf struct {
	capture *traffic.Capture
	masker  *mask.Masker
	origins []string         // by entry, canonical; "" where it can't be served
	main    string           // the origin that most requests went to
	origin  []string         // the different ones, in the order of the capture
	kinds   map[string][]int // by kind of request: entries, ascending
	kindOf  []string         // by entry
	order   []int            // all of them, ascending

	sanitized bool // the capture lost its credentials

	mu    sync.Mutex
	used  []int          // by entry: how often
	turns int            // index into order: the first that was not used
	fresh map[string]int // by kind: index of the first that was not used
}

func newShelf(c *traffic.Capture, m *mask.Masker) (*shelf, error) {
	if c == nil || len(c.Exchanges) == 0 {
		return nil, errors.New("the capture has no exchange to serve")
	}
	sh := &shelf{
		capture: c, masker: m, origins: make([]string, len(c.Exchanges)), used: make([]int, len(c.Exchanges)),
		kindOf: make([]string, len(c.Exchanges)),
		kinds:  map[string][]int{}, fresh: map[string]int{},
	}
	sh.sanitized, _ = scenarios.Sanitized(c)
	rs := &routes{cache: map[string]*route{}, known: map[string]string{}}
	sh.main = mainOrigin(c, rs)
	answers := 0
	for i, x := range c.Exchanges {
		_, origin := rs.of(x.Request.URL)
		if isRelative(x.Request.URL) { // a recorder that keeps paths alone
			origin = relativeOrigin
		}
		if x.Response != nil {
			answers++
		}
		if origin == "" || unservable(x) {
			continue
		}
		sh.put(i, origin)
	}
	switch {
	case answers == 0:
		return nil, fmt.Errorf("%s holds no answers, so there is nothing to serve: record it as HAR or cassette", c.File)
	case len(sh.order) == 0:
		return nil, fmt.Errorf("%s has no exchange that can be served: none is an answered request of http or https", c.File)
	}
	if sh.main == "" {
		sh.main = relativeOrigin
	}
	return sh, nil
}

// relativeOrigin stands for the origin of requests that were recorded without
// one.
const relativeOrigin = "http://recorded.invalid"

// unservable tells what was never a plain answer on the wire.
func unservable(x *traffic.Exchange) bool {
	method := x.Request.Method
	return x.Response == nil || upgradesToWebSocket(x) || method == "" || method == http.MethodConnect ||
		marked(x, "/_fromCache") || neverLeft(x)
}

func (sh *shelf) put(entry int, origin string) {
	sh.origins[entry] = origin
	if !slices.Contains(sh.origin, origin) {
		sh.origin = append(sh.origin, origin)
	}
	kind := sh.kind(&sh.capture.Exchanges[entry].Request)
	sh.kindOf[entry] = kind
	sh.kinds[kind] = append(sh.kinds[kind], entry)
	sh.order = append(sh.order, entry)
}

// kind is what requests that may be the same have in common: method and path
// but for its ids and secrets. Case and slashes count.
func (sh *shelf) kind(r *traffic.Request) string {
	return r.Method + " " + diff.PathTemplate(unnumbered(sh.masker.URL(pathOf(r.URL)), "0"))
}

// pathOf is the path of an address, which may be broken or relative.
func pathOf(address string) string {
	_, tail := cutOrigin(address)
	if end := strings.IndexAny(tail, "?#"); end >= 0 {
		tail = tail[:end]
	}
	if tail == "" {
		return "/"
	}
	return tail
}

// holds tells whether anything of an origin is there.
func (sh *shelf) holds(origin string) bool {
	return origin != "" && slices.Contains(sh.names(), origin)
}

// names lists the recorded origins in the order of the capture.
func (sh *shelf) names() []string { return sh.origin }

// named returns the recorded origin that a Host field names, "" for none. The
// scheme counts where both were recorded.
func (sh *shelf) named(host string, tls bool) string {
	first, second := "http", "https"
	if tls {
		first, second = second, first
	}
	for _, scheme := range []string{first, second} {
		if origin := canonicalOrigin(scheme + "://" + host); sh.holds(origin) {
			return origin
		}
	}
	return ""
}

// take counts an entry as used.
func (sh *shelf) take(entry int) {
	sh.used[entry]++
	for sh.turns < len(sh.order) && (sh.used[sh.order[sh.turns]] > 0 || diff.IsPreflight(sh.capture.Exchanges[sh.order[sh.turns]])) {
		sh.turns++
	}
	kind := sh.kindOf[entry]
	list, from := sh.kinds[kind], sh.fresh[kind]
	for from < len(list) && sh.used[list[from]] > 0 {
		from++
	}
	sh.fresh[kind] = from
}

// turn is the entry that comes next in the order of the capture, -1 behind the
// last.
func (sh *shelf) turn() int {
	if sh.turns >= len(sh.order) {
		return -1
	}
	return sh.order[sh.turns]
}

func (sh *shelf) unused() []int {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	var list []int
	for _, entry := range sh.order {
		if sh.used[entry] == 0 && !diff.IsPreflight(sh.capture.Exchanges[entry]) {
			list = append(list, entry)
		}
	}
	return list
}
