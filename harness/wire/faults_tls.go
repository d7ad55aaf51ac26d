package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"strings"
	"syscall"
)

// tlsFault explains why TLS was not agreed on.
func tlsFault(ctx context.Context, addr string, err error) error {
	e := &Error{Stage: Handshake, Addr: addr, Err: err}
	text, cause := ended(ctx, err)
	if text != "" {
		e.Text, e.Err = "TLS "+text, cause
		return e
	}
	if e.Text = tlsText(err); e.Text == "" {
		e.Text = "TLS failed: " + innermost(err)
	}
	return e
}

// tlsText explains an error of TLS, which may come as late as the first read:
// in TLS 1.3 a server judges the client's certificate after the handshake.
func tlsText(err error) string {
	var (
		unknown  x509.UnknownAuthorityError
		mismatch x509.HostnameError
		invalid  x509.CertificateInvalidError
		record   tls.RecordHeaderError
	)
	alert, isAlert := remoteAlert(err)
	switch {
	case errors.As(err, &unknown):
		return "the certificate is of an authority that is not trusted here; give it with --cacert FILE, or accept any with --insecure"
	case errors.As(err, &mismatch):
		return mismatchText(mismatch)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate has expired or is not valid yet; renew it, look at this machine's clock, or accept it with --insecure"
	case errors.As(err, &invalid):
		return "the certificate is not valid for this use: " + invalid.Error()
	case errors.As(err, &record):
		return recordText(record)
	case isAlert:
		return alertText(alert, innermost(err))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return "the server closed the connection during the TLS handshake; does this port speak TLS, and know that host name?"
	}
	return ""
}

func mismatchText(e x509.HostnameError) string {
	if e.Certificate == nil {
		return "the certificate is for another host name; accept it with --insecure"
	}
	names := e.Certificate.DNSNames
	for _, ip := range e.Certificate.IPAddresses {
		names = append(names[:len(names):len(names)], ip.String())
	}
	const shown = 3
	if len(names) > shown {
		names = append(names[:shown:shown], "…")
	}
	of := "names no host"
	if len(names) > 0 {
		of = "is for " + strings.Join(names, ", ")
	}
	return fmt.Sprintf("the certificate %s and not for %s; name the host that it is for, or accept it with --insecure", of, e.Host)
}

// recordText tells what answers where TLS was expected.
func recordText(e tls.RecordHeaderError) string {
	if guess := guessProtocol(e.RecordHeader[:]); guess == speaksHTTP {
		return "this port speaks HTTP without TLS: use http://"
	} else if guess != "" {
		return guess
	}
	return "this port does not speak TLS; use http:// if it speaks HTTP"
}

// alertText explains an alert (RFC 8446 section 6).
func alertText(alert uint8, name string) string {
	switch alert {
	case 42, 43, 44, 45, 46, 48, 49, 51:
		return "the server does not accept the client certificate (" + name + "); give another with --cert and --key"
	case 116:
		return "the server wants a client certificate; give it with --cert and --key"
	case 40:
		return "the server ended the TLS handshake; it may want a client certificate (--cert and --key), or shares no cipher"
	case 70:
		return "the server speaks another version of TLS than this client (1.2 and 1.3)"
	case 112:
		return "the server has no site of that host name"
	case 120:
		return "the server does not speak the protocol that was asked for; leave out --http2 or --http1"
	}
	return "the server ended TLS: " + name
}

// tlsAlert explains an alert that came after the handshake.
func tlsAlert(err error) string {
	if _, ok := remoteAlert(err); ok {
		return tlsText(err)
	}
	return ""
}

// remoteAlert returns the number of an alert. Its type is not exported by
// crypto/tls, which has an AlertError for QUIC only.
func remoteAlert(err error) (uint8, bool) {
	var remote *net.OpError
	if !errors.As(err, &remote) || remote.Op != "remote error" {
		return 0, false
	}
	v := reflect.ValueOf(remote.Err)
	if v.Kind() != reflect.Uint8 {
		return 0, false
	}
	return uint8(v.Uint()), true
}
