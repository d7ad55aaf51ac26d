package mask

import (
	"fmt"

	"github.com/replaydiff/replay/diff/traffic"
)

// Capture returns a copy of a whole capture without secrets, in the same
// format and with the same structure: unknown fields, page titles and comments
// are masked, not dropped. It learns the capture first; for marks that are the
// same in two captures, [Redactor.Learn] both before. The copy reads bodies
// that held no secret from the file of c: close c when the copy was written.
// The error names the entry whose body can't be read.
func (r *Redactor) Capture(c *traffic.Capture) (*traffic.Capture, error) {
	r.Learn(c)
	out := r.frame(c)
	out.Exchanges = make([]*traffic.Exchange, 0, len(c.Exchanges))
	for _, x := range c.Exchanges {
		redacted, err := r.Exchange(x)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", x.Where(c.File), err)
		}
		out.Exchanges = append(out.Exchanges, redacted)
	}
	return out, nil
}

// frame is a capture without its exchanges.
func (r *Redactor) frame(c *traffic.Capture) *traffic.Capture {
	m := r.masker()
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.redactFrame(c)
}

func (m *Masker) redactFrame(c *traffic.Capture) *traffic.Capture {
	out := &traffic.Capture{
		File: c.File, Format: c.Format, Version: c.Version, Warnings: c.Warnings,
		Creator: m.redactProduct(c.Creator), Browser: m.redactProduct(c.Browser),
		Comment: m.text(c.Comment),
		Unknown: m.redactFields(c.Unknown),
	}
	for _, p := range c.Pages {
		// An ID is masked as [traffic.Recorded] masks it, so that both still meet.
		p.ID, p.Title, p.Started = m.text(p.ID), m.titled(p.Title), m.redactTime(p.Started)
		out.Pages = append(out.Pages, p)
	}
	return out
}

func (m *Masker) redactProduct(p traffic.Product) traffic.Product {
	return traffic.Product{Name: m.text(p.Name), Version: m.text(p.Version), Comment: m.text(p.Comment)}
}

// redactRecorded masks what a recorder noted in words.
func (m *Masker) redactRecorded(r *traffic.Recorded) {
	r.Comment, r.Page = m.text(r.Comment), m.text(r.Page)
	r.ServerIP, r.Connection = m.text(r.ServerIP), m.text(r.Connection)
	r.Started = m.redactTime(r.Started)
}

// redactTime masks a text in the place of a time that is none.
func (m *Masker) redactTime(t traffic.Timestamp) traffic.Timestamp {
	if !t.Known() {
		t.Text = m.text(t.Text)
	}
	return t
}

// titled masks the title of a page: browsers put the page's URL there.
func (m *Masker) titled(title string) string { return m.filed(m.loose(title)) }

// text masks free text for a file.
func (m *Masker) text(s string) string { return m.filed(m.scan(s)) }
