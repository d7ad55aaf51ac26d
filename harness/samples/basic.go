package samples

import "strings"

// basic are the credentials of Basic (RFC 7617 section 2) as the masker shows
// them, which is decoded: "Basic ‹secret 1›:‹secret 2›". Ok is false for other
// schemes, and for what could not be decoded.
func (b *builder) basic(entry int, field, shown string) (credentials []piece, ok bool) {
	scheme, pair, _ := strings.Cut(shown, " ")
	user, password, found := strings.Cut(pair, ":")
	if !strings.EqualFold(field, "Authorization") || !strings.EqualFold(scheme, "Basic") || !found || !marked.MatchString(pair) {
		return nil, false
	}
	credentials = append(b.credential(entry, user, "username"), piece{literal: ":"})
	return append(credentials, b.credential(entry, password, "password")...), true
}

func (b *builder) credential(entry int, shown, name string) []piece {
	if !marked.MatchString(shown) {
		return b.short(entry, shown)
	}
	return b.pieces(entry, "", shown, name, "the "+name+" of the field authorization")
}

// encoded is how a request shows credentials that go over the wire in Base64.
func encoded(credentials []piece) []piece {
	return append(append([]piece{{literal: "Basic (Base64 of "}}, credentials...), piece{literal: ")"})
}
