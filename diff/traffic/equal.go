package traffic

import "slices"

// Equal tells whether two captures have the same content. The file's name,
// warnings, the position of an exchange and whether a body is still in a file
// do not count; nor do lists that repeat what a header or the URL says.
func Equal(a, b *Capture) bool {
	return a.Format == b.Format && a.Version == b.Version &&
		a.Creator == b.Creator && a.Browser == b.Browser && a.Comment == b.Comment &&
		slices.EqualFunc(a.Pages, b.Pages, func(p, q Page) bool {
			return p.ID == q.ID && p.Title == q.Title && sameTime(p.Started, q.Started)
		}) &&
		a.Unknown.Equal(b.Unknown) &&
		slices.EqualFunc(a.Exchanges, b.Exchanges, EqualExchange)
}

// EqualExchange tells whether two exchanges have the same content, in the
// sense of [Equal].
func EqualExchange(a, b *Exchange) bool {
	return equalRequest(&a.Request, &b.Request) &&
		equalResponse(a.Response, b.Response) &&
		equalRecorded(a.Recorded, b.Recorded) &&
		a.Unknown.Equal(b.Unknown)
}

func equalRequest(a, b *Request) bool {
	return a.Method == b.Method && a.URL == b.URL && a.Proto == b.Proto &&
		slices.Equal(a.Header, b.Header) &&
		slices.Equal(a.ownCookies(), b.ownCookies()) &&
		slices.Equal(a.ownQuery(), b.ownQuery()) &&
		a.Sizes.Header == b.Sizes.Header && a.Sizes.Body == b.Sizes.Body &&
		equalBody(a.Body, b.Body)
}

func equalResponse(a, b *Response) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Status == b.Status && a.StatusText == b.StatusText && a.Proto == b.Proto &&
		slices.Equal(a.Header, b.Header) &&
		slices.Equal(a.ownCookies(), b.ownCookies()) &&
		a.ownLocation() == b.ownLocation() && a.Error == b.Error &&
		a.Sizes == b.Sizes &&
		equalBody(a.Body, b.Body)
}

func equalBody(a, b Body) bool {
	return a.MediaType == b.MediaType && slices.Equal(a.Params, b.Params) && a.Equal(b)
}

func equalRecorded(a, b Recorded) bool {
	started := sameTime(a.Started, b.Started)
	a.Started, b.Started = Timestamp{}, Timestamp{}
	return started && a == b
}

func sameTime(a, b Timestamp) bool {
	return a.text() == b.text() && a.Time.Equal(b.Time)
}
