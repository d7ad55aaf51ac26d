package harness

import (
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// outgoing makes of a request in terms of the recording the one that goes to
// the target.
func (p *Plan) outgoing(r *traffic.Request, to *route) (*wire.Request, error) {
	out, err := wire.RequestOf(r, 0)
	if err != nil {
		return nil, err
	}
	out.Host = p.hostFor(out.Host, r, to)
	out.Scheme, out.Addr, out.Target = to.scheme, to.addr, to.target(r.URL)
	if p.options.Target.KeepOrigin {
		return out, nil
	}
	for i, f := range out.Header {
		switch {
		case strings.EqualFold(f.Name, "Origin"):
			if m := p.routes.cache[canonicalOrigin(f.Value)]; m != nil {
				out.Header[i].Value = m.origin()
			}
		case strings.EqualFold(f.Name, "Referer"):
			if m := p.routes.leads(f.Value); m != nil {
				out.Header[i].Value = m.url(f.Value)
			}
		}
	}
	return out, nil
}

// hostFor is the Host that is sent. A recorded one that is not the host of its
// URL is a finding of the recording, and kept.
func (p *Plan) hostFor(recorded string, r *traffic.Request, to *route) string {
	if p.options.Target.KeepHost {
		return recorded
	}
	scheme, _, _ := strings.Cut(to.from, "://")
	origin := canonicalOrigin(scheme + "://" + recorded)
	if origin == to.from || origin == "" {
		return to.host
	}
	if other := p.routes.cache[origin]; other != nil {
		return other.host
	}
	return recorded
}

// leads returns the route of an address, nil where it has none. Unlike of it
// may be used by several goroutines.
func (rs *routes) leads(address string) *route {
	spelled, _ := cutOrigin(address)
	if spelled == "" {
		return nil
	}
	for _, r := range rs.list {
		if r.from == spelled {
			return r
		}
	}
	return rs.cache[canonicalOrigin(spelled)]
}

// returns gives an address of a target as the recorded one that leads there;
// false for any other.
func (rs *routes) returns(address string) (string, bool) {
	for _, r := range rs.list {
		if recorded, ok := r.returns(address); ok {
			return recorded, true
		}
	}
	return "", false
}

func (r *route) returns(address string) (string, bool) {
	spelled, tail := cutOrigin(address)
	if spelled == "" || canonicalOrigin(spelled) != r.origin() {
		return "", false
	}
	rest, ok := r.withoutPrefix(tail)
	return r.from + rest, ok
}

// withoutPrefix is a path of the target as the recorded server knows it; false
// where it lies beside the prefix.
func (r *route) withoutPrefix(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, r.prefix)
	return rest, ok && (rest == "" || strings.ContainsRune("/?#", rune(rest[0])))
}
