package rawserver_test

import (
	"context"
	"fmt"
	"io"
	"net"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/rawserver"
	"github.com/replaydiff/replay/harness/wire"
)

func ExampleListen() {
	s, err := rawserver.Listen(rawserver.Config{Answer: func(_ context.Context, r *rawserver.Request) *wire.Answer {
		for _, f := range r.Header {
			fmt.Println(f.Name + ": " + f.Value)
		}
		return &wire.Answer{Status: 200, Header: traffic.Header{{Name: "x-SEEN", Value: r.Target}}}
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()

	c, err := net.Dial("tcp", s.Addr)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()
	io.WriteString(c, "GET //a%2Fb HTTP/1.1\r\nhost: a\r\nX-b: 1\r\nx-B: 2\r\nConnection: close\r\n\r\n")
	answer, _ := io.ReadAll(c)
	fmt.Printf("%q\n", answer)
	// Output:
	// host: a
	// X-b: 1
	// x-B: 2
	// Connection: close
	// "HTTP/1.1 200 OK\r\nx-SEEN: //a%2Fb\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
}
