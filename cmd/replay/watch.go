package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/diff/traffic/mask"
	"github.com/replaydiff/replay/harness/watch"
	"github.com/replaydiff/replay/scenarios/policy"
)

const watchHelp = `watch stands in front of a server and watches how one client keeps itself logged
in: whether it refreshes its token at 70-80 % of the lifetime, once, gives up
after a few refusals instead of asking for ever, and leads a person to the login
instead of a bare 401. Give the client the address of watch in place of the
server's, use it, and end watch with Ctrl-C: then it tells what it saw.

Until it is told to provoke, the client gets the answers of the server and
nothing else. --lifetime lets tokens live for seconds, --refuse-after refuses
them, so that nobody has to wait for the hour in which a client shows what it
does. A capture of a client is judged by replay explain CAPTURE.

Exit codes: 0 the client keeps the rules, 1 it broke one, 2 trouble, or nothing
happened by which it could be judged.`

type watchFlags struct {
	target, listen        string
	lifetime, refuseAfter time.Duration
	early                 bool
	endFlag

	sendFlags // of which those of TLS are used
}

func watchCommand() *cobra.Command {
	var f watchFlags
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "stand in front of a server and judge how a client refreshes its tokens",
		Long:  watchHelp,
		Example: `  replay watch --target http://127.0.0.1:8080
  replay watch --target https://api.example.com --listen 127.0.0.1:9000 --lifetime 1m
  replay watch --target http://127.0.0.1:8080 --refuse-after 30s --for 2m`,
		GroupID: "guard",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("watch takes no file: --target URL names the server")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.target, "target", "", "the server, as its `URL`")
	flags.StringVar(&f.listen, "listen", "127.0.0.1:0", "the `address` for the client; port 0: the system chooses")
	flags.DurationVar(&f.lifetime, "lifetime", 0, "let access tokens live so long, where the server lets them live longer")
	flags.DurationVar(&f.refuseAfter, "refuse-after", 0, "refuse every access token from then on; 0: none")
	f.endFlag.add(cmd)
	flags.StringVar(&f.caFile, "cacert", "", "trust the certificates in this PEM `file`, beside the system's")
	flags.BoolVar(&f.dangerouslyInsecure, "insecure", false, "accept any certificate of the server")
	flags.BoolVar(&f.early, "advised", false, "ask for a refresh at 70-80 % of the lifetime; else 50-85 % will do")
	return cmd
}

func (f *watchFlags) run(cmd *cobra.Command) error {
	if f.target == "" {
		return errors.New("watch stands in front of a server: name it with --target URL")
	}
	if err := errors.Join(notNegative("lifetime", f.lifetime), notNegative("refuse-after", f.refuseAfter), f.endFlag.check()); err != nil {
		return err
	}
	o := watch.Options{Addr: f.listen, Lifetime: f.lifetime}
	var err error
	if o.Target, err = f.tls(); err != nil {
		return err
	}
	if f.early {
		o.Rules.Refresh = policy.Advised()
	}
	w, err := watch.Listen(f.target, o)
	if err != nil {
		return err
	}
	defer w.Close()
	fmt.Fprintf(cmd.ErrOrStderr(), "watching %s: give the client %s, and end with Ctrl-C\n", mask.Visible(f.target), w.URL)
	f.wait(cmd.Context(), w)
	v := w.Verdict()
	if _, err := fmt.Fprintln(cmd.OutOrStdout(), traffic.VisibleLines(v.String())); err != nil {
		return err
	}
	switch {
	case len(v.Findings) > 0:
		return exitCode(exitDiffers)
	case v.Err() != nil:
		return exitCode(exitTrouble)
	}
	return nil
}

// wait returns when the client was watched for long enough.
func (f *watchFlags) wait(ctx context.Context, w *watch.Watch) {
	if f.refuseAfter > 0 {
		timer := time.AfterFunc(f.refuseAfter, w.RefuseAll)
		defer timer.Stop()
	}
	ctx, stop := f.until(ctx)
	defer stop()
	<-ctx.Done()
}
