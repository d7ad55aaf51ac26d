package tree

import "strings"

// The codecs of header values that are lists. The style is the separator; a
// list with mixed separators stays whole.

// Cookies takes a Cookie header apart (RFC 6265 section 4.2.1).
type Cookies struct{}

// Split implements Codec.
func (Cookies) Split(text string) (Parts, bool) {
	pairs, separator, ok := splitUniform(text, ';')
	if !ok {
		return Parts{}, false
	}
	kids := make([]Kid, len(pairs))
	for i, pair := range pairs {
		label, value := cutName(pair)
		kids[i] = Kid{Key: strings.TrimSuffix(label, "="), Label: label, Text: value, Codec: Token{}}
	}
	return Parts{Mode: Keyed, Style: separator, Kids: kids}, true
}

// cutName splits a cookie behind its name. Without "=" all of it is the value
// of a nameless cookie (RFC 6265bis section 5.6), not a name to be shown.
func cutName(pair string) (label, value string) {
	if !strings.Contains(pair, "=") {
		return "", pair
	}
	return cutLabel(pair, "=")
}

// Join implements Codec.
func (Cookies) Join(p Parts) string { return joinKids(p.Kids, p.Style) }

// SetCookie takes a Set-Cookie line apart: its first kid, "value", is the
// cookie, the others its attributes by lower-case name (RFC 6265 section
// 4.1.1).
type SetCookie struct{}

// Split implements Codec.
func (SetCookie) Split(text string) (Parts, bool) {
	pairs, separator, ok := splitUniform(text, ';')
	if !ok {
		return Parts{}, false
	}
	kids := make([]Kid, len(pairs))
	for i, pair := range pairs {
		label, value := cutLabel(pair, "=")
		key := strings.ToLower(strings.TrimSuffix(label, "="))
		kids[i] = Kid{Key: key, Label: label, Text: value}
	}
	kids[0].Label, kids[0].Text = cutName(pairs[0])
	kids[0].Key, kids[0].Codec = "value", Token{}
	return Parts{Mode: Keyed, Style: separator, Kids: kids}, true
}

// Join implements Codec.
func (SetCookie) Join(p Parts) string { return joinKids(p.Kids, p.Style) }

// SetCookieName returns the name of the cookie that a Set-Cookie line sets.
func SetCookieName(line string) string {
	pair, _, _ := strings.Cut(line, ";")
	name, _, ok := strings.Cut(pair, "=")
	if !ok {
		return "" // a nameless cookie (RFC 6265bis section 5.6)
	}
	return strings.TrimSpace(name)
}

// List takes a comma-separated field apart (RFC 9110 section 5.6.1); members
// are matched by their lower-case name, without value or parameters.
type List struct{}

// Split implements Codec.
func (List) Split(text string) (Parts, bool) {
	members, separator, ok := splitUniform(text, ',')
	if !ok {
		return Parts{}, false
	}
	kids := make([]Kid, len(members))
	for i, member := range members {
		name, _ := cutLabel(member, "=;")
		kids[i] = Kid{Key: strings.ToLower(strings.TrimRight(name, "=; ")), Text: member}
	}
	return Parts{Mode: Keyed, Style: separator, Kids: kids}, true
}

// Join implements Codec.
func (List) Join(p Parts) string { return joinKids(p.Kids, p.Style) }

// Hops takes a list apart whose order is the way of the message, a member for
// each hop: Via (RFC 9110 section 7.6.3), Forwarded (RFC 7239 section 4). One
// hop alone is the value of the field.
type Hops struct{}

// Split implements Codec.
func (Hops) Split(text string) (Parts, bool) {
	hops, separator, ok := splitUniform(text, ',')
	if !ok || len(hops) < 2 {
		return Parts{}, false
	}
	kids := make([]Kid, len(hops))
	for i, hop := range hops {
		kids[i] = Kid{Text: hop}
	}
	return Parts{Mode: Sequence, Style: separator, Kids: kids}, true
}

// Join implements Codec.
func (Hops) Join(p Parts) string { return joinKids(p.Kids, p.Style) }

// Params takes name=value pairs apart, as in Digest and SigV4 credentials and
// in challenges (RFC 9110 section 11.2).
type Params struct{}

// Split implements Codec.
func (Params) Split(text string) (Parts, bool) {
	pairs, separator, ok := splitUniform(text, ',')
	if !ok {
		return Parts{}, false
	}
	kids := make([]Kid, len(pairs))
	for i, pair := range pairs {
		if !isParam(pair) {
			return Parts{}, false
		}
		label, value := cutLabel(pair, "=")
		kids[i] = Kid{Key: strings.ToLower(strings.TrimRight(label, "= ")), Label: label, Text: value}
	}
	return Parts{Mode: Keyed, Style: separator, Kids: kids}, true
}

// Join implements Codec.
func (Params) Join(p Parts) string { return joinKids(p.Kids, p.Style) }

// Challenges takes WWW-Authenticate apart into challenges by lower-case
// scheme, and these into parameters (RFC 9110 section 11.6.1). A comma stands
// between challenges and between parameters alike: a piece that is a scheme,
// alone or before a space, begins a challenge.
type Challenges struct{}

// Split implements Codec.
func (Challenges) Split(text string) (Parts, bool) {
	pieces, separator, ok := splitUniform(text, ',')
	if !ok {
		return Parts{}, false
	}
	var kids []Kid
	for _, piece := range pieces {
		if isParam(piece) {
			if len(kids) == 0 {
				return Parts{}, false
			}
			kids[len(kids)-1].Text += separator + piece
			continue
		}
		scheme, rest, spaced := strings.Cut(piece, " ")
		kid := Kid{Key: strings.ToLower(scheme), Label: scheme, Text: rest, Codec: Params{}}
		if spaced {
			kid.Label += " "
		}
		kids = append(kids, kid)
	}
	return Parts{Mode: Keyed, Style: separator, Kids: kids}, true
}

// Join implements Codec.
func (Challenges) Join(p Parts) string { return joinKids(p.Kids, p.Style) }

// isParam tells a parameter from a challenge: a token right before "=", and
// something behind it that is no padding of a token68.
func isParam(piece string) bool {
	name, value, ok := strings.Cut(piece, "=")
	name = strings.TrimRight(name, " \t")
	return ok && name != "" && !strings.ContainsAny(name, " \t\"") && strings.Trim(value, "=") != ""
}

// cutLabel splits behind the first of the separators; the label keeps it.
func cutLabel(s, separators string) (label, rest string) {
	if i := strings.IndexAny(s, separators); i >= 0 {
		return s[:i+1], s[i+1:]
	}
	return s, ""
}

// splitUniform splits at the separator outside of quoted strings, if the white
// space around it is the same everywhere: "; ", ";", ", ", ",". One piece has
// the usual separator with one space.
func splitUniform(text string, separator byte) (pieces []string, style string, ok bool) {
	if text == "" {
		return nil, "", false
	}
	start, quoted := 0, false
	var cuts []int
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"' && separator == ',': // quotes mean nothing in cookies
			quoted = !quoted
		case c == separator && !quoted:
			cuts = append(cuts, i)
		}
	}
	style = string(separator) + " "
	for n, cut := range cuts {
		here := text[cut : cut+1+leadingSpace(text[cut+1:])]
		if n > 0 && here != style {
			return nil, "", false
		}
		style = here
		pieces = append(pieces, text[start:cut])
		start = cut + len(here)
	}
	return append(pieces, text[start:]), style, true
}

func leadingSpace(s string) int {
	return len(s) - len(strings.TrimLeft(s, " \t"))
}
