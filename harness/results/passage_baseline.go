package results

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-json-experiment/json"
	"go.yaml.in/yaml/v3"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

// A PassageBaseline is what a proxy did once: what it does otherwise after its
// next change is [Passage.Drift].
type PassageBaseline struct {
	Product  string            `yaml:"product,omitempty"`
	Findings []string          `yaml:"findings"` // accepted: "authorization-dropped-by-proxy: authorization dropped"
	Changes  []string          `yaml:"changes"`  // "request added x-forwarded-for"
	Probes   map[string]string `yaml:"probes"`   // outcome by name; none where nothing was probed

	file string
}

// Baseline is what a passage looks like to a later one.
func (p *Passage) Baseline() PassageBaseline {
	b := PassageBaseline{Product: p.Product, Findings: []string{}, Changes: []string{}, Probes: map[string]string{}}
	for _, f := range slices.Concat(p.Findings, p.Accepted) {
		b.Findings = append(b.Findings, f.key())
	}
	for _, c := range p.Changes {
		if c.Kind != HopByHop && c.Kind != SpeltAnew {
			b.Changes = append(b.Changes, c.key())
		}
	}
	for _, probe := range p.Probes {
		b.Probes[probe.Name] = probe.Outcome
	}
	slices.Sort(b.Findings)
	slices.Sort(b.Changes)
	b.Changes = slices.Compact(b.Changes)
	return b
}

func (f *Altered) key() string { return f.Cause + ": " + f.Does }

func (a *Alteration) key() string { return a.Side + " " + string(a.Kind) + " " + a.Field }

// WritePassageBaseline writes what a passage looks like as YAML.
func WritePassageBaseline(w io.Writer, p *Passage) error {
	var b bytes.Buffer
	b.WriteString("# What a proxy did; replay through --baseline tells what it does otherwise.\n# Findings are accepted as they are: take a line out to be told of it again.\n")
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(p.Baseline()); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// ReadPassageBaseline reads what WritePassageBaseline wrote, or the JSON of a
// passage; file names it in messages.
func ReadPassageBaseline(r io.Reader, file string) (PassageBaseline, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxBaseline+1))
	switch {
	case err != nil:
		return PassageBaseline{}, fmt.Errorf("%s: %w", file, err)
	case len(content) > maxBaseline:
		return PassageBaseline{}, fmt.Errorf("%s: longer than %d MiB, no baseline is", file, maxBaseline>>20)
	case bytes.HasPrefix(bytes.TrimSpace(content), []byte("{")):
		return baselineOfReport(content, file)
	}
	b := baselineReader{file: file}
	root, err := b.document(content)
	if err != nil {
		return PassageBaseline{}, err
	}
	p := b.passage(root)
	if len(b.mistakes) > 0 {
		return PassageBaseline{}, errors.Join(b.mistakes...)
	}
	p.file = file
	return p, nil
}

// passage reads the members of a baseline of a proxy. It walks over nodes: a
// decoder compares each key of a mapping with each other one.
func (b *baselineReader) passage(root *yaml.Node) PassageBaseline {
	var p PassageBaseline
	if root == nil || isNull(root) {
		return p
	}
	if root.Kind != yaml.MappingNode {
		b.add(root, "no baseline of replay through: it holds findings, changes and probes")
		return p
	}
	b.members(root, []string{"product", "findings", "changes", "probes"}, func(name string, _, value *yaml.Node) {
		switch {
		case isNull(value):
		case name == "product":
			p.Product = b.text(value)
		case name == "findings":
			p.Findings = b.texts(value)
		case name == "changes":
			p.Changes = b.texts(value)
		case value.Kind != yaml.MappingNode:
			b.add(value, "%q is a mapping of names to outcomes", name)
		default:
			p.Probes = make(map[string]string, len(value.Content)/2)
			for i := 0; i+1 < len(value.Content); i += 2 {
				p.Probes[b.text(value.Content[i])] = b.text(value.Content[i+1])
			}
		}
	})
	return p
}

func (b *baselineReader) texts(n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		b.add(n, "this is a list of texts")
		return nil
	}
	texts := make([]string, len(n.Content))
	for i, element := range n.Content {
		texts[i] = b.text(element)
	}
	return texts
}

func (b *baselineReader) text(n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		b.add(n, "this is a text")
	}
	return n.Value
}

// baselineOfReport makes a baseline of a report: replay through --format json.
func baselineOfReport(content []byte, file string) (PassageBaseline, error) {
	var p Passage
	if err := json.Unmarshal(content, &p); err != nil {
		return PassageBaseline{}, fmt.Errorf("%s: %s", file, place(err))
	}
	if p.Kind != Through || p.Version != Version {
		return PassageBaseline{}, fmt.Errorf("%s: no report of replay through: give a file of --write-baseline, or of --format json", file)
	}
	b := p.Baseline()
	b.file = file
	return b, nil
}

// Apply moves the findings that the baseline knows to Accepted, and tells in Drift
// what the proxy does otherwise. Findings that are no more are Vanished, and no
// difference.
func (b PassageBaseline) Apply(p *Passage) {
	p.Compared = b.file
	now := p.Baseline()
	var kept []Altered
	for _, f := range p.Findings {
		if slices.Contains(b.Findings, f.key()) {
			p.Accepted = append(p.Accepted, f)
		} else {
			kept = append(kept, f)
		}
	}
	p.Findings = kept
	for _, known := range b.Findings {
		if !slices.Contains(now.Findings, known) {
			p.Vanished = append(p.Vanished, mask.Visible(known))
		}
	}
	if b.Product != "" && now.Product != b.Product {
		p.Drift = append(p.Drift, Drift{"product", mask.Visible(b.Product), now.Product})
	}
	b.driftOfChanges(p, now)
	for _, probe := range p.Probes {
		if before, known := b.Probes[probe.Name]; known && before != probe.Outcome {
			p.Drift = append(p.Drift, Drift{"probe " + probe.Name, mask.Visible(before), probe.Outcome})
		}
	}
}

// driftOfChanges leaves out what is told as a finding, and what was one.
func (b PassageBaseline) driftOfChanges(p *Passage, now PassageBaseline) {
	broken := map[string]bool{}
	for _, c := range p.Changes {
		if c.Cause != "" {
			broken[c.key()] = true
		}
	}
	for _, c := range now.Changes {
		if !slices.Contains(b.Changes, c) && !broken[c] {
			p.Drift = append(p.Drift, Drift{c, "", "there"})
		}
	}
	for _, c := range b.Changes {
		if !slices.Contains(now.Changes, c) && len(b.Findings) <= len(now.Findings) {
			p.Drift = append(p.Drift, Drift{mask.Visible(c), "there", ""})
		}
	}
}
