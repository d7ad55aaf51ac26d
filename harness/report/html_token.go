package report

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/diff/tree"
	html "github.com/replaydiff/replay/harness/report/page"
	"github.com/replaydiff/replay/harness/shown"
	"github.com/replaydiff/replay/scenarios"
)

// maxClaims bounds the rows of a token: a token of a thousand claims has been
// seen, and no person reads them.
const maxClaims = 60

// A carried token is a JWT at its place in a request.
type carried struct {
	*scenarios.JWT
	at scenarios.Credential
}

// tokens is a table for each place that a JWT stands in.
func (e *exchangePage) tokens() []html.Block {
	var order []string
	all := map[string]*[2]*carried{}
	for side, x := range []*traffic.Exchange{e.ok, e.bad} {
		for _, t := range tokensOf(x) {
			key := string(t.at.Part) + " " + strings.ToLower(t.at.Name)
			if all[key] == nil {
				order, all[key] = append(order, key), &[2]*carried{}
			}
			all[key][side] = cmp.Or(all[key][side], &t)
		}
	}
	var blocks []html.Block
	for _, key := range order {
		blocks = append(blocks, html.Block{Title: "token in " + mask.Visible(e.mask.Text(key)), Table: e.claims(all[key][0], all[key][1])})
	}
	return blocks
}

// tokensOf are the tokens that a request carries.
func tokensOf(x *traffic.Exchange) []carried {
	if x == nil {
		return nil
	}
	var list []carried
	for _, c := range scenarios.CredentialsOf(&x.Request) {
		value := strings.Trim(c.Value, `" `)
		if decoded, err := url.QueryUnescape(value); err == nil && strings.Contains(value, "%") {
			value = decoded
		}
		if scheme, rest, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "bearer") {
			value = rest
		}
		if t, ok := scenarios.ParseJWT(value); ok {
			list = append(list, carried{t, c})
		}
	}
	return list
}

// claims is the header, the claims and the signature of one token or two, with
// times as seen from their request.
func (e *exchangePage) claims(ok, bad *carried) *html.Table {
	t := e.table("claim")
	for _, name := range claimNames(ok, bad) {
		row := []html.Cell{{Text: pageText(e.mask.Text(strings.TrimPrefix(name, "claims.")))}}
		before, after := e.claim(ok, name, e.door.OK), e.claim(bad, name, e.door.Bad)
		if ok != nil && bad != nil && ok.part(name) != bad.part(name) && after.Tone == html.Neutral {
			after.Tone = html.Warn
		}
		if !e.lone() {
			row = append(row, before)
		}
		t.Rows = append(t.Rows, append(row, after))
	}
	return t
}

// claimNames lists header, claims and signature: what most often decides first.
func claimNames(tokens ...*carried) []string {
	names := map[string]bool{}
	for _, t := range tokens {
		if t == nil {
			continue
		}
		for name := range t.Header {
			names["header."+name] = true
		}
		for name := range t.Claims {
			names["claims."+name] = true
		}
		names["signature"] = true
	}
	first := []string{"header.alg", "header.typ", "header.kid", "claims.iss", "claims.sub", "claims.aud", "claims.azp", "claims.client_id", "claims.scope", "claims.scp", "claims.roles",
		"claims.exp", "claims.nbf", "claims.iat"}
	rank := func(name string) int {
		if i := slices.Index(first, name); i >= 0 {
			return i
		}
		if name == "signature" {
			return len(first) + 1
		}
		return len(first)
	}
	list := slices.SortedFunc(maps.Keys(names), func(a, b string) int { return cmp.Or(rank(a)-rank(b), strings.Compare(a, b)) })
	return list[:min(len(list), maxClaims)]
}

// part is one member of a token as JSON, or its signature; "" for none.
func (t *carried) part(name string) string {
	if claim, ok := strings.CutPrefix(name, "claims."); ok {
		return t.Written(claim)
	}
	if member, ok := strings.CutPrefix(name, "header."); ok {
		value, there := t.Header[member]
		if !there {
			return ""
		}
		text, err := json.Marshal(value)
		if err != nil {
			return ""
		}
		return string(text)
	}
	return t.Signature
}

// claim is one cell: masked as an edit of it would be.
func (e *exchangePage) claim(t *carried, name string, at time.Time) html.Cell {
	if t == nil {
		return html.Cell{}
	}
	value := t.part(name)
	if value == "" {
		return html.Cell{}
	}
	edit := diff.Edit{Side: diff.Request, Part: t.at.Part, Name: t.at.Name, Sub: name, Edit: tree.Edit{Op: diff.Add, New: value}}
	door := shown.Door{Masker: e.mask, OK: at, Bad: at}
	_, text := door.Values(edit)
	cell := html.Cell{Text: pageText(text)}
	if name == "claims.exp" && reached(value, at) == yes {
		cell.Tone, cell.More = html.Bad, "over when the request was made"
	}
	if name == "claims.nbf" && reached(value, at) == no {
		cell.Tone, cell.More = html.Bad, "not yet valid when the request was made"
	}
	return cell
}
