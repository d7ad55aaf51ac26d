package mask

import "strings"

// table masks the columns of a CSV text (RFC 4180) whose names say that they
// hold secrets. The separator is the one that stands first in the header.
func (m *Masker) table(s string) string {
	header, _, _ := strings.Cut(s, "\n")
	at := strings.IndexAny(header, ",;\t")
	if at < 0 {
		return m.scan(s)
	}
	var b strings.Builder
	var names []string
	done := 0
	eachCell(s, header[at], func(line, column, from, to int) {
		cell := s[from:to]
		if line == 0 {
			names = append(names, strings.Trim(cell, "\"\ufeff "))
			return
		}
		if column >= len(names) {
			return
		}
		if masked := m.cell(names[column], cell); masked != cell {
			b.WriteString(s[done:from])
			b.WriteString(masked)
			done = to
		}
	})
	b.WriteString(s[done:])
	return m.scan(b.String())
}

// cell masks a cell by the name of its column.
func (m *Masker) cell(name, cell string) string {
	if c := m.classify(name); cell == "" || c.level == plain && c.rule == asField {
		return cell // scanned with the whole
	}
	if len(cell) < 2 || cell[0] != '"' || cell[len(cell)-1] != '"' {
		return m.field(name, cell)
	}
	inner := strings.ReplaceAll(cell[1:len(cell)-1], `""`, `"`)
	masked := m.field(name, inner)
	if masked == inner {
		return cell
	}
	return `"` + strings.ReplaceAll(masked, `"`, `""`) + `"`
}

// eachCell yields where the cells of a table stand, quotes included. A quote is
// one at the beginning of a cell alone; in it line breaks and separators are
// text, and two quotes are one.
func eachCell(s string, separator byte, yield func(line, column, from, to int)) {
	line, column, from := 0, 0, 0
	quoted := false
	for i := 0; i <= len(s); i++ {
		switch {
		case i < len(s) && s[i] == '"' && (quoted || i == from):
			quoted = !quoted
			if !quoted && i+1 < len(s) && s[i+1] == '"' {
				quoted = true
				i++
			}
		case quoted && i < len(s):
		case i == len(s) || s[i] == '\n':
			to := i
			if to > from && s[to-1] == '\r' {
				to--
			}
			yield(line, column, from, to)
			line, column, from, quoted = line+1, 0, i+1, false
		case s[i] == separator:
			yield(line, column, from, i)
			column, from = column+1, i+1
		}
	}
}
