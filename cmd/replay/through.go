package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/report"
	"github.com/replaydiff/replay/harness/results"
	"github.com/replaydiff/replay/harness/through"
)

const throughHelp = `through stands on both sides of a proxy: it sends the recorded requests to it,
and is itself the server behind it, which answers as recorded. So it sees what
the proxy forwards and what it does to the answers. Let the proxy forward to
--listen, and give its own address.

What breaks something is told first: which request, what was changed, and the
line of the proxy's configuration that mends it. What every proxy does
(X-Forwarded-For, Via, hop-by-hop fields) is expected, and one line.

Your app is not asked. First it is proven, with safe requests without
credentials, that the proxy comes to --listen: else nothing is sent. A POST, PUT,
PATCH or DELETE leaves only for a path of which a GET came here; --allow-unsafe
sends the others too, to wherever the proxy takes them.

` + throughCodes

const throughCodes = `Exit codes: 0 nothing is broken, 1 findings, or another behaviour than the
baseline's, 2 trouble: a file, a flag, or a report that can't be written,
3 refused: the proxy goes elsewhere, 4 answers are missing.`

// throughFormats are the forms of a passage.
var throughFormats = []string{"text", "json", "html", "markdown", "junit"}

type throughFlags struct {
	readFlags
	sendFlags
	runOutput
	listenFlags
	probe, unproven bool
}

func throughCommand() *cobra.Command {
	f := throughFlags{sendFlags: sendFlags{unsafe: "none", pace: "max"}}
	cmd := &cobra.Command{
		Use:   "through PROXY_URL CAPTURE",
		Short: "stand on both sides of a proxy and say what it changes",
		Long:  throughHelp,
		Example: `  replay through http://127.0.0.1:8080 ok.har --listen 127.0.0.1:9000
  replay through https://127.0.0.1:8443 ok.har --cacert ca.pem --keep-host --probe
  replay through http://127.0.0.1:8080 ok.har --probe --write-baseline before.yaml
  replay through http://127.0.0.1:8080 ok.har --baseline before.yaml`,
		GroupID: "prove",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("through takes the proxy and a capture, got %d: %s PROXY_URL CAPTURE", len(args), cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.through(cmd, args[0], args[1]) },
	}
	flags := cmd.Flags()
	f.listenFlags.add(cmd, "127.0.0.1:9000", "be the server behind the proxy at this `address`")
	flags.BoolVar(&f.probe, "probe", false, "try what the capture does not hold, too: odd names, long cookies, %2F, spoofed fields, trailers, …")
	flags.BoolVar(&f.unproven, "allow-unsafe", false, "send methods that change things also for paths that the proxy may take to a real app")
	f.addRouting(cmd)
	f.addConnection(cmd)
	f.outputFlags.addFormats(cmd, throughFormats)
	flags.BoolVar(&f.all, "all", false, "show every change with its reason, and what became of each request")
	flags.StringArrayVar(&f.reports, "report", nil, "write a report to a file too: `FORMAT=FILE`; repeatable")
	flags.StringVar(&f.baseline, "baseline", "", "accept the findings in this `file`, and tell what the proxy does otherwise")
	flags.StringVar(&f.writeBaseline, "write-baseline", "", "write what the proxy does to this `file`")
	f.addSecrets(cmd)
	f.readFlags.add(cmd)
	return cmd
}

func (f *throughFlags) through(cmd *cobra.Command, proxy, file string) error {
	baseline, errBaseline := f.readBaseline()
	config, errTLS := f.listenTLS()
	client, errClient := f.client()
	options, errPlan := f.planOptions()
	if err := errors.Join(f.check(), errPlan, errTLS, errClient, errBaseline, f.writable(file)); err != nil {
		return err
	}
	capture, err := f.open(cmd, file)
	if err != nil {
		return err
	}
	defer capture.Close()
	options.Target.Base, options.Target.Flag = proxy, "PROXY_URL"
	options.Unsafe, options.Shard = harness.Unsafe{All: true}, harness.Shard{} // what is unsafe is proven one by one
	plan, err := harness.NewPlan(capture, options)
	if err != nil {
		return err
	}
	stand, err := through.Listen(f.listen, config)
	if err != nil {
		return fmt.Errorf("--listen %s: %w", f.listen, err)
	}
	defer stand.Close()
	ctx, stop := interruptible(cmd.Context())
	defer stop()
	progress := f.progress(cmd, plan.Sends())
	progress.Start()
	stand.Client, stand.Masker = client, f.masker()
	stand.Probe, stand.DangerouslyUnproven = f.probe || baseline != nil && len(baseline.Probes) > 0, f.unproven
	stand.Progress = func(p results.Passed) { progress.Step(stepOf(p)) }
	found, err := harness.Through(ctx, plan, stand)
	_ = progress.Finish() // a terminal that went away is no reason to lose the report
	var gone *through.Unreachable
	if errors.As(err, &gone) {
		tell(cmd.ErrOrStderr(), gone.Error())
		return exitCode(exitNetwork)
	}
	if err != nil {
		return err
	}
	return f.finish(cmd, found, baseline)
}

// stepOf is a request in the terms of the progress of a run.
func stepOf(p results.Passed) results.Verdict {
	switch p.Verdict {
	case "unchanged":
		return results.Same
	case "unanswered":
		return results.Unanswered
	}
	return results.Different
}

func (f *throughFlags) check() error {
	return errors.Join(f.outputFlags.checkFormats(throughFormats), checkReports(f.reports, throughFormats), f.checkConnection())
}

// listenTLS is the certificate behind the proxy; nil for plain HTTP.
func (f *throughFlags) listenTLS() (*tls.Config, error) {
	pair, err := f.certificate()
	if pair == nil || err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{*pair}, NextProtos: []string{"http/1.1"}}, nil
}

func (f *throughFlags) readBaseline() (*results.PassageBaseline, error) {
	if f.baseline == "" {
		return nil, nil
	}
	file, err := os.Open(f.baseline)
	if err != nil {
		return nil, fmt.Errorf("--baseline: %w", err)
	}
	defer file.Close()
	b, err := results.ReadPassageBaseline(file, f.baseline)
	return &b, err
}

// finish writes what was found in all its forms; its verdict is the exit code.
func (f *throughFlags) finish(cmd *cobra.Command, p *results.Passage, baseline *results.PassageBaseline) error {
	if baseline != nil {
		baseline.Apply(p)
	}
	return f.writeAll(cmd, nil, p.ExitCode(),
		func(w io.Writer, format string) error { return f.write(w, p, format) },
		func(w io.Writer) error { return results.WritePassageBaseline(w, p) })
}

func (f *throughFlags) write(w io.Writer, p *results.Passage, format string) error {
	switch format {
	case "json":
		return report.PassageJSON(w, p)
	case "html":
		return report.PassageHTML(w, p)
	case "markdown":
		return report.PassageMarkdown(w, p)
	case "junit":
		return report.PassageJUnit(w, p)
	}
	return report.Passage(w, p, report.RunOptions{Terminal: f.terminal(w), All: f.all})
}
