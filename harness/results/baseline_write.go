package results

import (
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"
)

// WriteBaseline writes a baseline that accepts all that differs in the report,
// and what its own baseline accepted: known is that baseline, whose reasons
// stay. Each entry says in a comment how often the difference was seen, and
// where first.
func WriteBaseline(w io.Writer, r *Report, known Baseline) error {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	var written []Acceptance
	for _, g := range slices.Concat(r.Groups, r.Accepted) {
		if a := known.of(g); !slices.ContainsFunc(written, a.equal) {
			written = append(written, a)
			list.Content = append(list.Content, acceptanceNode(a, g))
		}
	}
	if len(list.Content) == 0 {
		list.Style = yaml.FlowStyle
	}
	root := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
		{Kind: yaml.ScalarNode, Value: "accepted", HeadComment: "Differences that replay accepts. Without old and new, any value is accepted.\nSay why in a reason; delete what is no longer true."},
		list,
	}}
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return err
	}
	return encoder.Close()
}

// of is the acceptance that covers a group, else a new one.
func (b Baseline) of(g Group) Acceptance {
	if i := slices.IndexFunc(b.Accepted, func(a Acceptance) bool { return a.covers(g) }); i >= 0 {
		return b.Accepted[i]
	}
	return acceptanceOf(g)
}

func acceptanceNode(a Acceptance, g Group) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	n.HeadComment = fmt.Sprintf("in %d of %d answers, first in entry %d", g.Count, g.Of, g.Example.Entry)
	if g.Regression {
		n.HeadComment += "; a regression"
	}
	if g.Varies {
		n.HeadComment += "; the values vary"
	}
	add := func(key, value string) {
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key},
			&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: value})
	}
	add("template", a.Template)
	add("field", a.Field)
	add("kind", string(a.Kind))
	if a.Old != nil {
		add("old", *a.Old)
	}
	if a.New != nil {
		add("new", *a.New)
	}
	if a.Reason != "" {
		add("reason", a.Reason)
	}
	return n
}
