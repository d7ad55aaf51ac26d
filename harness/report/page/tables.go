package page

import (
	"bytes"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// shortText is a length in bytes up to which a text costs less than a number
// that stands for it.
const shortText = 6

// tables hold the texts, lines and blocks of a page, each once: a hundred
// exchanges that pass the same rules of CORS have one block of them. What refers
// to them is written as their number; what there is much of, changes and cells,
// as arrays.
type tables struct {
	texts, lines, blocks list
	text                 map[Text]int
	line                 map[lineKey]int
	block                map[string]int // by its JSON
}

// A lineKey is a line by its values.
type lineKey struct {
	name, old, new string
	hasOld, hasNew bool
	mark           Mark
}

func newTables() *tables {
	t := &tables{text: map[Text]int{}, line: map[lineKey]int{}, block: map[string]int{}}
	t.texts.begin()
	t.lines.begin()
	t.blocks.begin()
	return t
}

func (t *tables) end() {
	t.texts.end()
	t.lines.end()
	t.blocks.end()
}

// size is the length in bytes of all tables.
func (t *tables) size() int { return t.texts.Len() + t.lines.Len() + t.blocks.Len() }

// marshalers write what stands below a page: texts, lines and blocks by their
// number.
func (t *tables) marshalers() *json.Marshalers {
	return json.JoinMarshalers(json.MarshalToFunc(t.writeBlock),
		json.MarshalToFunc(t.writeText), json.MarshalToFunc(t.writeLine), json.MarshalToFunc(t.writeChange), json.MarshalToFunc(t.writeCell))
}

func (t *tables) writeBlock(e *jsontext.Encoder, b Block) error {
	type whole Block // without this method
	text, err := json.Marshal(whole(b), json.WithMarshalers(t.marshalers()), plainJSON)
	if err != nil {
		return err
	}
	n, known := t.block[string(text)]
	if !known {
		n = len(t.block)
		t.block[string(text)] = n
		t.blocks.addRaw(text)
	}
	return e.WriteToken(jsontext.Int(int64(n)))
}

// writeText writes a text as its number, or as itself where it is short.
func (t *tables) writeText(e *jsontext.Encoder, text Text) error {
	if len(text) <= shortText {
		return e.WriteToken(jsontext.String(string(text)))
	}
	n, known := t.text[text]
	if !known {
		n = len(t.text)
		t.text[text] = n
		if err := t.texts.add(string(text)); err != nil {
			return err
		}
	}
	return e.WriteToken(jsontext.Int(int64(n)))
}

func (t *tables) writeLine(e *jsontext.Encoder, line Line) error {
	key := line.key()
	n, known := t.line[key]
	if !known {
		n = len(t.line)
		t.line[key] = n
		if err := t.lines.add(line.parts()); err != nil {
			return err
		}
	}
	return e.WriteToken(jsontext.Int(int64(n)))
}

func (l Line) key() lineKey {
	k := lineKey{name: l.Name, mark: l.Mark, hasOld: l.Old != nil, hasNew: l.New != nil}
	if k.hasOld {
		k.old = *l.Old
	}
	if k.hasNew {
		k.new = *l.New
	}
	return k
}

// parts is a line as the file has it: [name, value] where both sides have the
// same, else [name, old, new, mark].
func (l Line) parts() []any {
	if l.Old != nil && l.New != nil && *l.Old == *l.New && l.Mark == Same {
		return []any{l.Name, *l.Old}
	}
	return []any{l.Name, l.Old, l.New, l.Mark}
}

// writeChange writes [section, place, op, old, new, noise, note], without the
// empty ones at the end.
func (t *tables) writeChange(e *jsontext.Encoder, c Change) error {
	return t.writeParts(e, Text(c.Section), c.Place, Text(c.Op), c.Old, c.New, Text(c.Noise), c.Note)
}

// writeCell writes [text, more, tone], and a text alone as itself.
func (t *tables) writeCell(e *jsontext.Encoder, c Cell) error {
	if c.More == "" && c.Tone == "" {
		return t.writeText(e, c.Text)
	}
	return t.writeParts(e, c.Text, c.More, Text(c.Tone))
}

func (t *tables) writeParts(e *jsontext.Encoder, parts ...Text) error {
	for len(parts) > 0 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	if err := e.WriteToken(jsontext.BeginArray); err != nil {
		return err
	}
	for _, part := range parts {
		if err := t.writeText(e, part); err != nil {
			return err
		}
	}
	return e.WriteToken(jsontext.EndArray)
}

// A list is a JSON array that is written element by element.
type list struct{ bytes.Buffer }

func (l *list) begin() { l.WriteByte('[') }
func (l *list) end()   { l.WriteByte(']') }

func (l *list) add(element any, more ...json.Options) error {
	text, err := json.Marshal(element, append(more, plainJSON)...)
	l.addRaw(text)
	return err
}

func (l *list) addRaw(text []byte) {
	if l.Len() > 1 {
		l.WriteByte(',')
	}
	l.Write(text)
}

// plainJSON can stand in a script element: "</script>" and "<!--" can't.
var plainJSON = json.JoinOptions(jsontext.EscapeForHTML(true), jsontext.EscapeForJS(true), jsontext.AllowInvalidUTF8(true))
