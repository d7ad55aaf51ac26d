package results

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

const baseline = `
# What the new proxy does differently.
accepted:
  - template: "GET /shelf"
    field: response.header.server   # any value
    kind: changed
    reason: the new proxy
  - {template: GET /shelf, field: response.header.via, kind: gained, new: "1.1 edge"}
`

func TestBaseline(t *testing.T) {
	b, err := ReadBaseline(strings.NewReader(baseline), "known.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := []Acceptance{
		{Template: "GET /shelf", Field: "response.header.server", Kind: Changed, Reason: "the new proxy"},
		{Template: "GET /shelf", Field: "response.header.via", Kind: Gained, New: text("1.1 edge")},
	}
	if d := cmp.Diff(want, b.Accepted); d != "" {
		t.Fatal(d)
	}
	via := func(value *string, varies bool) Group {
		return Group{Template: "GET /shelf", Field: "response.header.via", Kind: Gained, New: value, Varies: varies}
	}
	server := Group{Template: "GET /shelf", Field: "response.header.server", Kind: Changed, Varies: true}
	for _, tt := range []struct {
		reason                     string
		report                     Report
		groups, accepted, vanished int
	}{
		{"both seen", Report{Groups: []Group{server, via(text("1.1 edge"), false)}}, 0, 2, 0},
		{"another value", Report{Groups: []Group{server, via(text("1.1 cdn"), false)}}, 1, 1, 1},
		{"that value among others", Report{Groups: []Group{server, via(nil, true)}}, 1, 1, 1},
		{"lost instead", Report{Groups: []Group{{Template: "GET /shelf", Field: "response.header.server", Kind: Lost}}}, 1, 0, 2},
		{"of another request", Report{Groups: []Group{{Template: "GET /loans", Field: "response.header.server", Kind: Changed}}}, 1, 0, 2},
		{"nothing seen", Report{}, 0, 0, 2},
		{"nothing asked for", Report{Stopped: &Stop{}}, 0, 0, 0},
		{"asked for before the end", Report{Stopped: &Stop{}, Templates: []Template{{Template: "GET /shelf", Answers: 1}}}, 0, 0, 2},
	} {
		b.Apply(&tt.report)
		b.Apply(&tt.report) // changes nothing
		if g, a, v := len(tt.report.Groups), len(tt.report.Accepted), len(tt.report.Vanished); g != tt.groups || a != tt.accepted || v != tt.vanished {
			t.Errorf("%s: %d groups, %d accepted, %d vanished; want %d, %d, %d", tt.reason, g, a, v, tt.groups, tt.accepted, tt.vanished)
		}
	}
}

func TestBaselineCounts(t *testing.T) {
	b := Baseline{Accepted: []Acceptance{{Template: "GET /shelf", Field: "response.header.server", Kind: Changed}}}
	r := &Report{
		Counts:    Counts{Sent: 9, Same: 2, Different: 7},
		Templates: []Template{{Template: "GET /shelf", Answers: 5, Different: 4}, {Template: "GET /loans", Answers: 4, Different: 3}},
		Groups: []Group{
			{Template: "GET /shelf", Field: "response.header.server", Kind: Changed, Count: 4},
			{Template: "GET /shelf", Field: "response.status", Kind: Changed, Count: 1},
			{Template: "GET /loans", Field: "response.status", Kind: Changed, Count: 3},
		},
	}
	b.Apply(r)
	b.Apply(r)
	if d := cmp.Diff(Counts{Sent: 9, Same: 5, Different: 4}, r.Counts); d != "" || r.Templates[0].Different+r.Templates[1].Different != 4 {
		t.Errorf("%s%+v", d, r.Templates)
	}
}

