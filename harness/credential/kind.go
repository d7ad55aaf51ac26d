package credential

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/scenarios"
)

// Recorded returns the values of a recorded request that the credential takes
// the place of: those of the fields, cookies and parameters that it names, and
// for a token or Authorization the one that proves who asks there.
func (c Credential) Recorded(r *traffic.Request) []string {
	recorded := credentialsOf(r)
	if len(recorded) == 0 || isPreflight(r) {
		return nil
	}
	var values []string
	token := c.Token != ""
	for _, f := range c.Fields {
		if strings.EqualFold(f.Name, "authorization") {
			token = true
			continue
		}
		values = append(values, r.Header.Values(f.Name)...)
	}
	if old, ok := tokenIn(recorded); token && ok {
		values = append(values, old.Value)
	}
	for _, old := range recorded {
		if c.names(old) {
			values = append(values, old.Value)
		}
	}
	return values
}

// names tells whether a recorded cookie or parameter is one of the credential.
func (c Credential) names(old scenarios.Credential) bool {
	list := c.Cookies
	if old.Part == diff.Query {
		list = c.Query
	} else if old.Part != diff.Cookie {
		return false
	}
	for _, p := range list {
		if p.Name == old.Name {
			return true
		}
	}
	return false
}
