package suite

import (
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/tree"
	"github.com/replaydiff/replay/scenarios/expect"
)

// InWords says in words what an answer should be: "401 or 403 with a
// challenge of Bearer".
func InWords(a expect.Answer) string {
	var words []string
	add := func(text string) { words = append(words, text) }
	switch {
	case a.Unanswered:
		add("no answer")
	case len(a.Status) > 0:
		add("status " + spans(a.Status))
	case a.Recorded:
		add("the recorded answer")
	}
	if a.Login != "" {
		add(loginWords(a.Login))
	}
	if a.Disguised {
		add("a refusal under a good status")
	}
	if a.CORS != "" {
		add(corsWords(a.CORS))
	}
	if len(words) == 0 {
		add("an answer")
	}
	var with []string
	for _, c := range a.Challenges {
		with = append(with, "a challenge of "+c.Scheme)
	}
	for _, f := range a.Headers {
		with = append(with, strings.ToLower(f.Name)+" "+f.Want.String())
	}
	for _, s := range a.Cookies {
		with = append(with, "cookie "+s.Name+" "+string(s.State))
	}
	for _, m := range a.JSON {
		with = append(with, m.Pointer+" "+m.Want.String())
	}
	for _, v := range a.Body {
		with = append(with, "a body "+v.String())
	}
	if a.Voice != "" {
		with = append(with, voiceWords(a.Voice))
	}
	text := strings.Join(words, " and ")
	if len(with) > 0 {
		text += " with " + list(with, "and")
	}
	if a.Within > 0 {
		text += " within " + shortDuration(a.Within)
	}
	return text
}

func loginWords(f expect.LoginForm) string {
	switch f {
	case expect.LoginRedirect:
		return "a redirect to the login"
	case expect.LoginPage:
		return "a login page"
	}
	return "a way to the login"
}

func voiceWords(v expect.Voice) string {
	if v == expect.Missing {
		return "a refusal as if no credential had come"
	}
	return "a refusal of the credential that came"
}

func corsWords(v expect.CORS) string {
	if v == expect.CORSAllowed {
		return "an answer that the page may read"
	}
	return "an answer that the browser keeps from the page"
}

// cors checks the verdict of a browser.
func (c *checking) cors(want expect.CORS) {
	switch verdict := c.got.CORS; {
	case want == "":
	case verdict == nil:
		c.miss("browser", corsWords(want), "nothing: no browser was asked")
	case verdict.Allowed && want == expect.CORSBlocked:
		c.miss("browser", corsWords(want), "one that it may read")
	case !verdict.Allowed && want == expect.CORSAllowed:
		c.miss("browser", corsWords(want), "a refusal ("+string(verdict.Rule)+")")
	}
}

func changeWord(op tree.Op) string {
	switch op {
	case diff.Add:
		return "something new"
	case diff.Remove:
		return "nothing"
	case diff.Reorder:
		return "another order"
	case diff.Layout, diff.Respell:
		return "another spelling"
	}
	return "another value"
}
