package wire

import "github.com/replaydiff/replay/diff/traffic"

// A Request is what to send, and where to.
type Request struct {
	Method string
	Scheme string // "http" or "https"
	Addr   string // host:port to dial
	Target string // request target, byte for byte: "/a%2Fb//c?x=[1]", "*"
	Host   string // the Host field, :authority in HTTP/2; with https the name that the certificate must be for

	// Header is sent in this order; on HTTP/1.1 with this case. Fields that
	// frame a message ([IsFraming]) are an error here: Do writes its own.
	Header traffic.Header

	// Body is sent with its length; nil is none.
	Body []byte

	// ServerName is the name that the certificate must be for where Host is
	// not that one: a proxy may put another Host into what it forwards. ""
	// is the name in Host.
	ServerName string

	// Alone asks for a connection that carries no other request: a new one,
	// closed after the answer.
	Alone bool
}
