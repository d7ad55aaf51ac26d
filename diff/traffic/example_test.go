package traffic_test

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

func ExampleRead() {
	const har = `{"log": {"version": "1.2", "creator": {"name": "example", "version": "1"}, "entries": [
		{"startedDateTime": "2026-10-01T10:00:00Z", "time": 5,
		 "request": {"method": "GET", "url": "https://tea.test/leaves", "httpVersion": "h2", "cookies": [], "queryString": [],
		             "headers": [{"name": "Accept", "value": "application/json"}], "headersSize": -1, "bodySize": 0},
		 "response": {"status": 401, "statusText": "", "httpVersion": "h2", "cookies": [], "redirectURL": "",
		              "headers": [{"name": "WWW-Authenticate", "value": "Bearer"}, {"name": "www-authenticate", "value": "Basic"}],
		              "content": {"size": 0, "mimeType": "text/plain"}, "headersSize": -1, "bodySize": 0},
		 "cache": {}, "timings": {"send": 0, "wait": 5, "receive": 0}}]}}`
	c, err := traffic.Read(strings.NewReader(har), "tea.har", traffic.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close() // bodies are read lazily
	for _, x := range c.Exchanges {
		fmt.Println(x.Where(c.File), x.Response.Status, x.Response.Header)
	}
	// Any format can be written in any other that has room for it.
	if err := traffic.Write(os.Stdout, c, traffic.Curl); err != nil {
		fmt.Println(err)
	}
	// Output:
	// tea.har: entry 0 (GET /leaves) 401 [{WWW-Authenticate Bearer} {www-authenticate Basic}]
	// # entry 0
	// curl https://tea.test/leaves \
	//   -H 'Accept: application/json' \
	//   -H User-Agent:
}

// The wrong way: a file that is cut off is an error, as what is missing may be
// what failed. Options.Partial takes what is there.
func ExampleRead_wrong() {
	const cut = `{"log": {"entries": [{"request": {"method": "GET", "url": "https://tea.test/"}, "response": {"status": 200}}, {"request": {`
	_, err := traffic.Read(strings.NewReader(cut), "tea.har", traffic.Options{})
	fmt.Println(errors.Is(err, traffic.ErrTruncated))
	c, err := traffic.Read(strings.NewReader(cut), "tea.har", traffic.Options{Partial: true})
	fmt.Println(len(c.Exchanges), err)
	// Output:
	// true
	// 1 <nil>
}
