package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/answers"
	"github.com/replaydiff/replay/harness/browse"
	"github.com/replaydiff/replay/harness/record"
)

// A recording is one run of the command record.
type recording struct {
	cmd    *cobra.Command
	flags  *recordFlags
	tape   *record.Tape
	keeper *record.Keeper
	masker *mask.Masker
	begin  func() // tells that the client can come, from when --for counts

	mu     sync.Mutex     // of what follows and of the screen
	failed map[string]int // by outcome
	hops   map[string]int // redirects in a row, by what was asked for
	round  bool           // one of them came again and again
	left   bool           // it was said that the client was sent elsewhere
}

func newRecording(cmd *cobra.Command, f *recordFlags, redactor *mask.Redactor) *recording {
	r := &recording{cmd: cmd, flags: f, tape: new(record.Tape), masker: &mask.Masker{Show: redactor == nil}, failed: map[string]int{}, hops: map[string]int{}}
	r.keeper = &record.Keeper{
		Tape: r.tape, Redactor: redactor,
		Save:   r.save,
		Failed: func(err error) { r.say("%s can't be written now, and is tried again: %v", f.out, err) },
	}
	return r
}

// say writes a line for the one who watches.
func (r *recording) say(format string, values ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintln(r.cmd.ErrOrStderr(), mask.Visible(fmt.Sprintf(format, values...)))
}

// until records until the context ends, or what is recorded does, and writes
// the file.
func (r *recording) until(ctx context.Context, source func(context.Context) error) error {
	saving, enough := context.WithCancel(context.Background())
	saved := make(chan struct{})
	if r.flags.stream {
		close(saved)
	} else {
		go func() {
			defer close(saved)
			r.keeper.Run(saving)
		}()
	}
	err := source(ctx)
	enough()
	<-saved
	r.tape.Stop()
	if n := r.tape.Len(); n > 0 {
		if n > manyExchanges {
			r.say("writing %d exchanges; Ctrl-C again leaves %s as it was written last", n, r.flags.out)
		}
		if err := r.keeper.Keep(); err != nil {
			return r.rescue(err)
		}
	}
	if err == nil {
		return r.conclude()
	}
	if r.tape.Len() > 0 {
		_ = r.conclude() // the error says enough
	}
	return err
}

// save replaces the file, or writes what is no file, which happens once.
func (r *recording) save(write func(io.Writer) error) error {
	if r.flags.out == "-" {
		return write(r.cmd.OutOrStdout())
	}
	return writeFile(r.flags.out, write)
}

// rescue writes a recording elsewhere that can't be written where it was meant
// to: it can't be made again.
func (r *recording) rescue(why error) error {
	if r.flags.stream {
		return why
	}
	folder, err := os.MkdirTemp("", "replay-record-") // of the user alone
	elsewhere := filepath.Join(folder, filepath.Base(r.flags.out))
	if err == nil {
		r.keeper.Save = func(write func(io.Writer) error) error { return writeFile(elsewhere, write) }
		err = r.keeper.Keep()
	}
	if err != nil {
		return fmt.Errorf("the recording can't be written, to the folder of temporary files neither: %w", errors.Join(why, err))
	}
	return fmt.Errorf("%w; the recording is in %s", why, elsewhere)
}

// manyExchanges are so many that writing them takes a while.
const manyExchanges = 10_000

// proxy records what goes through a listener.
func (r *recording) proxy(ctx context.Context) error {
	p, err := r.flags.proxyOf(r.cmd)
	if err != nil {
		return err
	}
	p.Tape = r.tape
	var l *record.Listener
	listening := make(chan struct{})
	p.Ended = func(x *traffic.Exchange) {
		r.ended(x)
		<-listening
		r.leaves(l, x)
	}
	p.Broken = func(err error) { r.say("%v", err) }
	if l, err = p.Listen(); err != nil {
		return err
	}
	close(listening)
	defer l.Close()
	if r.flags.forward {
		r.say("recording all that goes through the proxy %s into %s, until Ctrl-C", l.URL, r.flags.out)
		programs, browser := trust(l.URL, r.flags.writeCA, p.Authority)
		r.say("%s", programs)
		r.say("%s", browser)
	} else {
		r.say("recording %s into %s: give the client %s, and end with Ctrl-C", r.flags.target, r.flags.out, l.URL)
		if r.flags.tls {
			r.say("the client has to trust %s", r.flags.writeCA)
		}
	}
	r.begin()
	<-ctx.Done()
	r.tape.Stop() // what is going on is unfinished, not broken off
	return nil
}

// leaves says once that the client goes on where nothing is recorded.
func (r *recording) leaves(l *record.Listener, x *traffic.Exchange) {
	origin, own := l.Leaves(x)
	r.mu.Lock()
	said := r.left
	r.left = said || origin != ""
	r.mu.Unlock()
	switch origin = r.masker.URL(origin); {
	case said || origin == "":
	case own:
		r.say("the client was sent to %s itself, past this recording, and what it does there is not recorded: --keep-host may mend that, --forward or --browser records it", origin)
	default:
		r.say("the client was sent to another origin, %s, which is not recorded: --forward or --browser records it", origin)
	}
}

