package answers

import (
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/replaydiff/replay/diff"
)

// jsonString returns the text of a JSON string; false: it is none.
func jsonString(raw string) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	text, err := jsontext.AppendUnquote(nil, raw)
	return string(text), err == nil
}

// jsonNoise judges another scalar at a place of a JSON body. Another type is
// never noise.
func (p *pair) jsonNoise(c *diff.Change) diff.Noise {
	old, okOld := jsonString(c.Old)
	new, okNew := jsonString(c.New)
	switch {
	case okOld != okNew:
		return ""
	case okOld:
		return p.jsonStringNoise(c.Name, old, new)
	case isNumber(c.Old) && isNumber(c.New):
		return p.jsonNumberNoise(c.Name, c.Old, c.New)
	}
	return ""
}

// ofPerson is what follows a segment of a path that names people: "17" of
// "/users/17".
func ofPerson(path string) string {
	segments := strings.Split(path, "/")
	for i, s := range segments[1:] {
		if diff.CarriesAuthority(strings.TrimSuffix(segments[i], "s")) {
			return s
		}
	}
	return ""
}

// memberOf is the name that a value of a JSON Pointer is known by: the nearest
// member, for an element of a list has none.
func memberOf(pointer string) string {
	name := ""
	for segment := range strings.SplitSeq(pointer, "/") {
		if segment != "" && !allDigits(segment) {
			name = segment
		}
	}
	return name
}

func isNumber(raw string) bool {
	_, err := strconv.ParseFloat(raw, 64)
	return err == nil
}

func (p *pair) jsonStringNoise(pointer, old, new string) diff.Noise {
	name := memberOf(pointer)
	expiry := namesEnd(name)
	switch {
	case p.clockNoise(old, new, expiry):
		if expiry {
			return lifetime
		}
		return clock
	case expiry:
		return ""
	case p.namesCreated(pointer) && sameKindOfID(old, new):
		return created
	case diff.CarriesAuthority(name):
		return p.issuedNoise(old, new)
	}
	if n := p.issuedNoise(old, new); n != "" {
		return n
	}
	if strings.Contains(old, "://") || strings.HasPrefix(old, "/") {
		switch n := p.urlNoise(old, new); {
		case n == created && !p.namesCreated(pointer) && ofPerson(old) != ofPerson(new):
			return "" // whose it is
		case n != "":
			return n
		}
	}
	return p.textNoise(old, new)
}

func (p *pair) jsonNumberNoise(pointer, old, new string) diff.Noise {
	name := memberOf(pointer)
	expiry := namesEnd(name)
	x, errOld := strconv.ParseFloat(old, 64)
	y, errNew := strconv.ParseFloat(new, 64)
	switch {
	case errOld != nil || errNew != nil:
		return ""
	case p.clockNoise(old, new, expiry):
		if expiry {
			return lifetime
		}
		return clock
	case expiry && x > 0 && y > 0 && max(x, y)-min(x, y) <= min(60, x/10):
		return lifetime // expires_in: seconds that are left of what was kept
	case namesDuration(name):
		return duration
	case p.namesCreated(pointer) && sameKindOfID(old, new):
		return created
	}
	return ""
}

// namesEnd tells the names of a time at which something ends.
func namesEnd(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "expir") || name == "exp" || strings.HasSuffix(name, "_exp") || strings.Contains(name, "validuntil") ||
		strings.Contains(name, "valid_until") || strings.Contains(name, "valid_to") || strings.Contains(name, "validto") || name == "ttl"
}

// statesWord tells a member "state" that is that of a thing ("approved"), where
// package diff takes it for the one of OAuth.
func statesWord(c *diff.Change) bool {
	if c.Part != diff.Body || c.Op != diff.Replace || !strings.HasPrefix(c.Name, "/") || !strings.EqualFold(memberOf(c.Name), "state") {
		return false
	}
	return inWords(bare(c.Old))*10 >= 6*len(bare(c.Old)) && inWords(bare(c.New))*10 >= 6*len(bare(c.New))
}

// namesCreated tells whether a place of the answer holds an id of what the
// request made. The user id that a login answers with is none, nor is that of
// the user for whom something was made.
func (p *pair) namesCreated(pointer string) bool {
	name := memberOf(pointer)
	switch {
	case !p.creating || !namesID(name) || diff.CarriesAuthority(name):
		return false
	case p.new.Status == 201:
		return true
	}
	return !diff.CarriesAuthority(strings.ReplaceAll(pointer, "/", "_"))
}

// namesID tells the names of what a thing is called by.
func namesID(name string) bool {
	lowered := strings.ToLower(name)
	switch lowered {
	case "id", "_id", "uuid", "guid", "number", "no", "ref", "reference", "key", "slug", "href", "self", "url", "uri", "location", "link", "name":
		return true
	}
	for _, end := range []string{"_id", "-id", "Id", "ID", "_uuid", "Uuid", "_number", "Number", "_no", "_ref", "Ref", "_url", "Url"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}

// namesDuration tells the names of how long something took.
func namesDuration(name string) bool {
	switch strings.NewReplacer("_", "", "-", "", ".", "").Replace(strings.ToLower(name)) {
	case "took", "tookms", "elapsed", "elapsedms", "duration", "durationms", "latency", "latencyms", "uptime", "uptimeseconds",
		"responsetime", "responsetimems", "processingtime", "processingtimems", "executiontime", "executiontimems", "runtime", "querytime", "querytimems":
		return true
	}
	return false
}
