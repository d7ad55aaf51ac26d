// Command serve opens the tea shop for app.example.com and api.example.com on
// two addresses.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/replaydiff/replay/examples/shop"
	"github.com/replaydiff/replay/examples/subdomains"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	var faults []shop.Fault
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	app := flags.String("app", "127.0.0.1:8084", "address and port of the pages")
	api := flags.String("api", "127.0.0.1:8085", "address and port of the API")
	list := flags.Bool("faults", false, "list the faults, and end")
	flags.Func("fault", "make this mistake; several with commas, or the flag again", func(names string) error {
		for name := range strings.SplitSeq(names, ",") {
			faults = append(faults, shop.Fault(strings.TrimSpace(name)))
		}
		return nil
	})
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if *list {
		for _, m := range subdomains.Faults() {
			fmt.Fprintf(stdout, "%-36s%s\n", m.Fault, m.Does)
		}
		return 0
	}
	handler, err := shop.New(subdomains.Config(faults...))
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	return serve(handler, *app, *api, stdout, stderr)
}

// serve opens the shop at both addresses, until one of them fails.
func serve(handler http.Handler, app, api string, stdout, stderr io.Writer) int {
	pages, err := net.Listen("tcp", app)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	calls, err := net.Listen("tcp", api)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	fmt.Fprintf(stdout, "%s is at http://%s, %s at http://%s\n", subdomains.App, pages.Addr(), subdomains.API, calls.Addr())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 2)
	for _, l := range []net.Listener{pages, calls} {
		go func() { ended <- server.Serve(l) }()
	}
	fmt.Fprintln(stderr, <-ended)
	return 2
}