func TestBaselineMistakes(t *testing.T) {
	for _, tt := range []struct{ reason, text, want string }{
		{"empty", "", ""},
		{"a comment", "# nothing yet\n", ""},
		{"an empty list", "accepted: []\n", ""},
		{"no mapping", "- a\n", `b.yaml:1:1: no baseline: it holds a list "accepted"`},
		{"another key", "acepted: []\n", `b.yaml:1:1: unknown key "acepted"; did you mean "accepted"?`},
		{"no list", "accepted: yes\n", `b.yaml:1:11: "accepted" is a list, its elements begin with "- template:"`},
		{"no YAML", "accepted:\n\t- a\n", "b.yaml:2:1: no YAML: found character that cannot start any token"},
		{"two documents", "accepted: []\n---\na: 1\n", "b.yaml:2:1: a second document; a baseline is one"},
		{"everything missing", "accepted:\n- reason: why\n", `b.yaml:2:3: no "template", as "GET /account/{}"`},
		{"two mistakes", "accepted:\n- template: GET /\n  feild: a\n  kind: losed\n", "b.yaml:3:3: unknown key \"feild\"; did you mean \"field\"?\nb.yaml:4:9: no kind; did you mean \"lost\"?"},
		{"twice", "accepted:\n- template: GET /\n  template: GET /\n", `b.yaml:3:3: "template" stands here twice`},
		{"a value that is none", "accepted:\n- template: GET /\n  field: f\n  kind: changed\n  new:\n", `b.yaml:5:7: "new" has no value; leave the key out to accept any, write "" for an empty one`},
		{"a value that can't be", "accepted:\n- template: GET /\n  field: f\n  kind: lost\n  new: a\n", `b.yaml:2:3: what is lost has no "new"`},
		{"an alias", "accepted:\n- template: &t GET /\n  field: *t\n  kind: lost\n", `b.yaml:3:10: an alias; write the value here`},
		{"a list for a text", "accepted:\n- template: [a]\n", `b.yaml:2:13: "template" is a text`},
	} {
		_, err := ReadBaseline(strings.NewReader(tt.text), "b.yaml")
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.reason, got, tt.want)
		}
	}
}

// What a baseline was written of, it accepts; and nothing with another value.
func TestBaselineRoundTrip(t *testing.T) {
	value := rapid.Custom(func(t *rapid.T) *string {
		return text(rapid.SampledFrom([]string{"", "a", "null", "~", "a: b # c", "two\nlines", "‹token 1›", " lead", "{}", "\"q\"", "yes", "0x10", "*a", "\u2028", "é"}).Draw(t, "value"))
	})
	group := rapid.Custom(func(t *rapid.T) Group {
		g := Group{
			Template: rapid.SampledFrom([]string{"GET /shelf", "POST /a{}: b"}).Draw(t, "template"), Field: rapid.SampledFrom([]string{"response.status", "response.body/a b"}).Draw(t, "field"),
			Kind: rapid.SampledFrom([]Change{Lost, Gained, Changed, Moved}).Draw(t, "kind"), Varies: rapid.Bool().Draw(t, "varies"), Regression: rapid.Bool().Draw(t, "regression"),
		}
		if !g.Varies && (g.Kind == Lost || g.Kind == Changed) {
			g.Old = value.Draw(t, "old")
		}
		if !g.Varies && (g.Kind == Gained || g.Kind == Changed) {
			g.New = value.Draw(t, "new")
		}
		return g
	})
	rapid.Check(t, func(t *rapid.T) {
		groups := rapid.SliceOfN(group, 0, 6).Draw(t, "groups")
		r := &Report{Groups: append([]Group{}, groups...)}
		var b strings.Builder
		if err := WriteBaseline(&b, r, Baseline{}); err != nil {
			t.Fatal(err)
		}
		base, err := ReadBaseline(strings.NewReader(b.String()), "b.yaml")
		if err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		base.Apply(r)
		if len(r.Groups) > 0 || len(r.Accepted) != len(groups) || len(r.Vanished) > 0 {
			t.Fatalf("%d groups left, %d accepted, %d vanished\n%s", len(r.Groups), len(r.Accepted), len(r.Vanished), b.String())
		}
		for _, g := range groups {
			if g.New == nil || hasAny(groups, g) {
				continue
			}
			other := g
			other.New = text(*g.New + "x")
			r := &Report{Groups: []Group{other}}
			if base.Apply(r); len(r.Groups) != 1 {
				t.Fatalf("%q is accepted for %q", *other.New, *g.New)
			}
		}
	})
}

// hasAny tells whether a group of that place accepts more than its value.
func hasAny(groups []Group, of Group) bool {
	for _, g := range groups {
		if keyOf(&g) == keyOf(&of) && (g.New == nil || *g.New != *of.New) {
			return true
		}
	}
	return false
}

func FuzzReadBaseline(f *testing.F) {
	f.Add(baseline)
	f.Add("accepted:\n- template: GET /\n  feild: a\n")
	f.Add("a: &a [*a]\n")
	f.Fuzz(func(t *testing.T, content string) {
		b, err := ReadBaseline(strings.NewReader(content), "b.yaml")
		if err != nil {
			if strings.ContainsAny(err.Error(), "\x1b\x00") {
				t.Errorf("controls in %q", err)
			}
			return
		}
		for _, a := range b.Accepted {
			if a.Template == "" || a.Field == "" || !a.Kind.known() {
				t.Errorf("half an acceptance: %+v", a)
			}
		}
	})
}
