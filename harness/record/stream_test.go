package record_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/record"
)

// TestStreams: what a server has said the client has, before the server says
// more. It goes on only when the client has it, so an answer that is held back
// would never end.
func TestStreams(t *testing.T) {
	for _, row := range []struct {
		reason string
		two    bool
	}{{"HTTP/1.1 through a tunnel", false}, {"HTTP/2 on both sides", true}} {
		t.Run(row.reason, func(t *testing.T) {
			heard := make(chan struct{})
			server := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/event-stream")
				for n := range 3 {
					_, _ = fmt.Fprintf(w, "data: %d\n\n", n)
					_ = http.NewResponseController(w).Flush()
					select {
					case <-heard:
					case <-r.Context().Done():
						return
					}
				}
			})
			a := authority(t)
			p, over := telling(record.Proxy{Authority: a, TLS: trusting(server)})
			l := listen(t, p)
			r, err := through(t, l, a, row.two).Get(server.URL + "/events")
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			lines := bufio.NewReader(r.Body)
			for n := range 3 {
				line, err := lines.ReadString('\n')
				if line != fmt.Sprintf("data: %d\n", n) || err != nil {
					t.Fatalf("event %d is %q %v", n, line, err)
				}
				_, _ = lines.ReadString('\n')
				if c := l.Tape.Capture(); n == 1 && (c.Exchanges[0].Response.Error != traffic.Unfinished || !strings.HasPrefix(text(t, c.Exchanges[0].Response.Body), "data: 0")) {
					t.Errorf("on its way it is recorded as %q %q", c.Exchanges[0].Response.Error, text(t, c.Exchanges[0].Response.Body))
				}
				heard <- struct{}{}
			}
			if _, err := io.ReadAll(lines); err != nil {
				t.Fatal(err)
			}
			x := ended(t, over, 1)[0]
			if got := text(t, x.Response.Body); got != "data: 0\n\ndata: 1\n\ndata: 2\n\n" || x.Response.Error != "" {
				t.Errorf("recorded %q %s", got, x.Response.Error)
			}
			if row.two != (x.Request.Proto == "HTTP/2.0") || row.two != (x.Response.Proto == "HTTP/2.0") || row.two != (r.ProtoMajor == 2) {
				t.Errorf("spoken: %s from the client, %s from the server", x.Request.Proto, x.Response.Proto)
			}
		})
	}
}

// TestUploadStreams: a server has the first half of a body before the client
// sends the other.
func TestUploadStreams(t *testing.T) {
	for _, two := range []bool{false, true} {
		half := make(chan struct{})
		server := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
			b := make([]byte, 5)
			if _, err := io.ReadFull(r.Body, b); err != nil {
				t.Error(err)
			}
			close(half)
			rest, err := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s+%s %v %s", b, rest, err, r.Trailer.Get("X-Sum"))
		})
		a := authority(t)
		p, over := telling(record.Proxy{Authority: a, TLS: trusting(server)})
		body, sends := io.Pipe()
		request, err := http.NewRequest(http.MethodPost, server.URL, body)
		if err != nil {
			t.Fatal(err)
		}
		request.Trailer = http.Header{"X-Sum": {"7"}}
		go func() {
			_, _ = io.WriteString(sends, "first")
			<-half
			_, _ = io.WriteString(sends, "second")
			_ = sends.Close()
		}()
		r, err := through(t, listen(t, p), a, two).Do(request)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(r.Body)
		_ = r.Body.Close()
		x := ended(t, over, 1)[0]
		if string(got) != "first+second <nil> 7" || text(t, x.Request.Body) != "firstsecond" || !strings.Contains(string(x.Unknown.Get("/request/_trailers")), `"7"`) {
			t.Errorf("HTTP/2 %t: the server got %s; recorded %q %v", two, got, text(t, x.Request.Body), x.Unknown)
		}
	}
}

