package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness"
	"github.com/replaydiff/replay/harness/correlate"
	"github.com/replaydiff/replay/harness/wire"
)

// sendFlags are the flags of every command that sends requests.
type sendFlags struct {
	maps, set, resolve, off         []string
	keepHost, keepOrigin, recorded  bool
	unsafe, pace, shard             string
	follow, http1, http2            bool
	caFile, certFile, keyFile       string
	dangerouslyInsecure             bool
	proxy                           string
	timeout                         time.Duration
	concurrency, maxRequests, learn int
	refusals                        int
	rate                            float64

	credentialFlags
}

func (f *sendFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.maps, "map", nil, "send requests of a recorded origin elsewhere: `RECORDED=URL`; repeatable")
	flags.BoolVar(&f.keepHost, "keep-host", false, "send the recorded Host, not the target's")
	flags.BoolVar(&f.keepOrigin, "keep-origin", false, "send the recorded Origin and Referer, not the target's")
	flags.BoolVar(&f.recorded, "allow-recorded-host", false, "allow a target that is a host of the capture itself")
	flags.StringVar(&f.unsafe, "allow-unsafe", "none", "send methods that change things too: all, or some as `POST,PUT`")
	flags.Lookup("allow-unsafe").NoOptDefVal = "all"
	flags.BoolVar(&f.follow, "follow", false, "follow redirects within the origin that the capture does not follow itself")
	flags.StringArrayVar(&f.set, "set", nil, "put a value into every request: `request.header.x-tenant=acme`, request.query.…, request.cookie.…, request.body/…; repeatable")
	flags.StringArrayVar(&f.off, "no-carry", nil, "do not carry on the value of this `name` (--plan lists them); repeatable")

	flags.StringVar(&f.caFile, "cacert", "", "trust the certificates in this PEM `file`, beside the system's")
	flags.StringVar(&f.certFile, "cert", "", "present the client certificate in this PEM `file`")
	flags.StringVar(&f.keyFile, "key", "", "its key, where --cert does not hold it")
	flags.BoolVar(&f.dangerouslyInsecure, "insecure", false, "accept any certificate")
	flags.StringArrayVar(&f.resolve, "resolve", nil, "dial this address for a host: `host:port:address`; repeatable")
	flags.StringVar(&f.proxy, "proxy", "", "go through the HTTP proxy at this `URL`; the environment's is never used")
	flags.BoolVar(&f.http1, "http1", false, "speak HTTP/1.1")
	flags.BoolVar(&f.http2, "http2", false, "speak HTTP/2, to http:// targets by prior knowledge")

	flags.DurationVar(&f.timeout, "timeout", wire.DefaultTimeout, "for one request and its answer")
	flags.IntVar(&f.concurrency, "concurrency", harness.DefaultConcurrency, "sessions at a time; one session is sent in order")
	flags.Float64Var(&f.rate, "rate", 0, "requests a second at most; 0: no limit")
	flags.StringVar(&f.pace, "pace", "max", "`max`, or 1x as recorded, 2x twice as fast")
	flags.IntVar(&f.maxRequests, "max-requests", 0, "stop after so many requests; 0: no limit")
	flags.IntVar(&f.learn, "learn", 0, "send each safe request so many times more, to learn what differs from itself")
	flags.IntVar(&f.refusals, "max-401", harness.DefaultRefusals, "stop after so many 401 in a row that the capture does not have; -1: never")
	flags.StringVar(&f.shard, "shard", "", "send one share of the sessions: `3/8`; JOB_COMPLETION_INDEX of Kubernetes is understood")
	f.credentialFlags.add(cmd)
	cmd.MarkFlagsMutuallyExclusive("http1", "http2")
}

// client makes what sends, without opening a connection.
func (f *sendFlags) client() (*wire.Client, error) {
	c := &wire.Client{Timeout: f.timeout}
	switch {
	case f.http1:
		c.Proto = wire.HTTP1
	case f.http2:
		c.Proto = wire.HTTP2
	}
	var err, more error
	c.TLS, err = f.tls()
	c.Resolve, more = resolved(f.resolve)
	err = errors.Join(err, more)
	if f.proxy != "" {
		if c.Proxy, more = url.Parse(f.proxy); more != nil || c.Proxy.Host == "" || c.Proxy.Scheme != "http" && c.Proxy.Scheme != "https" {
			err = errors.Join(err, errors.New("--proxy is no URL of a proxy: write it as http://127.0.0.1:3128"))
		}
	}
	return c, err
}