// browser records a browser of its own.
func (r *recording) browser(ctx context.Context) error {
	args, err := r.flags.connection.browserSwitches()
	if err != nil {
		return err
	}
	b := &browse.Browser{
		Args: args, URL: r.flags.browser, Program: r.flags.program, Profile: r.flags.profile, Headless: r.flags.headless, DangerouslyNoSandbox: r.flags.noSandbox, MaxBody: r.flags.maxBody,
		Started: func(p traffic.Product) {
			r.tape.Browser(p)
			r.begin()
		},
		Page:   r.tape.Page,
		Notice: func(text string) { r.say("%s", text) },
	}
	r.say("recording a browser into %s: do the steps, then close its window or press Ctrl-C", r.flags.out)
	return b.Record(ctx, func(x *traffic.Exchange) {
		r.ended(x)
		r.tape.Add(x)
	})
}

// ended counts an exchange, and shows it in a line without its query.
func (r *recording) ended(x *traffic.Exchange) {
	status := "-"
	if p := x.Response; p != nil && p.Status > 0 {
		status = strconv.Itoa(p.Status)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count(x)
	if r.flags.quiet {
		return
	}
	why := ""
	if p := x.Response; p != nil && p.Error != "" {
		why = "  " + r.masker.Text(p.Error)
	}
	method, path, _ := strings.Cut(answers.TemplateOf(&x.Request), " ")
	path, _, _ = strings.Cut(path, "?")
	host := ""
	if u, err := url.Parse(x.Request.URL); err == nil {
		host = u.Host
	}
	fmt.Fprintln(r.cmd.ErrOrStderr(), mask.Visible(fmt.Sprintf("%s  %-7s %s%s  %.0f ms%s", status, method, host, r.masker.URL(path), x.Recorded.Millis, why)))
}

// count notes what tells a failing recording from a working one. To be sent to a
// login is no failure here: both begin so.
func (r *recording) count(x *traffic.Exchange) {
	outcome := diff.OutcomeOf(x)
	if outcome.Failed() && outcome.Ending != diff.LoginRedirect {
		r.failed[outcome.String()]++
	}
	if outcome.Status/100 != 3 || outcome.Status == 304 {
		clear(r.hops)
		return
	}
	asked, _, _ := strings.Cut(x.Request.Method+" "+x.Request.URL, "?")
	r.hops[asked]++
	r.round = r.round || r.hops[asked] >= rounds
}

// rounds is how often one chain of redirects comes to the same URL that goes
// round.
const rounds = 3

// conclude tells what there is now, and what to do with it.
func (r *recording) conclude() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	out, stderr := r.flags.out, r.cmd.ErrOrStderr()
	written, skipped := r.keeper.Written()
	if written == 0 && skipped == 0 {
		fmt.Fprintln(stderr, "nothing was recorded: no request came, and "+mask.Visible(out)+" was not written"+r.whyNobody())
		return exitCode(exitTrouble)
	}
	text := fmt.Sprintf("%s: %d %s", out, written, plural(written, "exchange"))
	if len(r.failed) > 0 {
		text += ", " + failures(r.failed)
	}
	if r.round {
		text += ", redirects that go round"
	}
	if skipped > 0 {
		text += fmt.Sprintf(", without %d that had no answer", skipped)
	}
	fmt.Fprintln(stderr, mask.Visible(text+"; next: "+next(out, len(r.failed) > 0 || r.round)))
	return nil
}

// whyNobody says what to look at where no request came to a proxy.
func (r *recording) whyNobody() string {
	switch {
	case r.flags.forward:
		return "; many clients heed no proxy unless they are told to, or ask loopback addresses without it (Go, browsers): record those with --target"
	case r.flags.target != "":
		return "; give the client the address of record in place of the server's"
	}
	return ""
}

// next is the command for a pair of which one half is there: which one is said
// by its name, else by what failed in it. Where neither does, both are named.
func next(out string, failed bool) string {
	name, file := filepath.Base(out), shellWord(out)
	asOK, asBad := "replay diff "+file+" bad.har", "replay diff ok.har "+file
	switch {
	case strings.HasPrefix(name, "bad"):
		return asBad
	case strings.HasPrefix(name, "ok"):
		return asOK
	case failed:
		return asBad + ", for this is probably the failing one"
	}
	return asOK + ", or " + asBad + " if this is the failing one"
}

// failures counts them by outcome.
func failures(by map[string]int) string {
	total := 0
	var list []string
	for _, status := range slices.Sorted(maps.Keys(by)) {
		total += by[status]
		list = append(list, fmt.Sprintf("%d× %s", by[status], status))
	}
	return fmt.Sprintf("%d failed (%s)", total, strings.Join(list, ", "))
}
