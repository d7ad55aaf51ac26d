// Command serve opens the notes API of package origins on an address.
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

	"github.com/replaydiff/replay/examples/origins"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	var c origins.Config
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:8083", "address and port")
	list := flags.Bool("faults", false, "list the faults, and end")
	flags.StringVar(&c.Page, "page", "https://app.example.net", "origin whose scripts may ask")
	flags.Func("fault", "make this mistake; several with commas, or the flag again", func(names string) error {
		for name := range strings.SplitSeq(names, ",") {
			c.Faults = append(c.Faults, origins.Fault(strings.TrimSpace(name)))
		}
		return nil
	})
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if *list {
		for _, m := range origins.Faults() {
			fmt.Fprintf(stdout, "%-32s%s\n", m.Fault, m.Does)
		}
		return 0
	}
	app, err := origins.New(c)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	fmt.Fprintf(stdout, "the notes API is at http://%s\n", l.Addr())
	server := &http.Server{Handler: app, ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintln(stderr, server.Serve(l))
	return 2
}