func (f *sendFlags) tls() (*tls.Config, error) {
	if f.certFile == "" && f.keyFile != "" {
		return nil, errors.New("--key without --cert: name the certificate that belongs to the key")
	}
	config := &tls.Config{InsecureSkipVerify: f.dangerouslyInsecure}
	if f.caFile != "" {
		pem, err := os.ReadFile(f.caFile)
		if err != nil {
			return nil, fmt.Errorf("--cacert: %w", err)
		}
		if config.RootCAs, err = x509.SystemCertPool(); err != nil {
			config.RootCAs = x509.NewCertPool()
		}
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("--cacert %s: the file holds no certificate in PEM", f.caFile)
		}
	}
	if f.certFile != "" {
		key := f.keyFile
		if key == "" {
			key = f.certFile
		}
		pair, err := tls.LoadX509KeyPair(f.certFile, key)
		if err != nil {
			return nil, fmt.Errorf("--cert: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// resolved reads host:port:address as curl has it; IPv6 addresses may stand in
// brackets.
func resolved(list []string) (map[string]string, error) {
	var wrong []error
	hosts := map[string]string{}
	for _, s := range list {
		host, rest, ok1 := strings.Cut(s, ":")
		port, address, ok2 := strings.Cut(rest, ":")
		address = strings.Trim(address, "[]")
		if !ok1 || !ok2 || host == "" || net.ParseIP(address) == nil {
			wrong = append(wrong, fmt.Errorf("--resolve %s: it reads host:port:address, with an IP address", s))
			continue
		}
		hosts[net.JoinHostPort(host, port)] = net.JoinHostPort(address, port)
	}
	return hosts, errors.Join(wrong...)
}

// planOptions reads everything that a plan depends on, and tells all mistakes.
func (f *sendFlags) planOptions(base string) (harness.PlanOptions, error) {
	o := harness.PlanOptions{
		Target: harness.Target{Base: base, KeepHost: f.keepHost, KeepOrigin: f.keepOrigin, AllowRecordedHost: f.recorded},
		Follow: f.follow, Correlate: correlate.Options{Off: f.off}, Everywhere: f.everywhere,
	}
	var wrong []error
	note := func(err error) {
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	for _, s := range f.maps {
		m, err := harness.ParseMapping(s)
		note(err)
		o.Target.Map = append(o.Target.Map, m)
	}
	for _, s := range f.set {
		set, err := harness.ParseSetting(s)
		note(err)
		o.Set = append(o.Set, set)
	}
	var err error
	if f.unsafe != "none" {
		o.Unsafe, err = harness.ParseUnsafe(f.unsafe)
		note(err)
	}
	o.Shard, err = f.share()
	note(err)
	return o, errors.Join(wrong...)
}

// share is --shard, else what a Kubernetes job says.
func (f *sendFlags) share() (harness.Shard, error) {
	if f.shard != "" {
		return harness.ParseShard(f.shard)
	}
	shard, _, err := harness.ShardOfJob(os.Getenv)
	return shard, err
}

func (f *sendFlags) runner() (*harness.Runner, error) {
	client, err := f.client()
	r := &harness.Runner{
		Client: client, Concurrency: f.concurrency, Rate: f.rate, MaxRequests: f.maxRequests,
		Learn: f.learn, Refusals: f.refusals,
	}
	if f.pace != "max" {
		var more error
		if r.Pace, more = paceOf(f.pace); more != nil {
			err = errors.Join(err, more)
		}
	}
	for name, n := range map[string]float64{"concurrency": float64(f.concurrency), "rate": f.rate, "max-requests": float64(f.maxRequests), "learn": float64(f.learn)} {
		if n < 0 {
			err = errors.Join(err, fmt.Errorf("--%s can't be negative", name))
		}
	}
	return r, err
}

func paceOf(s string) (float64, error) {
	var pace float64
	if _, err := fmt.Sscanf(s, "%gx", &pace); err != nil || pace <= 0 || pace > 1000 || !strings.HasSuffix(s, "x") {
		return 0, fmt.Errorf("--pace %s: it is max, 1x, 2x or another factor", s)
	}
	return pace, nil
}

// openAll reads captures and reports the mistakes of all.
func openAll(cmd *cobra.Command, f *readFlags, files []string) ([]*traffic.Capture, error) {
	if len(files) == 2 {
		ok, bad, err := openBoth(cmd, f, files[0], files[1])
		return []*traffic.Capture{ok, bad}, err
	}
	c, err := f.open(cmd, files[0])
	return []*traffic.Capture{c}, err
}
