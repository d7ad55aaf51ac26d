package suite

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"
	"unicode"

	"github.com/replaydiff/replay/scenarios"
	"github.com/replaydiff/replay/scenarios/expect"
)

//go:embed ginkgo.go.tmpl
var ginkgoText string

// WriteGinkgo writes a suite as a Ginkgo test in Go, in a package of that name:
// "shop" becomes package shop_test.
func WriteGinkgo(w io.Writer, s *Suite, pkg string) error {
	if len(s.Scenarios) == 0 {
		return errors.New("the suite has no scenarios to write a test of")
	}
	t, err := template.New("ginkgo").Funcs(template.FuncMap{"quote": strconv.Quote, "comment": goComment, "head": goHead, "scenario": goScenario, "title": goTitle, "policy": goPolicy, "options": goOptions}).Parse(ginkgoText)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, struct {
		*Suite
		Package string
	}{s, pkg}); err != nil {
		return fmt.Errorf("write the test: %w", err)
	}
	source, err := withoutUnused(b.Bytes())
	if err == nil {
		source, err = format.Source(source)
	}
	if err != nil {
		return fmt.Errorf("write the test: %w", err)
	}
	_, err = w.Write(inert(source))
	return err
}

// withoutUnused leaves out the imports that no scenario needs.
func withoutUnused(source []byte) ([]byte, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	used := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, is := n.(*ast.SelectorExpr); is {
			if x, is := s.X.(*ast.Ident); is {
				used[x.Name] = true
			}
		}
		return true
	})
	for _, imported := range []string{"time", "net/netip", "github.com/replaydiff/replay/diff/traffic", "github.com/replaydiff/replay/scenarios/expect", "github.com/replaydiff/replay/scenarios/policy"} {
		if !used[path.Base(imported)] {
			source = bytes.Replace(source, []byte("\t"+strconv.Quote(imported)+"\n"), nil, 1)
		}
	}
	return source, nil
}

func goComment(text string) string {
	if text == "" {
		return ""
	}
	return "// " + strings.ReplaceAll(told(text), "\n", "\n// ") + "\n"
}

// goHead says in Go what the head of a suite says in YAML: how to run it, and
// where credentials and keys are given.
func goHead(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "Run it: ") {
			lines[i] = "Run it: TARGET=http://127.0.0.1:8080 go test"
		}
		if value, ok := strings.CutPrefix(line, "  auth: "); ok {
			lines[i] = "  specs.Auth(" + strconv.Quote(value) + ")"
		}
		if value, ok := strings.CutPrefix(line, "  sign-with: {"); ok {
			kind, place, _ := strings.Cut(strings.TrimSuffix(value, "}"), ": ")
			field := map[string]string{"mint": "Mint"}[kind]
			if field == "" {
				field = strings.ToUpper(kind)
			}
			lines[i] = fmt.Sprintf("  specs.Sign(SignWith{%s: %q})", field, place)
		}
		lines[i] = strings.Replace(lines[i], "`on` of session-cookie-missing", "On of SessionCookieMissing", 1)
	}
	return strings.Join(lines, "\n")
}

// goOptions are the options of specs.Against that a suite's credentials make.
func goOptions(s *Suite) []string {
	var options []string
	add := func(format string, args ...any) { options = append(options, fmt.Sprintf(format, args...)) }
	switch {
	case slices.Contains(s.AllowUnsafe, "all"):
		add("specs.AllowUnsafe()")
	case len(s.AllowUnsafe) > 0:
		add("specs.AllowUnsafe(%s)", quotedWords(strings.Join(s.AllowUnsafe, " ")))
	}
	if s.Auth != "" {
		add("specs.Auth(%q)", s.Auth)
	}
	for _, key := range []struct{ field, place string }{{"HS256", s.SignWith.HS256}, {"RS256", s.SignWith.RS256}, {"ES256", s.SignWith.ES256}, {"Mint", s.SignWith.Mint}} {
		if key.place != "" {
			add("specs.Sign(SignWith{%s: %q})", key.field, key.place)
		}
	}
	for _, u := range s.Users {
		if u.Auth == "" {
			continue // a login has no place here: give the suite's file to specs.ReadSuite
		}
		add("specs.AsUser(%q, %q)", u.Name, u.Auth)
	}
	return options
}

// goTitle is a name for a function: "shop" is Shop.
func goTitle(name string) string {
	var b strings.Builder
	up := true
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			up = true
			continue
		case up:
			r = unicode.ToUpper(r)
		}
		up = false
		b.WriteRune(r)
	}
	return b.String()
}

