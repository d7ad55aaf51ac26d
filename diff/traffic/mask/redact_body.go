package mask

import (
	"fmt"
	"math"

	"github.com/replaydiff/replay/diff/traffic"
)

func (m *Masker) redactBody(b *traffic.Body, mediaType string, codings []string) error {
	params, kind := m.redactParams(b.Params), m.text(b.MediaType)
	b.Params, b.MediaType = params, kind
	if !b.Present() {
		return nil
	}
	text, err := b.Text(math.MaxInt64 / 8)
	if err != nil {
		return fmt.Errorf("a body can't be redacted: %w", err)
	}
	masked, err := m.packed(mediaType, text, codings, 0)
	if err != nil {
		return fmt.Errorf("a body can't be redacted: %w", err)
	}
	if masked != text {
		*b = traffic.NewBody(kind, []byte(masked))
		b.Params = params
	}
	return nil
}

// packed masks a body below its content codings (RFC 9110 section 8.4) and puts
// them around it again.
func (m *Masker) packed(mediaType, text string, codings []string, layer int) (string, error) {
	c, inner, err := unpack(text, codings)
	switch {
	case err != nil:
		return "", err
	case c == nil:
		return m.filed(m.body(mediaType, text)), nil
	case layer == maxLayers:
		return "", fmt.Errorf("it is compressed more than %d times", maxLayers)
	}
	masked, err := m.packed(mediaType, inner, codings, layer+1)
	if err != nil || masked == inner {
		return text, err
	}
	return c.pack(masked)
}
