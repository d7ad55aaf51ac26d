package wire

import (
	"bufio"
	"bytes"
	"fmt"
)

const speaksHTTP = "this port speaks HTTP"

// sniff waits for the first bytes of an answer and tells what is not one,
// before more of it is waited for.
func sniff(r *bufio.Reader) error {
	head, err := r.Peek(len("HTTP/"))
	if bytes.HasPrefix([]byte("HTTP/"), head) {
		return cutOff(err, len(head))
	}
	head, _ = r.Peek(min(16, r.Buffered()))
	if guess := guessProtocol(head); guess != "" {
		return fmt.Errorf("%w: %s", ErrFraming, guess)
	}
	return fmt.Errorf("%w: its first bytes are not HTTP/1; is the port right?", ErrFraming)
}

// guessProtocol tells by the first bytes what speaks on a port.
func guessProtocol(head []byte) string {
	starts := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case starts("HTTP/"):
		return speaksHTTP
	case starts("\x15\x03"), starts("\x16\x03"): // alert, handshake (RFC 8446 section 5.1)
		return "this port speaks TLS: use https://"
	case len(head) > 3 && starts("\x00\x00") && head[3] == 4: // SETTINGS (RFC 9113 section 6.5)
		return "this port speaks HTTP/2 without TLS: use --http2"
	case starts("SSH-"):
		return "this port speaks SSH: is it the right one?"
	case starts("220"), starts("+OK"), starts("* OK"):
		return "this port greets as a mail or FTP server does: is it the right one?"
	case starts("-ERR"), starts("-DENI"):
		return "this port answers as Redis does: is it the right one?"
	case starts("RFB "):
		return "this port speaks VNC: is it the right one?"
	case starts("AMQP"):
		return "this port speaks AMQP: is it the right one?"
	case starts("PROXY"), starts("\r\n\r\n\x00\r\nQUIT"):
		return "this port sends a PROXY protocol header, which is for servers: is it the right one?"
	case starts("<"):
		return "it is a page without a header section, as of HTTP/0.9"
	}
	return ""
}
