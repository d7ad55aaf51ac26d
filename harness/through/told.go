package through

import "slices"

// told notes which requests a proxy tells the app of the client with: what it
// does for some and not for others was lost for these.
type told struct {
	requests []toldOf
}

type toldOf struct {
	at     seenAt
	names  []string
	sentBy []string // names that the client sent itself
}

// tellers are the fields that are added to every request, or to none.
var tellers = []string{"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-real-ip", "forwarded"}

func (t *told) add(at seenAt, p *passed) {
	of := toldOf{at: at}
	for _, name := range tellers {
		if p.main.Header.Has(name) {
			of.names = append(of.names, name)
		}
		if p.sent.Header.Has(name) {
			of.sentBy = append(of.sentBy, name)
		}
	}
	t.requests = append(t.requests, of)
}

type missing struct {
	at   seenAt
	note string
}

// lost lists the requests that lack a field which others got from the proxy.
func (t *told) lost() []missing {
	var list []missing
	for _, name := range tellers {
		added := slices.ContainsFunc(t.requests, func(r toldOf) bool {
			return slices.Contains(r.names, name) && !slices.Contains(r.sentBy, name)
		})
		if !added {
			continue
		}
		for _, r := range t.requests {
			if !slices.Contains(r.names, name) {
				list = append(list, missing{r.at, canonical(name) + " comes with other requests, and not with these"})
			}
		}
	}
	return list
}
