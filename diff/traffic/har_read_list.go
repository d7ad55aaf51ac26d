package traffic

import "strings"

// header reads a header section: a list of objects, of [name, value] pairs or
// of "name: value" lines, or one object.
func (r *harReader) header() Header {
	r.list = r.list[:0]
	base := len(r.path)
	add := func(name, value string) {
		r.list = append(r.list, HeaderField{name, value})
		r.splitLast()
	}
	switch r.kind() {
	case '{':
		r.begin('{')
		for r.more('}') {
			name := r.texts.of(r.key())
			r.eachValue(base, func() int { return len(r.list) }, func(value string) { add(name, value) })
		}
		r.path = r.path[:base]
		r.end()
	default:
		r.array(func(int) {
			r.index(len(r.list))
			switch r.kind() {
			case '{':
				r.list = append(r.list, HeaderField{})
				readObject(r, &r.list[len(r.list)-1], headerFields)
				r.splitLast()
			case '[':
				add(r.pair())
			case '"':
				name, value, _ := strings.Cut(r.text(), ":")
				add(name, strings.TrimSpace(value))
			default:
				r.skip("is no header field, left out")
			}
		})
	}
	if r.err != nil || len(r.list) == 0 {
		return nil
	}
	return r.fields.copy(r.list)
}

// splitLast splits the Set-Cookie fields of an answer that browsers join with
// a line feed, which can't be part of a value (RFC 9110 section 5.5): each is
// a cookie of its own.
func (r *harReader) splitLast() {
	last := len(r.list) - 1
	f := r.list[last]
	if !strings.Contains(f.Value, "\n") || !strings.EqualFold(f.Name, "Set-Cookie") {
		return
	}
	r.list = r.list[:last]
	for line := range strings.SplitSeq(f.Value, "\n") {
		if line = strings.TrimSuffix(line, "\r"); line != "" {
			r.list = append(r.list, HeaderField{f.Name, line})
		}
	}
}

var headerFields = []harField[HeaderField]{
	{"name", func(r *harReader, f *HeaderField) { f.Name = r.text() }},
	{"value", func(r *harReader, f *HeaderField) { f.Value = r.text() }},
}

// pair reads [name, value].
func (r *harReader) pair() (name, value string) {
	r.array(func(i int) {
		switch i {
		case 0:
			r.path = append(r.path, "/name"...)
			name = r.text()
		case 1:
			r.path = append(r.path, "/value"...)
			value = r.text()
		default:
			r.skip("has more than a name and a value")
		}
	})
	return name, value
}

// eachValue reads a value, or a list of them. Each stands in the list whose
// path ends at base, behind those that are there already.
func (r *harReader) eachValue(base int, there func() int, use func(string)) {
	one := func(int) {
		r.path = r.path[:base]
		r.index(there())
		r.path = append(r.path, "/value"...)
		use(r.text())
	}
	if r.kind() == '[' {
		r.array(one)
	} else {
		one(0)
	}
}

// readList reads a list of named values in the same forms as a header. It
// reuses scratch for most lists repeat what a header says, and are dropped.
func readList[T any](r *harReader, scratch []T, fields []harField[T], set func(v *T, name, value string)) []T {
	list := scratch[:0]
	base := len(r.path)
	if r.kind() == '{' {
		r.begin('{')
		for r.more('}') {
			name := r.texts.of(r.key())
			r.eachValue(base, func() int { return len(list) }, func(value string) {
				list = append(list, *new(T))
				set(&list[len(list)-1], name, value)
			})
		}
		r.path = r.path[:base]
		r.end()
		return list
	}
	r.array(func(int) {
		r.index(len(list))
		k := r.kind()
		if k != '{' && k != '[' {
			r.skip("has no name, left out")
			return
		}
		list = append(list, *new(T))
		v := &list[len(list)-1]
		if k == '{' {
			readObject(r, v, fields)
		} else {
			name, value := r.pair()
			set(v, name, value)
		}
	})
	return list
}

func setParam(p *Param, name, value string)   { p.Name, p.Value = name, value }
func setCookie(c *Cookie, name, value string) { c.Name, c.Value = name, value }

var queryFields = []harField[Param]{
	{"name", func(r *harReader, p *Param) { p.Name = r.text() }},
	{"value", func(r *harReader, p *Param) { p.Value = r.text() }},
}

var paramFields = []harField[Param]{
	{"name", func(r *harReader, p *Param) { p.Name = r.text() }},
	{"value", func(r *harReader, p *Param) { p.Value = r.text() }},
	{"fileName", func(r *harReader, p *Param) { p.FileName = r.text() }},
	{"contentType", func(r *harReader, p *Param) { p.Type = r.text() }},
}

var cookieFields = []harField[Cookie]{
	{"name", func(r *harReader, c *Cookie) { c.Name = r.text() }},
	{"value", func(r *harReader, c *Cookie) { c.Value = r.text() }},
	{"path", func(r *harReader, c *Cookie) { c.Path = r.text() }},
	{"domain", func(r *harReader, c *Cookie) { c.Domain = r.text() }},
	{"expires", func(r *harReader, c *Cookie) { c.Expires = r.text() }},
	{"httpOnly", func(r *harReader, c *Cookie) { c.HTTPOnly = r.boolean() }},
	{"secure", func(r *harReader, c *Cookie) { c.Secure = r.boolean() }},
	{"sameSite", func(r *harReader, c *Cookie) { c.SameSite = r.text() }},
}
