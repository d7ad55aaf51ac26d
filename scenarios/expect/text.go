package expect

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseSpan reads "401", "4xx" or "400-499".
func ParseSpan(text string) (Span, error) {
	if class, ok := strings.CutSuffix(strings.ToLower(text), "xx"); ok && len(class) == 1 && class >= "1" && class <= "5" {
		from := int(class[0]-'0') * 100
		return Span{from, from + 99}, nil
	}
	first, last, ranged := strings.Cut(text, "-")
	from, err := status(first)
	to := from
	if err == nil && ranged {
		to, err = status(last)
	}
	if err != nil || to < from {
		return Span{}, fmt.Errorf("%q is no status: give a code (401), a class (4xx) or a range (400-499)", text)
	}
	return Span{from, to}, nil
}

func status(text string) (int, error) {
	code, err := strconv.Atoi(strings.TrimSpace(text))
	if err == nil && (code < 100 || code > 999) {
		err = strconv.ErrRange
	}
	return code, err
}

// String is what ParseSpan reads.
func (s Span) String() string {
	switch {
	case s.From == s.To:
		return strconv.Itoa(s.From)
	case s.From%100 == 0 && s.To == s.From+99 && s.From <= 500:
		return strconv.Itoa(s.From/100) + "xx"
	}
	return fmt.Sprintf("%d-%d", s.From, s.To)
}

// Has tells whether the code is in the span.
func (s Span) Has(code int) bool { return s.From <= code && code <= s.To }
