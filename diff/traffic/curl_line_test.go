package traffic

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Law: without a door, the line reads back as the same request.
func TestCurlLineRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, exchange := range drawCurlCapture(t, "https://host.test:8443").Exchanges {
			line, err := CurlLine(&exchange.Request, nil)
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(line, "\r\n") {
				t.Fatalf("more than one line: %q", line)
			}
			back, err := readCurl([]byte(line), "line.sh", Options{})
			if err != nil {
				t.Fatalf("%v\n%s", err, line)
			}
			if len(back.Exchanges) != 1 || !back.Exchanges[0].Request.Body.Equal(exchange.Request.Body) || back.Exchanges[0].Request.URL != exchange.Request.URL {
				t.Fatalf("another request comes back of\n%s", line)
			}
		}
	})
}

type stars struct{}

func (stars) URL(string) string          { return "http://'*'/" }
func (stars) Header(_, _ string) string  { return "*' *" }
func (stars) Body(string, []byte) string { return "\n'*" }

func TestCurlLineThroughADoor(t *testing.T) {
	r := &Request{Method: "PUT", URL: "http://h.test/secret", Header: Header{{"Cookie", "secret"}, {"User-Agent", ""}}, Body: NewBody("", []byte("secret"))}
	got, err := CurlLine(r, stars{})
	if err != nil {
		t.Fatal(err)
	}
	want := `curl $'http://\'*\'/' -X PUT -H $'Cookie: *\' *' -H $'User-Agent: *\' *' -H Accept: -H Content-Type: --data-raw $'\n\'*'`
	if got != want {
		t.Errorf("what the door shows is quoted like any value:\ngot  %s\nwant %s", got, want)
	}
}
