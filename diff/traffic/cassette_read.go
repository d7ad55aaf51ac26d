package traffic

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// readCassette reads a go-vcr cassette of either version.
//
// What go-vcr records and the model has no field for (form, host, trailer, …)
// stands in Exchange.Unknown, but only where it says something else than what
// writeCassette derives again from the model (see regenerated). A key that is
// missing counts as that derived value, because go-vcr since 4.0.3 leaves out
// what is empty. The fields are ordered by section (entry, request, response,
// headers before their section's other keys), then as in the file.
//
// An empty request body is an absent one: a cassette can't tell them apart.
// An absent answer is `response: null`. Comments are not kept.
//
// All mistakes of the file are reported, joined, as *Error each.
func readCassette(data []byte, file string, o Options) (*Capture, error) {
	d := newCassetteReader(data, file, o)
	if limit := d.limits.WholeFile; int64(len(data)) > limit {
		err := d.error(nil, fmt.Sprintf("the file is longer than the limit of %d bytes (Limits.WholeFile)", limit))
		err.Err = ErrLimit
		return nil, err
	}
	root, cut := d.parse()
	if root != nil && d.measure(root, 0, false) {
		d.root(root, cut)
	}
	if err := d.mistakes.joined(d.file); err != nil {
		return nil, err
	}
	return d.capture, nil
}

// cassetteReader is the state of reading one cassette.
type cassetteReader struct {
	data    []byte // without a byte order mark
	file    string
	limits  Limits
	partial bool

	capture *Capture
	version Format

	entry int // the exchange being read, -1 outside of them
	what  string

	spare int64 // bytes that aliases may still repeat

	mistakes mistakes
}

// aliasBytes bounds what aliases and merge keys may repeat. go-vcr writes
// neither; people who share a header map stay far below.
const aliasBytes = 16 << 20

func newCassetteReader(data []byte, file string, o Options) *cassetteReader {
	return &cassetteReader{
		data:    bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")),
		file:    file,
		limits:  o.Limits.orDefault(),
		partial: o.Partial,
		capture: &Capture{File: file, Format: CassetteV1},
		entry:   -1,
		spare:   aliasBytes,
	}
}

// root reads the outermost mapping. cut tells where the file broke off; nil
// where it is whole as far as YAML can tell.
func (d *cassetteReader) root(n *yaml.Node, cut *cutOff) {
	if n = deref(n); n.Kind != yaml.MappingNode {
		d.fail(n, "a cassette is a mapping with version and interactions, this is "+kindName(n))
		return
	}
	fields := d.fields(n)
	if find(fields, "version") == nil && find(fields, "interactions") == nil {
		err := d.error(n, "not a go-vcr cassette: neither version nor interactions is there")
		err.Err = ErrFormat
		d.add(err)
		return
	}
	d.readVersion(find(fields, "version"))
	for _, f := range fields {
		switch f.key {
		case "version":
		case "interactions":
			d.interactions(f.value, n, cut != nil)
		default:
			d.capture.Unknown = append(d.capture.Unknown, Field{"/" + pointerToken(f.key), d.appendJSON(nil, f.value)})
		}
	}
	d.capture.Format = d.version
	if cut != nil {
		d.cut(cut, len(d.capture.Exchanges))
	}
}

// readVersion sets the version before anything else is read: it decides what
// go-vcr would have written by itself. Cassettes older than the key are read
// as version 1.
func (d *cassetteReader) readVersion(n *yaml.Node) {
	d.version = CassetteV1
	if n == nil || isNull(n) {
		d.warn("the cassette has no version and is read as version 1")
		return
	}
	version, ok := intOf(n)
	switch {
	case !ok:
		d.fail(n, "version must be 1 or 2, this is "+kindName(n))
		return
	case version == 1:
	case version == 2:
		d.version = CassetteV2
	default:
		d.fail(n, fmt.Sprintf("cassette version %d is not known; go-vcr writes 1 or 2", version))
		return
	}
	d.capture.Version = strconv.FormatInt(version, 10)
}

// interactions reads the list; broken tells that the file is known to break
// off behind it.
func (d *cassetteReader) interactions(n, root *yaml.Node, broken bool) {
	if isNull(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		d.fail(n, "interactions must be a list, this is "+kindName(n))
		return
	}
	items := n.Content
	var half *cutOff
	if !broken {
		half = d.halfWritten(n, root)
	}
	if half != nil {
		items = items[:len(items)-1]
	}
	for i, item := range items {
		if i >= d.limits.Entries {
			err := d.error(item, fmt.Sprintf("more than %d interactions (Limits.Entries)", d.limits.Entries))
			err.Err = ErrLimit
			d.add(err)
			return
		}
		d.capture.Exchanges = append(d.capture.Exchanges, d.interaction(deref(item), i))
	}
	if half != nil {
		d.cut(half, len(items))
	}
}

// cut reports a file that breaks off, or uses what is there.
func (d *cassetteReader) cut(c *cutOff, readable int) {
	if d.partial {
		d.warn(fmt.Sprintf("the file is cut off at line %d; %d complete interactions were read", c.line, readable))
		return
	}
	d.add(&Error{
		File: d.file, Line: c.line, Column: c.column, Entry: -1, Err: ErrTruncated,
		Text: fmt.Sprintf("the file is cut off; %d complete interactions are readable (--partial uses them)", readable),
	})
}

// parse returns the top node of the only document. Where the file breaks off
// inside a value, it is the top node of the part before.
func (d *cassetteReader) parse() (*yaml.Node, *cutOff) {
	m := &meter{data: d.data, exactly: len(d.data)}
	decoder := yaml.NewDecoder(m)
	var document, second yaml.Node
	err := decoder.Decode(&document)
	if err == io.EOF {
		d.fail(nil, "the file is empty")
		return nil, nil
	}
	if err == nil {
		switch err = decoder.Decode(&second); err {
		case io.EOF:
			return document.Content[0], nil
		case nil:
			d.fail(second.Content[0], "a second YAML document begins here; a cassette is one document, so split the file")
			return nil, nil
		}
	}
	syntax, atEnd := d.syntaxError(err, m)
	if !atEnd {
		d.add(syntax)
		return nil, nil
	}
	cut := &cutOff{line: syntax.Line, column: syntax.Column}
	if head := d.readableHead(); head != nil {
		return head, cut
	}
	d.cut(cut, 0)
	return nil, nil
}

// measure checks the nesting, and that aliases don't blow the file up: each
// level of a "billion laughs" file multiplies the one below.
func (d *cassetteReader) measure(n *yaml.Node, depth int, repeated bool) bool {
	if n.Kind == yaml.AliasNode {
		n, repeated = n.Alias, true
	}
	if n.Kind != yaml.ScalarNode {
		depth++
	}
	text := ""
	if repeated {
		d.spare -= 64 + int64(len(n.Value))
	}
	switch {
	case depth > d.limits.YAMLDepth:
		text = fmt.Sprintf("nested deeper than the limit of %d (Limits.YAMLDepth)", d.limits.YAMLDepth)
	case d.spare < 0:
		text = fmt.Sprintf("aliases repeat more than the limit of %d bytes; write the values out", aliasBytes)
	}
	if text != "" {
		err := d.error(n, text)
		err.Err = ErrLimit
		d.add(err)
		return false
	}
	for _, child := range n.Content {
		if !d.measure(child, depth, repeated) {
			return false
		}
	}
	return true
}
