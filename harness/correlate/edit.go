package correlate

import "strings"

// An edit replaces bytes of a text.
type edit struct {
	from, to int
	text     string
}

// whole is the edit that replaces all of a text; none where nothing changes.
func whole(text, by string) []edit {
	if text == by {
		return nil
	}
	return []edit{{0, len(text), by}}
}

// shifted are the edits of a part in the coordinates of what it is a part of.
func shifted(edits []edit, by int) []edit {
	for i := range edits {
		edits[i].from += by
		edits[i].to += by
	}
	return edits
}

// applied is the text with edits in it, which are in order.
func applied(text string, edits []edit) string {
	if len(edits) == 0 {
		return text
	}
	var b strings.Builder
	at := 0
	for _, e := range edits {
		b.WriteString(text[at:e.from])
		b.WriteString(e.text)
		at = e.to
	}
	b.WriteString(text[at:])
	return b.String()
}
