// Command serve opens the orders API of package api on an address.
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

	"github.com/replaydiff/replay/examples/api"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	var c api.Config
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:8081", "address and port")
	list := flags.Bool("faults", false, "list the faults, and end")
	hs256 := flags.Bool("hs256", false, "sign tokens with the shared key, not with the RSA key")
	flags.Func("fault", "make this mistake of authentication; several with commas, or the flag again", func(names string) error {
		for name := range strings.SplitSeq(names, ",") {
			c.Faults = append(c.Faults, api.Fault(strings.TrimSpace(name)))
		}
		return nil
	})
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if *list {
		for _, m := range api.Faults() {
			fmt.Fprintf(stdout, "%-24s%s\n", m.Fault, m.Does)
		}
		return 0
	}
	if *hs256 {
		c.HS256 = api.DemoHS256
	}
	app, err := api.New(c)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	fmt.Fprintf(stdout, "the orders API is at http://%s\n", l.Addr())
	server := &http.Server{Handler: app, ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintln(stderr, server.Serve(l))
	return 2
}
