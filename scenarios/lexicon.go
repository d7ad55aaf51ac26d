package scenarios

import (
	"slices"
	"strings"
)

// A lexeme is the words by which servers speak of one cause. Case, punctuation
// and the spelling of names don't matter: "token expired" is TOKEN_EXPIRED,
// tokenExpired and token-expired. " * " stands for up to a few words of one
// sentence.
type lexeme struct {
	cause string

	anywhere []string // as words of a longer text
	whole    []string // as a whole message or code alone: too common inside a text
	faint    []string // anywhere, said in other cases as well
	alone    []string // whole, and said in other cases as well
}

// A phrase is a row of the lexicon, ready to be found.
type phrase struct {
	cause string
	words string   // as plain makes them, without the outer spaces
	parts []string // between the gaps, each with its outer spaces
	whole bool
	faint bool
}

// maxGap is the length in bytes that a gap may have.
const maxGap = 56

// lexicon holds all phrases by their first word.
var lexicon = indexPhrases(slices.Concat(
	voiceLexemes, credentialLexemes, tokenLexemes, oauthLexemes, sessionLexemes, accessLexemes,
))

func indexPhrases(lexemes []lexeme) map[string][]phrase {
	index := map[string][]phrase{}
	add := func(cause string, texts []string, whole, faint bool) {
		for _, text := range texts {
			p := phrase{cause: cause, words: strings.TrimSpace(plain(text)), whole: whole, faint: faint}
			for part := range strings.SplitSeq(text, " * ") {
				p.parts = append(p.parts, plain(part))
			}
			first, _, _ := strings.Cut(p.words, " ")
			index[first] = append(index[first], p)
		}
	}
	for _, l := range lexemes {
		add(l.cause, l.anywhere, false, false)
		add(l.cause, l.whole, true, false)
		add(l.cause, l.faint, false, true)
		add(l.cause, l.alone, true, true)
	}
	return index
}

// find calls yield for each phrase in a text made by plain. One pass: at each
// word, the phrases that begin with it are tried. The longest counts, and what
// begins inside it does not: "refresh token expired" is no expired token.
func find(text string, yield func(phrase)) {
	covered := 0
	for i := 0; i+1 < len(text); {
		next := i + 1 + strings.IndexByte(text[i+1:], ' ')
		if i >= covered {
			covered = longest(text, i, lexicon[text[i+1:next]], yield)
		}
		i = next
	}
}

// longest yields the phrases that begin at a space and are the longest of
// those, and returns where they end.
func longest(text string, i int, phrases []phrase, yield func(phrase)) (end int) {
	var found []phrase
	for _, p := range phrases {
		stop, ok := p.stands(text, i)
		switch {
		case !ok || stop < end:
		case stop > end:
			found, end = append(found[:0], p), stop
		default:
			found = append(found, p)
		}
	}
	for _, p := range found {
		yield(p)
	}
	return end
}

// stands tells whether the phrase begins at the space at i, and where it ends.
func (p *phrase) stands(text string, i int) (end int, ok bool) {
	if !strings.HasPrefix(text[i:], p.parts[0]) {
		return 0, false
	}
	end = i + len(p.parts[0]) - 1
	if p.whole {
		return end, strings.Trim(text, ". ") == p.words
	}
	for _, part := range p.parts[1:] {
		near := text[end:min(len(text), end+maxGap+len(part))]
		if stop := strings.Index(near, " . "); stop >= 0 {
			near = near[:stop+1]
		}
		at := strings.Index(near, part)
		if at < 0 {
			return 0, false
		}
		end += at + len(part) - 1
	}
	return end, true
}
