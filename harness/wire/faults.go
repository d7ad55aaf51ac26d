package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

var errTunnel = errors.New("the proxy refused the connection")

// ended tells an error that comes of the context or of the time limit.
func ended(ctx context.Context, err error) (text string, cause error) {
	var timeout net.Error
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return "stopped", ctx.Err()
	case isTimeUp(ctx), errors.Is(err, ErrTimeout):
		return "took longer than the whole exchange may; is the server busy? give it more with --timeout", ErrTimeout
	case ctx.Err() != nil:
		return "stopped at the end of the run's time", ctx.Err()
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "took longer than the whole exchange may; is the server busy? give it more with --timeout", ErrTimeout
	}
	return "", nil
}

// isTimeUp tells the context that dialling runs in from that of the caller.
func isTimeUp(ctx context.Context) bool { return errors.Is(context.Cause(ctx), ErrTimeout) }

// dialFault explains why there is no connection.
func dialFault(ctx context.Context, addr string, err error) error {
	e := &Error{Stage: Dial, Addr: addr, Err: err}
	var dns *net.DNSError
	text, cause := ended(ctx, err)
	switch {
	case text == "stopped":
		e.Text, e.Err = text, cause
	case errors.As(err, &dns) && dns.IsNotFound:
		e.Text = "no such host name; give its address with --resolve " + addr + ":ADDRESS"
	case errors.As(err, &dns):
		e.Text = "the name lookup failed; give the address with --resolve " + addr + ":ADDRESS"
	case cause != nil:
		e.Text, e.Err = "no connection in time; is a firewall in between? give it more time with --timeout", cause
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Text = "connection refused; is the server running, and is the port right?"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH):
		e.Text = "no route to that address; is a VPN needed, or another address by --resolve?"
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		e.Text = "too many open files; lower --concurrency or raise ulimit -n"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		e.Text = "no local port is left; lower --concurrency or --rate"
	default:
		e.Text = "can't connect: " + innermost(err)
	}
	return e
}

// tunnelFault explains why a proxy opened no tunnel.
func tunnelFault(ctx context.Context, proxy string, err error) error {
	e := &Error{Stage: Dial, Addr: proxy, Err: err}
	text, cause := ended(ctx, err)
	switch {
	case text != "":
		e.Text, e.Err = "the proxy "+text, cause
	case errors.Is(err, errTunnel):
		e.Text = err.Error()
	case errors.Is(err, ErrFraming):
		e.Text = "what the proxy answers is not HTTP; is --proxy its address?"
	default:
		e.Text = "the proxy closed the connection; is --proxy its address, and does it speak http:// or https://?"
	}
	return e
}

// innermost is the text of an error without the addresses around it.
func innermost(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

var (
	errStale    = errors.New("the connection was closed while it was idle")
	errSwitched = errors.New("it switches to another protocol (101), though none was asked for")
)

// fault explains an exchange that broke on its connection.
func (x *exchange) fault(stage Stage, sent bool, err error) *Error {
	return Fault(x.ctx, x.request.Addr, stage, sent, err)
}

// Fault explains an exchange with the server at an address that broke on its
// connection. The context is that of the exchange; where it ended, that is why.
func Fault(ctx context.Context, addr string, stage Stage, sent bool, err error) *Error {
	e := &Error{Stage: stage, Sent: sent, Addr: addr, Err: err}
	text, cause := ended(ctx, err)
	alert := tlsAlert(err)
	switch {
	case text != "":
		e.Text, e.Err = stageText(stage, text), cause
	case errors.Is(err, ErrFraming), errors.Is(err, ErrTooLarge):
		e.Text = err.Error()
	case alert != "":
		e.Stage, e.Text = Handshake, alert
	case errors.Is(err, errNotHTTP2): // before the request was on its way, or after
		e.Text = errNotHTTP2.Error() + "; leave out --http2"
	case errors.Is(err, errUnprocessed):
		e.Text = err.Error() + ", so it can be sent again"
	case errors.Is(err, errReset):
		e.Text = err.Error() + "; " + afterwards(sent)
	case errors.Is(err, errSwitched):
		e.Text, e.Err = "the answer is not one to this request: "+err.Error(), ErrFraming
	case errors.Is(err, io.ErrUnexpectedEOF), stage == Body && errors.Is(err, io.EOF):
		e.Text = stageText(stage, "ends early: the server closed the connection; look at its log, or the proxy's")
	case errors.Is(err, io.EOF):
		e.Text, e.Err = "closed the connection without an answer; "+afterwards(sent), ErrClosed
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, errStale):
		e.Text, e.Err = "reset the connection; "+afterwards(sent), fmt.Errorf("%w: %w", ErrClosed, err)
		if stage == Body {
			e.Text = "the answer's body ends early: the server reset the connection; look at its log, or the proxy's"
		}
	default:
		e.Text = stageText(stage, "broke off: "+innermost(err))
	}
	return e
}

// afterwards says what is known of the request and what to do.
func afterwards(sent bool) string {
	if sent {
		return "the request was sent and is not sent again; look at the server's log for what it did"
	}
	return "nothing of the request was sent, so it can be sent again"
}

func stageText(stage Stage, text string) string {
	switch stage {
	case Body:
		return "the answer's body " + text
	case Header:
		return "the answer " + text
	}
	return "sending the request " + text
}
