package diff

import (
	"slices"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/tree"
)

// listKids adds a list of records, one kid for the list; an empty one too, so
// that records come and go one by one.
func listKids(kids []tree.Kid, key string, records []string) []tree.Kid {
	return append(kids, tree.Kid{Key: key, Text: joinRecords(records), Codec: recordList{}})
}

// recordList takes a list of records apart, by the field "name".
type recordList struct{}

// recordEnd closes a record; within one, it is always behind a value.
const recordEnd = "\x00\n\x00"

func joinRecords(records []string) string {
	return strings.Join(records, recordEnd)
}

func (recordList) Split(text string) (tree.Parts, bool) {
	p := tree.Parts{Mode: tree.Keyed}
	for _, record := range splitRecords(text) {
		p.Kids = append(p.Kids, tree.Kid{Key: tree.Field(record, "name"), Text: record, Codec: tree.Fields{}})
	}
	return p, true
}

func (recordList) Join(p tree.Parts) string {
	records := make([]string, len(p.Kids))
	for i, kid := range p.Kids {
		records[i] = kid.Text
	}
	return joinRecords(records)
}

func paramRecords(params []traffic.Param) []string {
	var records []string
	for _, p := range params {
		records = append(records, tree.JoinFields("name", p.Name, "value", p.Value, "file", p.FileName, "type", p.Type))
	}
	return records
}

func paramsOf(text string) []traffic.Param {
	var params []traffic.Param
	for _, r := range splitRecords(text) {
		params = append(params, traffic.Param{
			Name: tree.Field(r, "name"), Value: tree.Field(r, "value"),
			FileName: tree.Field(r, "file"), Type: tree.Field(r, "type"),
		})
	}
	return params
}

func cookieRecords(cookies []traffic.Cookie) []string {
	var records []string
	for _, c := range cookies {
		records = append(records, tree.JoinFields("name", c.Name, "value", c.Value, "path", c.Path, "domain", c.Domain,
			"expires", c.Expires, "samesite", c.SameSite, "httponly", flag(c.HTTPOnly), "secure", flag(c.Secure)))
	}
	return records
}

func cookiesOf(text string) []traffic.Cookie {
	var cookies []traffic.Cookie
	for _, r := range splitRecords(text) {
		cookies = append(cookies, traffic.Cookie{
			Name: tree.Field(r, "name"), Value: tree.Field(r, "value"), Path: tree.Field(r, "path"),
			Domain: tree.Field(r, "domain"), Expires: tree.Field(r, "expires"), SameSite: tree.Field(r, "samesite"),
			HTTPOnly: tree.Field(r, "httponly") != "", Secure: tree.Field(r, "secure") != "",
		})
	}
	return cookies
}

func splitRecords(text string) []string {
	if text == "" {
		return nil
	}
	return slices.Collect(strings.SplitSeq(text, recordEnd))
}

func flag(b bool) string {
	if b {
		return "true"
	}
	return ""
}
