package traffic

import (
	"bufio"
	"cmp"
	"io"
	"time"
)

// writeHAR writes HAR 1.2, entry by entry. Members that HAR demands are always
// there; unknown fields follow the known ones of their object. An unknown
// field with the name of a known one is what the model could not hold: it is
// written in its place, as long as the known one is still empty.
func writeHAR(out io.Writer, c *Capture) error {
	w := &harWriter{w: bufio.NewWriterSize(out, 64<<10), first: true, scope: newScope(c.Unknown)}
	w.object("", func() {
		w.object("log", func() { w.log(c) })
	})
	w.text("\n")
	w.flush()
	if w.err != nil {
		return w.err
	}
	return w.w.Flush()
}

func (w *harWriter) log(c *Capture) {
	version := c.Version
	if c.Format != HAR {
		version = "1.2"
	}
	w.string("version", version)
	w.product("creator", c.Creator)
	if c.Browser != (Product{}) || w.children[w.at("browser")] != nil {
		w.product("browser", c.Browser)
	}
	if len(c.Pages) > 0 {
		w.key("pages")
		w.array(len(c.Pages), func(i int) {
			w.object("", func() { w.page(c.Pages[i]) })
		})
	}
	w.optional("comment", c.Comment)
	if len(c.Exchanges) > 0 || !w.overridden("entries") {
		w.key("entries")
		w.array(len(c.Exchanges), func(i int) {
			x, err := c.written(i)
			if err != nil {
				w.err = cmp.Or(w.err, err)
				return
			}
			whole := w.scope
			w.scope = newScope(x.Unknown)
			w.entry(x)
			w.scope = whole
		})
	}
}

func (w *harWriter) product(name string, p Product) {
	if p == (Product{}) && w.overridden(name) {
		return
	}
	w.object(name, func() {
		w.string("name", p.Name)
		w.string("version", p.Version)
		w.optional("comment", p.Comment)
	})
}

func (w *harWriter) page(p Page) {
	w.time("startedDateTime", p.Started)
	w.string("id", p.ID)
	w.string("title", p.Title)
	w.loose("pageTimings")
}

func (w *harWriter) entry(x *Exchange) {
	r := &x.Recorded
	w.object("", func() {
		w.optional("pageref", r.Page)
		w.time("startedDateTime", r.Started)
		w.number("time", r.Millis)
		w.request(&x.Request)
		w.response(x.Response)
		w.loose("cache")
		w.timings(r.Timings)
		w.optional("serverIPAddress", r.ServerIP)
		w.optional("connection", r.Connection)
		w.optional("comment", r.Comment)
	})
}

func (w *harWriter) timings(t Timings) {
	if t == noTimings && w.overridden("timings") {
		return
	}
	w.object("timings", func() {
		w.phase("blocked", t.Blocked)
		w.phase("dns", t.DNS)
		w.phase("connect", t.Connect)
		w.phase("ssl", t.SSL)
		w.number("send", t.Send)
		w.number("wait", t.Wait)
		w.number("receive", t.Receive)
	})
}

// phase writes a number that may be missing.
func (w *harWriter) phase(name string, n float64) {
	if n != -1 {
		w.number(name, n)
	}
}

func (w *harWriter) request(q *Request) {
	if q.Method == "" && q.URL == "" && len(q.Header) == 0 && w.overridden("request") {
		return
	}
	w.object("request", func() { w.requestFields(q) })
}

func (w *harWriter) requestFields(q *Request) {
	w.string("method", q.Method)
	w.string("url", q.URL)
	w.string("httpVersion", q.Proto)
	list(w, "cookies", q.Cookies, q.listedCookies, w.cookie)
	list(w, "headers", q.Header, nil, w.headerField)
	list(w, "queryString", q.Query, q.listedQuery, w.param)
	w.postData(q.Body)
	w.number("headersSize", float64(q.Sizes.Header))
	w.number("bodySize", float64(q.Sizes.Body))
}

func (w *harWriter) postData(b Body) {
	if !b.present && b.MediaType == "" && len(b.Params) == 0 && w.children[w.at("postData")] == nil {
		return
	}
	w.object("postData", func() {
		w.string("mimeType", b.MediaType)
		if len(b.Params) > 0 || !b.present {
			list(w, "params", b.Params, nil, w.param)
		}
		w.body(b)
	})
}

// response writes an answer; HAR demands one where there was none.
func (w *harWriter) response(p *Response) {
	if p == nil && w.overridden("response") {
		return
	}
	none := p == nil
	if none {
		p = &Response{Sizes: noSizes}
	}
	w.object("response", func() {
		if none {
			w.key(noResponse)
			w.text("true")
		}
		w.status(p.Status)
		w.string("statusText", p.StatusText)
		w.string("httpVersion", p.Proto)
		list(w, "cookies", p.Cookies, p.listedCookies, w.cookie)
		list(w, "headers", p.Header, nil, w.headerField)
		w.content(p)
		if p.Location != "" || !w.overridden("redirectURL") {
			w.key("redirectURL")
			w.quote(p.listedLocation())
		}
		w.number("headersSize", float64(p.Sizes.Header))
		w.number("bodySize", float64(p.Sizes.Body))
		w.failure(p.Error)
	})
}

// failure writes the client's reason under a name that is free.
func (w *harWriter) failure(reason string) {
	for _, name := range []string{"_error", "_failureText", "error"} {
		if reason != "" && !w.overridden(name) {
			w.string(name, reason)
			return
		}
	}
}

func (w *harWriter) status(code int) {
	if code == 0 && w.overridden("status") {
		return
	}
	w.key("status")
	w.buf = appendNumber(w.buf, float64(code))
}

func (w *harWriter) content(p *Response) {
	b, s := p.Body, p.Sizes
	if !b.present && b.MediaType == "" && s.Content == -1 && s.Compression == -1 && w.overridden("content") {
		return
	}
	w.object("content", func() {
		w.number("size", float64(s.Content))
		if s.Compression != -1 {
			w.number("compression", float64(s.Compression))
		}
		w.string("mimeType", b.MediaType)
		w.body(b)
	})
}

func (w *harWriter) headerField(f HeaderField) {
	w.string("name", f.Name)
	w.string("value", f.Value)
}

func (w *harWriter) param(p Param) {
	w.string("name", p.Name)
	w.string("value", p.Value)
	w.optional("fileName", p.FileName)
	w.optional("contentType", p.Type)
}

func (w *harWriter) cookie(c Cookie) {
	w.string("name", c.Name)
	w.string("value", c.Value)
	w.optional("path", c.Path)
	w.optional("domain", c.Domain)
	w.optional("expires", c.Expires)
	w.flag("httpOnly", c.HTTPOnly)
	w.flag("secure", c.Secure)
	w.optional("sameSite", c.SameSite)
}

// list writes a list with one object on a line. Where it is empty, derived
// may say what follows from other parts of the message.
func list[T any](w *harWriter, name string, values []T, derived func() []T, write func(T)) {
	if len(values) == 0 {
		if w.overridden(name) {
			return
		}
		if derived != nil {
			values = derived()
		}
	}
	w.key(name)
	w.array(len(values), func(i int) {
		lines := w.inline
		w.inline = true
		w.object("", func() { write(values[i]) })
		w.inline = lines
	})
}

// noTime is written where HAR demands a time and none is known; it is the
// zero time of Go, and read as such.
var noTime = time.Time{}.Format(time.RFC3339)

func (w *harWriter) time(name string, t Timestamp) {
	text := t.text()
	if text == "" {
		if w.overridden(name) {
			return
		}
		text = noTime
	}
	w.key(name)
	w.quote(text)
}
