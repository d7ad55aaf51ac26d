package traffic

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// readHAR reads a HAR of the versions 1.1 to 1.3 in one pass. What stands in
// an unusual form is read as what it means; what can't be is kept as unknown.
func readHAR(src source, o Options) (*Capture, error) {
	c, err := readHARPass(src, o, false)
	if e, ok := errors.AsType[*literalError](err); ok {
		c, err = readHARPass(src, o, true)
		if err == nil {
			c.Warnings = append(c.Warnings, Warning{-1, "NaN or Infinity on line " + fmt.Sprint(e.line) +
				" and maybe elsewhere: not JSON, read as -1"})
		}
	}
	return c, err
}

func readHARPass(src source, o Options, literals bool) (*Capture, error) {
	cut := newCutter(src.file, src.from, src.to)
	cut.literals = literals
	r := &harReader{
		src:     src,
		limits:  o.Limits,
		cut:     cut,
		dec:     jsontext.NewDecoder(cut, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
		capture: &Capture{File: src.name, Format: HAR},
		entry:   -1,

		values:   slab[byte]{chunk: 32 << 10},
		fields:   slab[HeaderField]{chunk: 1 << 10},
		unknowns: slab[Field]{chunk: 512},
		records:  slab[Exchange]{chunk: 64},
		answers:  slab[Response]{chunk: 64},
	}
	r.unknown = &r.capture.Unknown
	r.root()
	if r.err == nil {
		return r.finish(), nil
	}
	err := r.explain(r.err)
	if !errors.Is(err, ErrTruncated) {
		return nil, err
	}
	if !o.Partial {
		return nil, err
	}
	r.entry, r.from, r.err = -1, 0, nil
	r.unknown = &r.capture.Unknown
	r.warn(fmt.Sprintf("the file is cut off; these are the %d entries before that", len(r.capture.Exchanges)))
	return r.finish(), nil
}

// root reads the one value of the file.
func (r *harReader) root() {
	switch r.kind() {
	case '{':
		root := new(harRoot)
		readObject(r, root, rootFields)
		if r.err == nil && !root.log {
			r.warn(`no "log" member: this is JSON, but no HAR; export it again with "Save all as HAR"`)
		}
	case jsontext.KindInvalid:
		r.value()
	default:
		r.fail(&Error{Text: `a HAR is an object with a "log" member; this is other JSON`, Err: ErrFormat})
	}
	if r.err != nil {
		return
	}
	if _, err := r.dec.ReadToken(); err == nil {
		r.fail(&Error{Text: "a second document begins behind the first; keep one in the file"})
	} else if err != io.EOF {
		r.failAt(err)
	}
}

func (r *harReader) finish() *Capture {
	c := r.capture
	c.Unknown = r.once(c.Unknown)
	r.summarize()
	return c
}

type harRoot struct{ log bool }

var rootFields = []harField[harRoot]{
	{"log", func(r *harReader, root *harRoot) {
		switch r.kind() {
		case '{':
			root.log = true
		case 'n':
		default:
			r.fail(&Error{Text: `"log" is no object, so this is no HAR`, Err: ErrFormat})
			return
		}
		log := new(harLog)
		readObject(r, log, logFields)
		if r.err == nil && root.log && !log.entries {
			r.warn(`no "entries" in the log`)
		}
	}},
}

type harLog struct{ entries bool }

var logFields = []harField[harLog]{
	{"version", func(r *harReader, _ *harLog) { r.capture.Version = r.text() }},
	{"creator", func(r *harReader, _ *harLog) { readObject(r, &r.capture.Creator, productFields) }},
	{"browser", func(r *harReader, _ *harLog) { readObject(r, &r.capture.Browser, productFields) }},
	{"pages", func(r *harReader, _ *harLog) { r.pages() }},
	{"entries", func(r *harReader, l *harLog) { l.entries = r.entries() }},
	{"comment", func(r *harReader, _ *harLog) { r.capture.Comment = r.text() }},
}

var productFields = []harField[Product]{
	{"name", func(r *harReader, p *Product) { p.Name = r.text() }},
	{"version", func(r *harReader, p *Product) { p.Version = r.text() }},
	{"comment", func(r *harReader, p *Product) { p.Comment = r.text() }},
}

func (r *harReader) pages() {
	r.array(func(int) {
		r.index(len(r.capture.Pages))
		if r.kind() != '{' {
			r.skip("a page is no object")
			return
		}
		page := new(Page)
		readObject(r, page, pageFields)
		r.capture.Pages = append(r.capture.Pages, *page)
	})
}

var pageFields = []harField[Page]{
	{"startedDateTime", func(r *harReader, p *Page) { p.Started = r.time() }},
	{"id", func(r *harReader, p *Page) { p.ID = r.text() }},
	{"title", func(r *harReader, p *Page) { p.Title = r.text() }},
	{"pageTimings", func(r *harReader, _ *Page) { r.loose() }},
}

// entries tells whether there was a list of them.
func (r *harReader) entries() bool {
	if k := r.kind(); k == 'n' {
		r.value()
		return false
	}
	base := len(r.path)
	r.array(func(int) {
		n := len(r.capture.Exchanges)
		if n == r.limits.Entries {
			r.fail(limitError(r.src.name, "Entries", int64(n), "entries in one file"))
			return
		}
		r.entry = n
		r.path = append(r.path[:base], "/-"...)
		if r.kind() == '{' {
			r.exchange(n)
		} else {
			r.skip("an entry is no object")
		}
		if r.err == nil {
			r.entry = -1
		}
	})
	return true
}
