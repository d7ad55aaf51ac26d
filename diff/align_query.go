package diff

import "strings"

// readQuery hashes the query three times: as it stands, as a set without
// cache-busters, and its names alone. Sums do not depend on the order.
func (a *aligner) readQuery(query string, e *entry) {
	if query == "" {
		return
	}
	e.raw = a.hash(query)
	for query != "" {
		var param string
		param, query, _ = strings.Cut(query, "&")
		name, value, _ := strings.Cut(param, "=")
		switch {
		case param == "" || isCacheBuster(name, value):
			continue
		case strings.EqualFold(name, "operationName"):
			e.op = mixAll(e.op, a.hash(value))
		}
		h := a.hash(name)
		e.names += mix(h, 1)
		e.query += mix(h, a.hash(value))
	}
}
