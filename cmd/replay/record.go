package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"mvdan.cc/sh/v3/syntax"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/record"
	"github.com/replaydiff/replay/harness/userkey"
	"github.com/replaydiff/replay/harness/wire"
)

const recordHelp = `record writes what a client and a server say to each other into a capture, until
Ctrl-C. Do the same steps twice, with what works into ok.har and with what fails
into bad.har, and replay diff ok.har bad.har names the cause.

  --browser URL   opens a browser of its own and records it: what its own export
                  leaves out too, as preflights, blocked cookies and why
  --target URL    stands in front of one server: give the client the address of
                  record in place of the server's. The requests are recorded as
                  the target was sent them, with its URL and its Host
  --forward       is the HTTP proxy of any client: HTTPS is read with
                  certificates of an authority of your own, which the client has
                  to trust. It is made on first use; only you can read its key

Answers go through as they come, whole and unchanged: streams, events, WebSocket,
HTTP/2. Through --target a browser sees them from another origin than the
server's: Location, the Domain of cookies and CORS stay as they are, and a server
that compares Origin with Host needs --keep-host. Record a browser with --browser
or --forward.

The file is written every few seconds and at the end, always whole. Secrets become
marks, the same one for the same secret in all your recordings. Nothing is
written to a file that is there, but with --force.

Exit codes: 0 recorded, 2 trouble, or nothing came.`

type recordFlags struct {
	target, browser, program, profile string
	forward, tls, force, quiet        bool
	listen, out, to, writeCA          string
	open, headless, noSandbox         bool
	stream                            bool // the file is none: it is written once, at the end
	maxBody                           int64
	endFlag

	connection sendFlags // of which those of connections are used
	written    writtenFlags
}

func recordCommand() *cobra.Command {
	var f recordFlags
	cmd := &cobra.Command{
		Use:   "record -o FILE",
		Short: "write what a client and a server say to each other into a capture",
		Long:  recordHelp,
		Example: `  replay record --browser https://app.example.com -o bad.har
  replay record --target https://api.example.com --listen 127.0.0.1:8088 -o ok.har
  replay record --forward --listen 127.0.0.1:8088 -o bad.har`,
		GroupID: "captures",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("record takes no argument: the file is named with -o FILE")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.browser, "browser", "", "open a browser at this `URL` and record it")
	flags.StringVar(&f.target, "target", "", "stand in front of the server at this `URL`")
	flags.BoolVar(&f.forward, "forward", false, "be an HTTP proxy that reads HTTPS too")
	flags.StringVarP(&f.out, "out", "o", "", "the `file`: .har, or .yaml for a cassette; - is standard output, written at the end")
	flags.StringVar(&f.to, "to", "", "`format` of the file, where its extension does not say it: har, cassette-v1, cassette-v2")
	_ = cmd.RegisterFlagCompletionFunc("to", cobra.FixedCompletions([]string{string(traffic.HAR), string(traffic.CassetteV1), string(traffic.CassetteV2)}, cobra.ShellCompDirectiveNoFileComp))
	flags.BoolVar(&f.force, "force", false, "replace a file that is there")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no line for each exchange")
	f.endFlag.add(cmd)
	flags.Int64Var(&f.maxBody, "max-body", traffic.DefaultLimits().Body, "`bytes` of each body that are recorded; all of it goes through")
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8088", "the `address` for the client, of --target and --forward; port 0: the system chooses")
	flags.BoolVar(&f.tls, "tls", false, "speak TLS to clients of --target, with a certificate of your own authority")
	flags.StringVar(&f.writeCA, "write-cacert", "", "write the certificate that clients have to trust to this `file`")
	flags.BoolVar(&f.open, "dangerously-open-proxy", false, "let everybody who reaches --listen send requests from this machine with --forward")
	flags.StringVar(&f.program, "browser-program", "", "the `program` to start for --browser; else the first Chromium or Chrome that is found")
	flags.BoolVar(&f.headless, "headless", false, "no window for --browser")
	flags.BoolVar(&f.noSandbox, "dangerously-no-sandbox", false, "let pages of --browser run without the browser's sandbox, where it can't run")
	flags.StringVar(&f.profile, "profile", "", "`folder` of the browser's profile, which is kept; else a fresh one")
	f.addConnection(cmd)
	f.written.add(cmd)
	return cmd
}

// addConnection adds the flags of connections to servers.
func (f *recordFlags) addConnection(cmd *cobra.Command) {
	flags, c := cmd.Flags(), &f.connection
	flags.BoolVar(&c.keepHost, "keep-host", false, "send the client's own Host to the target")
	flags.StringVar(&c.caFile, "cacert", "", "trust the certificates in this PEM `file`, beside the system's")
	flags.StringVar(&c.certFile, "cert", "", "present the client certificate in this PEM `file`, with its key")
	flags.BoolVar(&c.dangerouslyInsecure, "insecure", false, "accept any certificate of a server")
	flags.StringArrayVar(&c.resolve, "resolve", nil, "dial this address for a host: `host:port:address`; repeatable")
	flags.StringVar(&c.proxy, "proxy", "", "reach servers through the HTTP proxy at this `URL`; the environment's is never used")
	flags.BoolVar(&c.http1, "http1", false, "speak HTTP/1.1 to servers")
	flags.BoolVar(&c.http2, "http2", false, "speak HTTP/2 to servers; else what the client speaks")
	flags.DurationVar(&c.timeout, "timeout", wire.DefaultTimeout, "for connecting to a server; its answer may take as long as the client waits")
}