// goScenario is the expression that makes a scenario.
func goScenario(s Scenario) (string, error) {
	c, is := constructorOf(s.Cause)
	if !is {
		return "", unknownCause(s.Cause)
	}
	var args []string
	rest := maps.Clone(s.Parameters)
	for _, name := range c.Arguments {
		p, _ := s.parameter(name)
		if arg := goArgument(c, p, s.Parameters[name]); arg != "" {
			args = append(args, arg)
		}
		delete(rest, name)
	}
	var b strings.Builder
	b.WriteString(c.Name + "(" + strings.Join(args, ", ") + ")")
	for _, name := range slices.Sorted(maps.Keys(rest)) {
		fmt.Fprintf(&b, ".With(%q, %q)", name, rest[name])
	}
	goCall(&b, "On", s.Routes)
	for i, a := range s.Expected.Any {
		method := "Expect"
		if i > 0 {
			method = "OrExpect"
		}
		b.WriteString(".\n" + method + "(" + strings.Join(goConditions(a), ", ") + ")")
	}
	goCall(&b, "FromOrigins", s.Matrix.Origins)
	goCall(&b, "OnEach", s.Matrix.Routes)
	goCall(&b, "ByUsers", s.Matrix.Users)
	if s.Name != "" {
		fmt.Fprintf(&b, ".Named(%q)", s.Name)
	}
	return b.String(), nil
}

func goCall(b *strings.Builder, method string, args []string) {
	if len(args) == 0 {
		return
	}
	b.WriteString("." + method + "(")
	for i, a := range args {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(a))
	}
	b.WriteString(")")
}

// goArgument writes a parameter as the constructor takes it; one that was left
// out by its default.
func goArgument(c Constructor, p scenarios.Parameter, value string) string {
	if value == "" {
		value = p.Default
	}
	switch {
	case p.Type == scenarios.TypeDuration:
		return goDuration(value)
	case p.Type == scenarios.TypeAddress:
		return fmt.Sprintf("netip.MustParseAddr(%q)", value)
	case p.Type == scenarios.TypeNumber && value == "":
		return "1"
	case p.Type == scenarios.TypeNumber:
		return value
	case c.Cause == "insufficient-scope" && value == "":
		return ""
	case c.Cause == "insufficient-scope":
		return quotedWords(value)
	}
	return strconv.Quote(value)
}

func quotedWords(text string) string {
	var words []string
	for word := range strings.FieldsSeq(text) {
		words = append(words, strconv.Quote(word))
	}
	return strings.Join(words, ", ")
}

func goDuration(text string) string {
	d, err := time.ParseDuration(text)
	if err != nil {
		return "time.Hour"
	}
	for _, unit := range []struct {
		d    time.Duration
		name string
	}{{time.Hour, "time.Hour"}, {time.Minute, "time.Minute"}, {time.Second, "time.Second"}, {time.Millisecond, "time.Millisecond"}} {
		switch {
		case d == unit.d:
			return unit.name
		case d%unit.d == 0:
			return fmt.Sprintf("%d*%s", d/unit.d, unit.name)
		}
	}
	return fmt.Sprintf("%d*time.Nanosecond", d)
}

// goConditions are the conditions of an answer.
func goConditions(a expect.Answer) []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	var codes []string
	for _, s := range a.Status {
		if s.From == s.To {
			codes = append(codes, strconv.Itoa(s.From))
		}
	}
	if len(codes) > 0 {
		add("expect.Status(%s)", strings.Join(codes, ", "))
	}
	for _, s := range a.Status {
		if s.From != s.To {
			add("expect.StatusBetween(%d, %d)", s.From, s.To)
		}
	}
	for _, c := range a.Challenges {
		add("expect.Challenge(%q%s)", c.Scheme, goFields(c.Params))
	}
	for _, f := range a.Headers {
		add("expect.Header(%q, %s)", f.Name, goValue(f.Want))
	}
	for _, c := range a.Cookies {
		add("expect.Cookie(%q, %q%s)", c.Name, c.State, goFields(c.Attributes))
	}
	for _, m := range a.JSON {
		add("expect.JSON(%q, %s)", m.Pointer, goValue(m.Want))
	}
	for _, v := range a.Body {
		add("expect.Body(%s)", goValue(v))
	}
	for _, one := range []struct {
		is   bool
		text string
	}{
		{a.Login != "", fmt.Sprintf("expect.Login(%q)", a.Login)},
		{a.Voice != "", fmt.Sprintf("expect.Speaks(%q)", a.Voice)},
		{a.CORS != "", fmt.Sprintf("expect.Browser(%q)", a.CORS)},
		{a.Recorded, "expect.SameAsRecorded()"},
		{a.Disguised, "expect.Disguised()"},
		{a.Unanswered, "expect.Unanswered()"},
		{a.Within > 0, "expect.Within(" + goDuration(a.Within.String()) + ")"},
	} {
		if one.is {
			all = append(all, one.text)
		}
	}
	return all
}

func goFields(fields []expect.Field) string {
	var b strings.Builder
	for _, f := range fields {
		fmt.Fprintf(&b, ", expect.Param(%q, %s)", f.Name, goValue(f.Want))
	}
	return b.String()
}

func goValue(v expect.Value) string {
	name := strings.ToUpper(string(v.Op[:1])) + string(v.Op[1:])
	if v.Op == expect.OpPresent || v.Op == expect.OpAbsent {
		return "expect." + name + "()"
	}
	return fmt.Sprintf("expect.%s(%q)", name, v.Text)
}