// TestAnsweredBeforeItIsRead: a server that refuses a request before it reads it
// does not keep its body from the recording.
func TestAnsweredBeforeItIsRead(t *testing.T) {
	for _, two := range []bool{false, true} {
		server := serve(t, true, func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "who are you?", http.StatusUnauthorized) })
		a := authority(t)
		p, over := telling(record.Proxy{Authority: a, TLS: trusting(server), Patience: soon})
		sent := strings.Repeat("0123456789", 5000)
		r, err := through(t, listen(t, p), a, two).Post(server.URL, "text/plain", strings.NewReader(sent))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.ReadAll(r.Body) // a client that leaves sends no more
		_ = r.Body.Close()
		if x := ended(t, over, 1)[0]; text(t, x.Request.Body) != sent || x.Response.Status != 401 {
			t.Errorf("HTTP/2 %t: %d bytes of %d are recorded, answered %d", two, x.Request.Sizes.Body, len(sent), x.Response.Status)
		}
	}
}

// TestTrailersOfAnswers: as gRPC has them, not announced.
func TestTrailersOfAnswers(t *testing.T) {
	for _, two := range []bool{false, true} {
		server := serve(t, true, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "body")
			_ = http.NewResponseController(w).Flush() // else its length is told
			w.Header().Set(http.TrailerPrefix+"Grpc-Status", "16")
		})
		a := authority(t)
		p, over := telling(record.Proxy{Authority: a, TLS: trusting(server)})
		r, _ := get(t, through(t, listen(t, p), a, two), server.URL)
		x := ended(t, over, 1)[0]
		if r.Trailer.Get("Grpc-Status") != "16" || !strings.Contains(string(x.Unknown.Get("/response/_trailers")), `"16"`) {
			t.Errorf("HTTP/2 %t: the client got %v; recorded %v", two, r.Trailer, x.Unknown)
		}
	}
}

// TestLongBodies: more than is recorded goes through whole, and the recording
// says that it is not.
func TestLongBodies(t *testing.T) {
	const length, kept = 3 << 20, 100_000
	server := serve(t, false, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if len(body) != length || err != nil {
			t.Errorf("the server got %d bytes (%v)", len(body), err)
		}
		_, _ = w.Write(body)
	})
	p, over := telling(record.Proxy{Target: server.URL, Body: kept})
	l := listen(t, p)
	r, err := http.Post(l.URL, "text/plain", strings.NewReader(strings.Repeat("0123456789abcdef", length/16)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if n, err := io.Copy(io.Discard, r.Body); n != length || err != nil {
		t.Errorf("the client got %d bytes (%v)", n, err)
	}
	x := ended(t, over, 1)[0]
	for _, b := range []traffic.Body{x.Request.Body, x.Response.Body} {
		if got := text(t, b); len(got) != kept || got != strings.Repeat("0123456789abcdef", kept/16+1)[:kept] {
			t.Errorf("%d bytes are recorded", len(got))
		}
	}
	if x.Request.Sizes.Body != length || x.Response.Sizes.Body != length || strings.Count(x.Recorded.Comment, "up to 100000 of its 3145728 bytes") != 2 {
		t.Errorf("recorded %+v %+v %s", x.Request.Sizes, x.Response.Sizes, x.Recorded.Comment)
	}
}

// TestTheClientLeaves: the server learns of it, and the recording says so.
func TestTheClientLeaves(t *testing.T) {
	for _, row := range []struct {
		reason     string
		two, begun bool
	}{{"before the answer", false, false}, {"in its body", false, true}, {"before, HTTP/2", true, false}, {"in its body, HTTP/2", true, true}} {
		t.Run(row.reason, func(t *testing.T) {
			arrived, gone := make(chan struct{}), make(chan struct{})
			server := serve(t, true, func(w http.ResponseWriter, r *http.Request) {
				if row.begun {
					_, _ = io.WriteString(w, "half")
					_ = http.NewResponseController(w).Flush()
				}
				close(arrived)
				<-r.Context().Done()
				close(gone)
			})
			a := authority(t)
			p, over := telling(record.Proxy{Authority: a, TLS: trusting(server)})
			client := through(t, listen(t, p), a, row.two)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			request, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			asked := make(chan struct{})
			go func() {
				defer close(asked)
				if r, err := client.Do(request); err == nil {
					_, _ = io.ReadAll(r.Body)
					_ = r.Body.Close()
				}
			}()
			<-arrived
			leave()
			<-asked
			<-gone
			x := ended(t, over, 1)[0]
			if !strings.Contains(x.Response.Error, "the client closed the connection") {
				t.Errorf("recorded %d %q", x.Response.Status, x.Response.Error)
			}
		})
	}
}
