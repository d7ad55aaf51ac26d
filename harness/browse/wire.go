package browse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// errGone is the answer to a call whose session or browser has ended.
var errGone = errors.New("the browser's page is gone")

// A wire is the connection to the browser. Replies are given to those who
// called; it is used from one goroutine.
type wire struct {
	conn    chromedp.Transport
	last    int64
	waiting map[int64]call
	broken  bool
}

type call struct {
	session string
	reply   func(result json.RawMessage, err error) // may be nil
}

// messages reads until the browser goes, and closes the channel then. The
// browser waits while nobody takes them.
func (w *wire) messages(ctx context.Context) <-chan *cdproto.Message {
	in := make(chan *cdproto.Message)
	go func() {
		defer close(in)
		for {
			m := new(cdproto.Message)
			if err := w.conn.Read(ctx, m); err != nil {
				return
			}
			select {
			case in <- m:
			case <-ctx.Done():
				return
			}
		}
	}()
	return in
}

// call sends a command; the reply comes later, or errGone.
func (w *wire) call(session, method string, params any, reply func(json.RawMessage, error)) {
	w.last++
	raw, err := json.Marshal(params)
	if err == nil && !w.broken {
		err = w.conn.Write(context.Background(), &cdproto.Message{
			ID: w.last, SessionID: target.SessionID(session), Method: cdproto.MethodType(method), Params: raw,
		})
	}
	switch {
	case reply == nil:
	case err != nil || w.broken:
		reply(nil, errGone)
	default:
		w.waiting[w.last] = call{session, reply}
	}
}

// answer gives a reply to the one who called.
func (w *wire) answer(m *cdproto.Message) {
	c, ok := w.waiting[m.ID]
	if !ok {
		return
	}
	delete(w.waiting, m.ID)
	if m.Error != nil {
		c.reply(nil, fmt.Errorf("devtools: code %d", m.Error.Code))
		return
	}
	c.reply(json.RawMessage(m.Result), nil)
}

// gone ends the calls of a session, or all for "*".
func (w *wire) gone(session string) {
	for id, c := range w.waiting {
		if c.session == session || session == "*" {
			delete(w.waiting, id)
			c.reply(nil, errGone)
		}
	}
}
