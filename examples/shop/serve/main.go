// Command serve opens the tea shop of package shop on an address.
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
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	var c shop.Config
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:8080", "address and port")
	list := flags.Bool("faults", false, "list the faults, and end")
	flags.Func("fault", "make this mistake of authentication; several with commas, or the flag again", func(names string) error {
		for name := range strings.SplitSeq(names, ",") {
			c.Faults = append(c.Faults, shop.Fault(strings.TrimSpace(name)))
		}
		return nil
	})
	flags.Func("origin", "origin whose scripts may call the API; may be given again (default http://app.shop.test)", func(origin string) error {
		c.Origins = append(c.Origins, origin)
		return nil
	})
	flags.StringVar(&c.CookieName, "cookie-name", "session", "name of the session cookie")
	flags.StringVar(&c.CookieDomain, "cookie-domain", "", "share the session with the subdomains of this host")
	flags.StringVar((*string)(&c.Secure), "secure", "", "whether cookies are Secure: always, never, or empty for where the request came by HTTPS")
	flags.BoolVar(&c.TrustProxy, "trust-proxy", false, "believe X-Forwarded-Proto and X-Forwarded-Host")
	flags.IntVar(&c.RotateEvery, "rotate-every", 5, "pages after which a session gets a new id")
	flags.DurationVar(&c.TokenLife, "token-life", 5*time.Minute, "of access tokens")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(stderr, "unexpected %s: all settings are flags (--help)\n", flags.Arg(0))
		return 2
	}
	if *list {
		for _, m := range shop.Faults() {
			fmt.Fprintf(stdout, "%-36s%s\n", m.Fault, m.Does)
		}
		return 0
	}
	return serve(*listen, c, stdout, stderr)
}

func serve(listen string, c shop.Config, stdout, stderr io.Writer) int {
	s, err := shop.New(c)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	fmt.Fprintf(stdout, "the tea shop is open at http://%s/login\n", l.Addr())
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	fmt.Fprintln(stderr, server.Serve(l))
	return 2
}
