package through

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

// errNoRaw tells probes that can't be sent: what frames a message is no business
// of [wire.Client], and a tunnel is none of theirs.
var errNoRaw = errors.New("not sent through --proxy")

// maxRaw is the length in bytes of an answer to a raw request that is read.
const maxRaw = 1 << 20

// sendRaw sends a request whose framing is its own: with fields that Connection
// names, with trailers. It goes to the address of r and to no other, on a
// connection of its own.
func (r *run) sendRaw(ctx context.Context, to *wire.Request, fields traffic.Header, body string) (*wire.Answer, error) {
	if r.Client.Proxy != nil {
		return nil, errNoRaw
	}
	conn, err := r.dialRaw(ctx, to)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(r.patience())); err != nil {
		return nil, err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", to.Method, to.Target, to.Host)
	for _, f := range fields {
		fmt.Fprintf(&b, "%s: %s\r\n", f.Name, f.Value)
	}
	b.WriteString("\r\n" + body)
	if _, err := io.WriteString(conn, b.String()); err != nil {
		return nil, err
	}
	return readRaw(bufio.NewReader(conn), to.Method)
}

// patience is how long a whole exchange may take.
func (r *run) patience() time.Duration {
	if r.Client.Timeout > 0 {
		return r.Client.Timeout
	}
	return wire.DefaultTimeout
}

func (r *run) dialRaw(ctx context.Context, to *wire.Request) (net.Conn, error) {
	addr := to.Addr
	if there, ok := r.Client.Resolve[addr]; ok {
		addr = there
	}
	dial := r.Client.DialContext
	if dial == nil {
		dial = (&net.Dialer{Timeout: r.patience()}).DialContext
	}
	conn, err := dial(ctx, "tcp", addr)
	if err != nil || to.Scheme != "https" {
		return conn, err
	}
	config := &tls.Config{}
	if r.Client.TLS != nil {
		config = r.Client.TLS.Clone()
	}
	config.NextProtos = []string{"http/1.1"}
	if config.ServerName == "" {
		config.ServerName, _ = splitHost(to.Host)
	}
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

// readRaw reads an answer to a request that closes its connection. Interim
// answers are passed over.
func readRaw(r *bufio.Reader, method string) (*wire.Answer, error) {
	for {
		head, err := wire.ReadHead(r, maxRaw)
		if err != nil {
			return nil, err
		}
		_, rest, _ := strings.Cut(head.Start, " ")
		code, reason, _ := strings.Cut(rest, " ")
		status, err := strconv.Atoi(code)
		if err != nil || status < 100 || status > 999 {
			return nil, wire.ErrFraming
		}
		if status < 200 {
			continue
		}
		a := &wire.Answer{Status: status, Reason: reason, Proto: "HTTP/1.1", Header: head.Fields}
		if method != "HEAD" {
			a.Body, _ = io.ReadAll(io.LimitReader(r, maxRaw)) // for the words of an error page
		}
		return a, nil
	}
}
