package answers

import (
	"net/url"
	"strings"

	"github.com/replaydiff/replay/diff"
)

// urlNoise compares two references: another id where the request made something,
// other values of parameters that are good for one use.
func (p *pair) urlNoise(old, new string) diff.Noise {
	y, errNew := url.Parse(new)
	x, errOld := url.Parse(p.translated(old))
	if errOld == nil && errNew == nil && x.Host != y.Host {
		// A redirect_uri comes back as it was sent: to the recorded host.
		x, errOld = url.Parse(old)
	}
	if errOld != nil || errNew != nil || x.Scheme != y.Scheme || x.Host != y.Host || x.Opaque != y.Opaque || x.User.String() != y.User.String() {
		return ""
	}
	n := carriedOn
	if a, b := x.EscapedPath(), y.EscapedPath(); a != b {
		if n = p.movedPathNoise(a, b); n == "" {
			return ""
		}
	}
	for _, part := range [][2]string{{x.RawQuery, y.RawQuery}, {x.EscapedFragment(), y.EscapedFragment()}} {
		if part[0] == part[1] {
			continue
		}
		if n = p.parametersNoise(part[0], part[1]); n == "" {
			return ""
		}
	}
	return n
}

// sameReference tells whether two addresses, of which the second took the place
// of the first, lead to the same host with the same parameters. A signature, an
// id and a time in them are others; a count, such as for how long, is not.
// What is no address is the same here.
func (p *pair) sameReference(old, new string) bool {
	if !strings.Contains(old, "://") || !strings.Contains(new, "://") {
		return true
	}
	x, errOld := url.Parse(old)
	y, errNew := url.Parse(new)
	if errOld != nil || errNew != nil {
		return true
	}
	if origin := x.Scheme + "://" + x.Host; y.Scheme+"://"+y.Host != origin && y.Scheme+"://"+y.Host != p.translated(origin) {
		return false
	}
	a, b := strings.Split(x.RawQuery, "&"), strings.Split(y.RawQuery, "&")
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		name, was, _ := strings.Cut(a[i], "=")
		other, is, _ := strings.Cut(b[i], "=")
		if name != other || was != is && isCount(was) && isCount(is) && p.translated(was) != is {
			return false
		}
	}
	return true
}

// isCount tells a number that is no time since 1970.
func isCount(s string) bool { return allDigits(s) && len(s) < 10 }

// movedPathNoise compares the paths of two references. What a request made has
// another id; the page of another user is not what a login makes.
func (p *pair) movedPathNoise(old, new string) diff.Noise {
	a, b := strings.Split(old, "/"), strings.Split(new, "/")
	if !p.creating || len(a) != len(b) {
		return ""
	}
	for i := range a {
		switch {
		case a[i] == b[i]:
		case strings.Contains(a[i]+b[i], ";"), diff.PathTemplate(a[i]) != diff.PathTemplate(b[i]):
			return "" // a session id in the path is a cookie that did not come back
		case p.new.Status != 201 && i > 0 && diff.CarriesAuthority(strings.TrimSuffix(a[i-1], "s")):
			return ""
		}
	}
	return created
}

// parametersNoise compares queries parameter by parameter, in order.
func (p *pair) parametersNoise(old, new string) diff.Noise {
	a, b := strings.Split(old, "&"), strings.Split(new, "&")
	if len(a) != len(b) {
		return ""
	}
	n := carriedOn
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		name, x, _ := strings.Cut(a[i], "=")
		other, y, _ := strings.Cut(b[i], "=")
		if name != other || x == "" || y == "" {
			return ""
		}
		if n = p.parameterNoise(unescaped(name), unescaped(x), unescaped(y)); n == "" {
			return ""
		}
	}
	return n
}

func (p *pair) parameterNoise(name, old, new string) diff.Noise {
	switch {
	case old == new || p.translated(old) == new:
		return carriedOn
	case goodForOnce(name) && len(old) >= 6 && len(new) >= 6:
		return oneTime
	case strings.Contains(old, "/") && strings.Contains(new, "/"):
		return p.urlNoise(old, new) // the way back
	case diff.CarriesAuthority(name):
		return p.issuedNoise(old, new)
	case p.clockNoise(old, new, false):
		return clock
	case machineMade(old) && machineMade(new):
		return oneTime
	case p.creating && sameKindOfID(old, new):
		return created
	}
	return ""
}

// goodForOnce tells the parameters that protocols of logins make anew: OAuth
// and OpenID Connect, SAML, CAS.
func goodForOnce(name string) bool {
	switch strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(name)) {
	case "state", "nonce", "code", "codechallenge", "sessionstate", "samlrequest", "samlresponse", "relaystate", "ticket", "requesturi":
		return true
	}
	return false
}

func unescaped(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}
