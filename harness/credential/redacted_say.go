package credential

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// Refusal is the error of a capture that is to be replayed without a credential,
// nil where nothing was found.
func (r Redactions) Refusal(c *traffic.Capture) error {
	if r.None() {
		return nil
	}
	if len(r.List) == 0 {
		where := c.File
		if r.Entry >= 0 && r.Entry < len(c.Exchanges) {
			where = c.Exchanges[r.Entry].Where(c.File)
		}
		return fmt.Errorf("%s: the credentials of this capture were taken out on export (%s); %s", where, r.Stripped, r.Give)
	}
	first := r.List[0]
	more := ""
	if n := r.entries(); n > 1 {
		more = fmt.Sprintf(", and so in %d of %d entries", n, len(c.Exchanges))
	}
	where := c.File
	for _, x := range c.Exchanges {
		if x.Index == first.Entry {
			where = x.Where(c.File)
			break
		}
	}
	return fmt.Errorf("%s: %s holds %s where a credential was%s; %s", where, first.Path, first.Mark, more, r.Give)
}

// entries counts the entries that lost a credential.
func (r Redactions) entries() int {
	seen := map[int]bool{}
	for _, one := range r.List {
		seen[one.Entry] = true
	}
	return len(seen)
}

// give says what would help, by where the first credential stood.
func (r Redactions) give() string {
	if len(r.List) == 0 {
		return "export again with sensitive data (\"Export HAR (with sensitive data)…\" in Chrome), or give --auth 'Bearer env:TOKEN' or --login NAME"
	}
	first := slices.MinFunc(r.List, func(a, b Redaction) int { return cmp.Compare(weight(a.Path), weight(b.Path)) })
	path := first.Path
	switch {
	case path == "request.header.authorization":
		return "give --auth 'Bearer env:TOKEN', --auth-from COMMAND or --login NAME"
	case path == "request.header.cookie", strings.HasPrefix(path, "request.cookie."):
		name := strings.TrimPrefix(path, "request.cookie.")
		if name == path || strings.ContainsAny(name, "'\" ") {
			name = "NAME"
		}
		return "give --login NAME, or --auth 'cookie:" + name + "=env:COOKIE'"
	case strings.HasPrefix(path, "request.header."):
		return "give --auth '" + strings.TrimPrefix(path, "request.header.") + ": env:KEY'"
	case strings.HasPrefix(path, "request.query."):
		return "give --auth 'query:" + strings.TrimPrefix(path, "request.query.") + "=env:KEY'"
	}
	return "give --login NAME: a login of .replay.yaml whose password is in a variable"
}

// weight puts the place first that names best what to give.
func weight(path string) int {
	switch {
	case path == "request.header.authorization":
		return 0
	case strings.HasPrefix(path, "request.header.") && path != "request.header.cookie":
		return 1
	case strings.HasPrefix(path, "request.query."):
		return 2
	case strings.HasPrefix(path, "request.body"):
		return 3
	}
	return 4
}
