package page

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
)

//go:embed web/shell.html
var shell string

//go:embed web/page.css
var style string

//go:embed web/*.js
var scripts embed.FS

// parts of the script, in reading order: each uses those before it, and main
// begins.
var parts = []string{"dom", "align", "blocks", "verdict", "flow", "filter", "exchange", "keys", "main"}

// script is all of them in one element, in a scope of their own.
func script() (string, error) {
	var b strings.Builder
	for _, name := range parts {
		content, err := scripts.ReadFile("web/" + name + ".js")
		if err != nil {
			return "", err
		}
		b.Write(content)
	}
	return b.String(), nil
}

// Write writes a page as an HTML file of at most about [MaxBytes].
func Write(w io.Writer, p *Page) error { return writeBounded(w, p, MaxBytes) }

func writeBounded(w io.Writer, p *Page, most int) error {
	code, err := script()
	if err != nil {
		return err
	}
	f := file{p: p, most: most, script: code, tables: newTables()}
	if err := f.encode(); err != nil {
		return err
	}
	before, after, _ := strings.Cut(shell, "{{data}}")
	for _, part := range []string{f.fill(before), "", f.fill(after)} {
		if part == "" {
			if err := f.writeData(w); err != nil {
				return err
			}
			continue
		}
		if _, err := io.WriteString(w, part); err != nil {
			return err
		}
	}
	return nil
}

// A file is a page on its way out.
type file struct {
	p      *Page
	most   int
	script string

	tables        *tables
	head          list // the one document without rows and details
	rows, details list
	left          int // rows whose blocks are left out
}

// document is all of a page but its rows, its details and the tables.
type document struct {
	Command  string    `json:"command"`
	Title    string    `json:"title"`
	Headline Headline  `json:"headline"`
	Columns  []string  `json:"columns"`
	Sources  []Source  `json:"sources"`
	Warnings []string  `json:"warnings"`
	Verdicts []Verdict `json:"verdicts"`
	Blocks   []Block   `json:"blocks"`
	Flow     string    `json:"flow"`
	Clocked  bool      `json:"clocked"`
	Missing  string    `json:"missing"`
	Summary  string    `json:"summary"`
}

// encode makes JSON of the page: the rows first, then as many details as there
// is room for.
func (f *file) encode() error {
	p, numbered := f.p, json.WithMarshalers(f.tables.marshalers())
	doc := document{
		p.Command, p.Title, p.Headline, p.Columns, p.Sources, p.Warnings, p.Verdicts, p.Blocks, p.Flow, p.Clocked, p.Missing, p.Summary,
	}
	if err := f.head.add(doc, numbered); err != nil {
		return err
	}
	f.rows.begin()
	for _, row := range p.Rows {
		if err := f.rows.add(row); err != nil {
			return err
		}
	}
	f.rows.end()
	f.details.begin()
	f.left = len(p.Rows)
	if p.Details == nil {
		f.left = 0 // no row has any
	} else {
		for row, blocks := range p.Details {
			if f.size() >= f.most {
				break
			}
			if err := f.details.add([]any{row, blocks}, numbered); err != nil {
				return err
			}
			f.left--
		}
	}
	f.details.end()
	f.tables.end()
	return nil
}

func (f *file) size() int {
	return len(shell) + len(style) + len(f.script) + len(f.p.Plain) + f.head.Len() + f.rows.Len() + f.details.Len() + f.tables.size()
}

// writeData writes the one document that page.js reads.
func (f *file) writeData(w io.Writer) error {
	left, err := json.Marshal(f.left)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name    string
		content []byte
	}{
		{`{"page":`, f.head.Bytes()}, {`,"left":`, left}, {`,"rows":`, f.rows.Bytes()}, {`,"details":`, f.details.Bytes()},
		{`,"texts":`, f.tables.texts.Bytes()}, {`,"lines":`, f.tables.lines.Bytes()}, {`,"blocks":`, f.tables.blocks.Bytes()}, {`}`, nil},
	} {
		if _, err := io.WriteString(w, part.name); err != nil {
			return err
		}
		if _, err := w.Write(part.content); err != nil {
			return err
		}
	}
	return nil
}

// fill puts in what the shell has names for.
func (f *file) fill(part string) string {
	return strings.NewReplacer(
		"{{title}}", html.EscapeString(f.p.Title), "{{plain}}", html.EscapeString(f.p.Plain), "{{policy}}", policy(f.script),
		"{{style}}", style, "{{script}}", f.script,
	).Replace(part)
}

// policy lets run and load what stands in the file, and nothing else. An icon
// is named, empty, for a browser asks its server for one else.
func policy(script string) string {
	return "default-src 'none'; script-src " + hash(script) + "; style-src " + hash(style) + "; img-src data:; " +
		"base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
}

// hash names an inline element by its content (Content Security Policy level 3,
// section 2.3.1).
func hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