func (f *recordFlags) run(cmd *cobra.Command) error {
	format, err := f.check(cmd.Flags().Changed)
	if err != nil {
		return err
	}
	redactor, err := f.written.redactor()
	if err != nil {
		return err
	}
	r := newRecording(cmd, f, redactor)
	r.keeper.Format = format
	defer r.tape.Close()
	ctx, begin, stop := f.onceBegun(cmd.Context())
	defer stop()
	r.begin = begin
	source := r.proxy
	if f.browser != "" {
		source = r.browser
	}
	return r.until(ctx, source)
}

// check reports all mistakes of flags, before anything is opened.
func (f *recordFlags) check(given func(flag string) bool) (traffic.Format, error) {
	var wrong []error
	sources := 0
	for _, source := range []bool{f.browser != "", f.target != "", f.forward} {
		if source {
			sources++
		}
	}
	if sources == 1 {
		wrong = append(wrong, f.misplaced(given))
	} else {
		wrong = append(wrong, errors.New("record needs one of --browser URL, --target URL and --forward: what is recorded"))
	}
	format, err := f.format()
	wrong = append(wrong, err, f.connection.checkConnection(), f.endFlag.check())
	if f.maxBody < 1 {
		wrong = append(wrong, fmt.Errorf("--max-body %d: it is a number of bytes, at least 1", f.maxBody))
	}
	return format, errors.Join(wrong...)
}

// misplaced reports flags that would do nothing: what somebody asks for and
// does not get is worse than an error.
func (f *recordFlags) misplaced(given func(flag string) bool) error {
	proxy := f.browser == ""
	var wrong []error
	for _, group := range []struct {
		fits  bool
		with  string
		flags []string
	}{
		{!proxy, "--browser", []string{"browser-program", "profile", "headless", "dangerously-no-sandbox"}},
		{f.target != "", "--target", []string{"keep-host"}},
		{f.target != "", "--target: --forward reads HTTPS anyway", []string{"tls"}},
		{f.forward, "--forward", []string{"dangerously-open-proxy"}},
		{f.forward || f.tls, "--forward, or with --target and --tls: else there is no certificate to trust", []string{"write-cacert"}},
	} {
		for _, flag := range group.flags {
			if given(flag) && !group.fits {
				wrong = append(wrong, fmt.Errorf("--%s goes with %s", flag, group.with))
			}
		}
	}
	if !proxy {
		_, err := f.connection.browserSwitches()
		wrong = append(wrong, checkBrowser(given), err)
	}
	return errors.Join(wrong...)
}

// format is that of the file, which must not be there.
func (f *recordFlags) format() (traffic.Format, error) {
	if f.out == "" {
		return "", errors.New("record needs a file to write to: -o ok.har")
	}
	format, err := outputFormat(f.to, f.out)
	if err != nil {
		return "", err
	}
	if format == traffic.Curl {
		return "", fmt.Errorf("%s: curl lines have no place for answers: record a .har, and replay convert it", f.out)
	}
	if f.stream = f.out == "-"; f.stream {
		return format, nil
	}
	info, err := os.Stat(f.out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", err
	case info.Mode().IsRegular() && info.Size() > 0 && !f.force:
		return "", fmt.Errorf("%s is there, and a recording can't be made again: name another file, or replace it with --force", f.out)
	default:
		f.stream = !info.Mode().IsRegular()
	}
	return format, canWrite(f.out)
}

// proxyOf is the proxy that the flags ask for.
func (f *recordFlags) proxyOf(cmd *cobra.Command) (record.Proxy, error) {
	client, err := f.connection.client()
	if err != nil {
		return record.Proxy{}, err
	}
	p := record.Proxy{
		Target: f.target, Addr: f.listen, DangerouslyOpen: f.open, KeepHost: f.connection.keepHost, Body: f.maxBody,
		Proto: client.Proto, TLS: client.TLS, Resolve: client.Resolve, Via: client.Proxy, Timeout: client.Timeout,
	}
	if f.forward || f.tls {
		if p.Authority, err = f.authority(cmd.ErrOrStderr()); err != nil {
			return record.Proxy{}, err
		}
	}
	return p, nil
}

func (f *recordFlags) authority(stderr io.Writer) (*record.Authority, error) {
	folder, err := userkey.Folder()
	if err != nil {
		return nil, err
	}
	a, fresh, err := record.OpenAuthority(folder, nil)
	if err != nil {
		return nil, err
	}
	if fresh {
		fmt.Fprintf(stderr, "made a certificate authority of your own: %s\n", filepath.Join(folder, record.CertificateFile))
	}
	if f.writeCA == "" {
		f.writeCA = filepath.Join(folder, record.CertificateFile)
		return a, nil
	}
	return a, writeShared(f.writeCA, func(w io.Writer) error {
		_, err := w.Write(a.PEM())
		return err
	})
}

// trust says in two lines how clients come to record with a forward proxy.
func trust(url, file string, a *record.Authority) (programs, browser string) {
	word := shellWord(file)
	return fmt.Sprintf("curl: curl --proxy %s --cacert %s URL; Go and Python: HTTPS_PROXY=%s HTTP_PROXY=%s SSL_CERT_FILE=%s REQUESTS_CA_BUNDLE=%s; Node from 24.5, or 22.21, on: NODE_USE_ENV_PROXY=1 NODE_EXTRA_CA_CERTS=%s with the same two; an older one heeds no proxy: record it with --target", url, word, url, url, word, word, word),
		fmt.Sprintf("browser: chromium --user-data-dir=\"$(mktemp -d)\" --proxy-server=%s --proxy-bypass-list='<-loopback>' --ignore-certificate-errors-spki-list=%s; or import %s as an authority that you trust, for as long as you record", url, a.KeyHash(), file)
}

// shellWord is a text as a word of bash.
func shellWord(text string) string {
	word, err := syntax.Quote(text, syntax.LangBash)
	if err != nil { // it holds NUL, so it is no name of a file
		return "FILE"
	}
	return word
}
