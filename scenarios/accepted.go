package scenarios

import (
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/net/html"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// Accepted tells whether a request got what the recorded one got: the same end,
// nothing in it that refuses, and content of the same make. A page for guests
// or an empty list under the same status is no access; whether it is what was
// expected is another question.
func Accepted(recorded, live *traffic.Exchange) bool {
	if live == nil || live.Response == nil || recorded == nil || recorded.Response == nil {
		return false
	}
	o := diff.OutcomeOf(live)
	if o.Failed() || !o.Same(diff.OutcomeOf(recorded)) {
		return false
	}
	a := AccountOf(recorded, live)
	return a.Login == "" && !a.Disguised && sameDestination(recorded.Response, live.Response) && sameContent(recorded.Response, live.Response)
}

// sameDestination tells whether two redirects lead to the same path.
func sameDestination(recorded, live *traffic.Response) bool {
	return live.Status/100 != 3 || pathOfLocation(recorded) == pathOfLocation(live)
}

func pathOfLocation(r *traffic.Response) string {
	to := traffic.Request{URL: r.Header.Get("location")}
	if u := to.ParsedURL(); u != nil {
		return u.Path
	}
	return ""
}

// The shares of the recorded content that have to be there again: of the
// members of a JSON object, of the words of a page. Pages for guests share their
// frame with those for users.
const (
	shareOfMembers = 0.5
	shareOfWords   = 0.9
)

func sameContent(recorded, live *traffic.Response) bool {
	was, is := rawBodyPrefix(recorded), rawBodyPrefix(live)
	switch {
	case len(was) == 0:
		return true
	case len(is) == 0 || mediaTypeOf(recorded) != mediaTypeOf(live):
		return false
	case looksLikeJSON(was):
		return sameMake(was, is)
	case strings.Contains(mediaTypeOf(recorded), "html"):
		return shareOf(wordsOfPage(was), wordsOfPage(is)) >= shareOfWords
	}
	return true
}

// sameMake compares JSON values by their kinds: an object has members of the
// same kinds, and what held something does.
func sameMake(was, is jsontext.Value) bool {
	if was.Kind() != is.Kind() || fills(was) && !fills(is) {
		return false
	}
	if was.Kind() != '{' {
		return true
	}
	var before, after map[string]jsontext.Value
	if json.Unmarshal(was, &before, jsontext.AllowDuplicateNames(true)) != nil || json.Unmarshal(is, &after, jsontext.AllowDuplicateNames(true)) != nil {
		return true // longer than is read: the status has to do
	}
	again := 0
	for name, value := range before {
		if v, there := after[name]; there && v.Kind() == value.Kind() && (fills(v) || !fills(value)) {
			again++
		}
	}
	return float64(again) >= shareOfMembers*float64(len(before))
}

// fills tells values that hold something from {}, [] and "".
func fills(v jsontext.Value) bool {
	switch v.Kind() {
	case '{', '[', '"':
		return len(strings.Join(strings.Fields(string(v)), "")) > 2
	}
	return true
}

// clockWords say when a page was made: another day has others, which tells
// nothing on a page of a few words.
var clockWords = map[string]bool{
	"am": true, "a.m": true, "pm": true, "p.m": true, "utc": true, "gmt": true, "today": true, "yesterday": true,
	"monday": true, "tuesday": true, "wednesday": true, "thursday": true, "friday": true, "saturday": true, "sunday": true,
	"mon": true, "tue": true, "wed": true, "thu": true, "fri": true, "sat": true, "sun": true,
	"january": true, "february": true, "march": true, "april": true, "may": true, "june": true, "july": true,
	"august": true, "september": true, "october": true, "november": true, "december": true,
	"jan": true, "feb": true, "mar": true, "apr": true, "jun": true, "jul": true, "aug": true, "sep": true, "oct": true, "nov": true, "dec": true,
}

// wordsOfPage are the words that a page shows, without numbers, clocks and what
// nobody typed.
func wordsOfPage(content []byte) map[string]bool {
	words := map[string]bool{}
	z := html.NewTokenizer(strings.NewReader(string(content)))
	hidden := ""
	for {
		switch z.Next() {
		case html.ErrorToken:
			return words // the end, or what is cut off
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "script" || string(name) == "style" {
				hidden = string(name)
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == hidden {
				hidden = ""
			}
		case html.TextToken:
			if hidden == "" {
				for word := range strings.FieldsSeq(plain(string(z.Text()))) {
					if !strings.ContainsAny(word, "0123456789") && !clockWords[strings.Trim(strings.ToLower(word), ".,")] {
						words[word] = true
					}
				}
			}
		}
	}
}

// shareOf is how many of the words are there again; 1 of none.
func shareOf(words, there map[string]bool) float64 {
	if len(words) == 0 {
		return 1
	}
	n := 0
	for w := range words {
		if there[w] {
			n++
		}
	}
	return float64(n) / float64(len(words))
}
