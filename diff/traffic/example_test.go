package traffic_test

import (
	"fmt"
	"log"

	"github.com/replaydiff/replay/diff/traffic"
)

func ExampleOpen() {
	c, err := traffic.Open("testdata/har/playwright-har-unstable-network.har", traffic.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	for _, x := range c.Exchanges {
		fmt.Println(x.Where("unstable.har"), x.Response.Status, x.Response.Body.MediaType)
	}
	// Output:
	// unstable.har: entry 0 (GET /api) 0 x-unknown
	// unstable.har: entry 1 (GET /api) 200 text/html; charset=utf-8
}
