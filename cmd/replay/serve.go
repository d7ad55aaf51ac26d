package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness"
)

const serveHelp = `serve is a server on this machine that answers as recorded: for the page that
you work on while its API is away, and for a client under test.

  --mode strict    an exchange answers the request that is as recorded, but for
                   noise and for the values of credentials, or there is a miss
  --mode lenient   the nearest exchange of the method and kind of path answers
  --mode sequence  requests have to come in the order of the capture

What nothing answers gets 501. Why is told on standard error and in the body of
the answer: the recorded exchange that comes nearest, and what differs. CORS is
answered as recorded, preflights too; --page ORIGIN lets a page that is now at
another address stand for the recorded one. Ctrl-C ends it with a summary, and
with what was never asked for.

Set-Cookie and tokens are answered as the file has them; nothing of them is
printed. It listens on loopback alone.

Exit codes: 0 all was answered, 1 something was not, or --all-used and not all
was asked for, 2 trouble.`

// serveModes are the ways to find an answer.
var serveModes = []string{"strict", "lenient", "sequence"}

type serveFlags struct {
	readFlags
	listenFlags
	mode, pace, page, writeCA string
	at, ignore                []string
	tls, once, asRecorded     bool
	all, allUsed              bool
	endFlag
}

func serveCommand() *cobra.Command {
	var f serveFlags
	cmd := &cobra.Command{
		Use:   "serve CAPTURE",
		Short: "answer as recorded, and say why where nothing matches",
		Long:  serveHelp,
		Example: `  replay serve ok.har --listen 127.0.0.1:9000
  replay serve ok.har --listen localhost:9000 --page http://localhost:3000
  replay serve ok.har --mode lenient --pace 1x --all
  replay serve ok.har --tls --write-cacert ca.pem --at https://login.example.com=127.0.0.1:9001`,
		GroupID: "captures",
		Args:    wantFiles("CAPTURE"),
		RunE:    func(cmd *cobra.Command, args []string) error { return f.run(cmd, args[0]) },
	}
	f.listenFlags.add(cmd, "127.0.0.1:9000", "be the server at this loopback `address`; port 0: the system chooses")
	flags := cmd.Flags()
	flags.BoolVar(&f.tls, "tls", false, "speak TLS with a certificate that is made for this run")
	flags.StringVar(&f.writeCA, "write-cacert", "", "write the certificate of --tls to this `file`, for clients to trust")
	flags.StringArrayVar(&f.at, "at", nil, "serve another recorded origin at an address of its own: `RECORDED=ADDRESS`; repeatable")
	flags.StringVar(&f.page, "page", "", "the `origin` of your page, as http://localhost:3000: it stands for the recorded page")
	flags.StringVar(&f.mode, "mode", "strict", "`"+strings.Join(serveModes, "|")+"`")
	flags.BoolVar(&f.once, "once", false, "let each exchange answer once, not again and again")
	flags.StringVar(&f.pace, "pace", "max", "`max`: answer at once, or 1x as recorded, 2x twice as fast")
	flags.BoolVar(&f.asRecorded, "as-recorded", false, "leave dates, Expires, Location and the Domain of cookies as recorded, not moved to here and now")
	flags.StringArrayVar(&f.ignore, "ignore", nil, "let requests differ at this `path` (* and ** are wildcards); repeatable")
	flags.BoolVar(&f.all, "all", false, "tell of every request, not only of those that nothing answers")
	flags.BoolVar(&f.allUsed, "all-used", false, "exit code 1 where a recorded exchange was not asked for")
	f.endFlag.add(cmd)
	f.readFlags.add(cmd)
	_ = cmd.RegisterFlagCompletionFunc("mode", cobra.FixedCompletions(serveModes, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func (f *serveFlags) run(cmd *cobra.Command, file string) error {
	o, err := f.options(file)
	if err != nil {
		return err
	}
	c, err := f.open(cmd, file)
	if err != nil {
		return err
	}
	defer c.Close()
	told := &serveLog{w: cmd.ErrOrStderr(), all: f.all}
	o.Heard = told.heard
	s, err := harness.Serve(c, o)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := f.announce(cmd.ErrOrStderr(), s, file, len(c.Exchanges)); err != nil {
		return err
	}
	ctx, stop := f.until(cmd.Context())
	defer stop()
	<-ctx.Done()
	s.Close()
	if err := told.summary(cmd.OutOrStdout(), s, file); err != nil {
		return err
	}
	if told.missed > 0 || f.allUsed && len(s.Unused()) > 0 {
		return errDiffers
	}
	return nil
}

// options reads the flags and tells all mistakes.
func (f *serveFlags) options(file string) (harness.ServeOptions, error) {
	o := harness.ServeOptions{
		Lenient: f.mode == "lenient", InOrder: f.mode == "sequence", Repeat: f.mode == "strict" && !f.once,
		KeepPlace: f.asRecorded, KeepTimes: f.asRecorded, OwnCookies: !f.asRecorded,
		Page: f.page, Listen: f.listen, TLS: f.tls || f.listenCert != "",
	}
	var wrong []error
	switch {
	case f.mode != "strict" && f.mode != "lenient" && f.mode != "sequence":
		wrong = append(wrong, fmt.Errorf("--mode %s: it is strict, lenient or sequence", f.mode))
	case f.once && f.mode != "strict":
		wrong = append(wrong, fmt.Errorf("--once is of --mode strict: %s has its own order of use", f.mode))
	}
	if f.writeCA != "" && (!f.tls || f.listenCert != "") {
		wrong = append(wrong, errors.New("--write-cacert writes the certificate that --tls makes: add --tls, and leave out --listen-cert"))
	}
	var errPace, errCert, errIgnore error
	o.Pace, errPace = paceOf(f.pace)
	o.Certificate, errCert = f.certificate()
	o.Ignore, errIgnore = ignoreOf(f.ignore, []string{file})
	return o, errors.Join(append(wrong, f.endFlag.check(), errPace, errCert, errIgnore)...)
}

// announce opens the other addresses and tells all of them.
func (f *serveFlags) announce(w io.Writer, s *harness.Served, file string, exchanges int) error {
	var b strings.Builder
	fmt.Fprintf(&b, "serving %s (%d %s) at %s; end with Ctrl-C\n", mask.Visible(file), exchanges, plural(exchanges, "exchange"), s.URL)
	for _, at := range f.at {
		origin, address, found := strings.Cut(at, "=")
		if !found {
			return fmt.Errorf("--at %s: it reads RECORDED=ADDRESS, as https://login.example.com=127.0.0.1:9001", at)
		}
		base, err := s.ListenAt(origin, address)
		if err != nil {
			return fmt.Errorf("--at %s: %w", at, err)
		}
		if base == s.URL && !strings.HasSuffix(base, "://"+address) {
			return fmt.Errorf("--at %s: most exchanges are of this origin, so it is served at --listen: name the address there, and with --at those of the others", at)
		}
		fmt.Fprintf(&b, "  %s at %s\n", mask.Visible(origin), base)
	}
	if origins := s.Origins(); len(origins) > 1 {
		fmt.Fprintf(&b, "  recorded were %s: a path of any is answered, --at gives one an address of its own\n", mask.Visible(strings.Join(origins, ", ")))
	}
	if f.writeCA != "" {
		pem := s.CertificatePEM()
		if err := writeShared(f.writeCA, func(w io.Writer) error { _, err := w.Write(pem); return err }); err != nil {
			return fmt.Errorf("--write-cacert: %w", err)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// A serveLog tells what a served capture is asked.
type serveLog struct {
	w   io.Writer
	all bool

	mu               sync.Mutex
	answered, missed int
	misses           []missCount // the first of each kind
	kinds            map[string]int
}

type missCount struct {
	text string
	n    int
}

// maxMissKinds bounds the different misses that a summary lists.
const maxMissKinds = 100

func (l *serveLog) heard(h harness.Heard) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if h.Miss == "" {
		l.answered++
		if l.all {
			fmt.Fprintf(l.w, "%s  %s, entry %d\n", h.Request, statusWord(h.Status), h.Entry)
		}
		return
	}
	l.missed++
	fmt.Fprintln(l.w, h.Miss)
	if l.kinds == nil {
		l.kinds = map[string]int{}
	}
	at, known := l.kinds[h.Miss]
	if !known && len(l.misses) == maxMissKinds {
		return
	}
	if !known {
		at = len(l.misses)
		l.kinds[h.Miss], l.misses = at, append(l.misses, missCount{text: h.Miss})
	}
	l.misses[at].n++
}

func statusWord(status int) string {
	if status == 0 {
		return "no answer, as recorded"
	}
	return fmt.Sprint(status)
}

func (l *serveLog) summary(w io.Writer, s *harness.Served, file string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := bufio.NewWriter(w)
	total := l.answered + l.missed
	fmt.Fprintf(out, "answered %d of %d %s from %s\n", l.answered, total, plural(total, "request"), mask.Visible(file))
	if l.missed > 0 {
		fmt.Fprintln(out, "\nnot answered")
	}
	listed := 0
	for _, m := range l.misses {
		fmt.Fprintf(out, "  %dx  %s\n", m.n, strings.ReplaceAll(m.text, "\n", "\n      "))
		listed += m.n
	}
	if listed < l.missed {
		fmt.Fprintf(out, "  and %d more\n", l.missed-listed)
	}
	unused := s.Unused()
	if len(unused) > 0 {
		fmt.Fprintln(out, "\nnever asked for")
	}
	for _, entry := range unused {
		fmt.Fprintf(out, "  %s\n", s.Entry(entry))
	}
	return out.Flush()
}
