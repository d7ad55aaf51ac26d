package tree

import (
	"mime"
	"net/textproto"
	"strings"
)

// Lines take a text apart into lines, each with its line break.
type Lines struct{}

// Split implements Codec.
func (Lines) Split(text string) (Parts, bool) {
	kids := make([]Kid, 0, strings.Count(text, "\n")+1)
	for line := range strings.Lines(text) {
		kids = append(kids, Kid{Text: line})
	}
	return Parts{Mode: Sequence, Kids: kids}, true
}

func (Lines) exact() {}

// Join implements Codec.
func (Lines) Join(p Parts) string { return joinKids(p.Kids, "") }

// Multipart takes a multipart body apart (RFC 2046 section 5.1.1): a kid for
// each part, by its form name. Its label is the part's header section, its
// text the content; the style is the boundary line and what follows the last.
type Multipart struct{}

// Split implements Codec.
func (Multipart) Split(text string) (Parts, bool) {
	boundary, _, ok := strings.Cut(text, "\r\n")
	if !ok || len(boundary) < 3 || len(boundary) > 72 || !strings.HasPrefix(boundary, "--") {
		return Parts{}, false
	}
	end := strings.LastIndex(text, "\r\n"+boundary+"--")
	if end < len(boundary)+2 {
		return Parts{}, false
	}
	tail := text[end+len(boundary)+4:]
	var kids []Kid
	for part := range strings.SplitSeq(text[len(boundary)+2:end], "\r\n"+boundary+"\r\n") {
		head, content, ok := strings.Cut(part, "\r\n\r\n")
		if !ok {
			return Parts{}, false
		}
		kids = append(kids, Kid{Key: partName(head), Label: head + "\r\n\r\n", Text: content})
	}
	return Parts{Mode: Keyed, Style: boundary + "\x00" + tail, Kids: kids}, true
}

// Join implements Codec.
func (Multipart) Join(p Parts) string {
	boundary, tail, _ := strings.Cut(p.Style, "\x00")
	var b strings.Builder
	for _, kid := range p.Kids {
		b.WriteString(boundary + "\r\n" + kid.Label + kid.Text + "\r\n")
	}
	b.WriteString(boundary + "--" + tail)
	return b.String()
}

// partName returns the name parameter of Content-Disposition (RFC 7578
// section 4.2).
func partName(head string) string {
	for line := range strings.SplitSeq(head, "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		if !ok || textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name)) != "Content-Disposition" {
			continue
		}
		if _, params, err := mime.ParseMediaType(value); err == nil {
			return params["name"]
		}
	}
	return ""
}
