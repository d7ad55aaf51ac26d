package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

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

// add adds them all for a command that sends a whole capture.
func (f *sendFlags) add(cmd *cobra.Command) {
	f.addSending(cmd, "send one share of the sessions: `3/8`; JOB_COMPLETION_INDEX of Kubernetes is understood")
	flags := cmd.Flags()
	flags.StringVar(&f.pace, "pace", "max", "`max`, or 1x as recorded, 2x twice as fast")
	flags.IntVar(&f.maxRequests, "max-requests", 0, "stop after so `many` recorded requests; 0: no limit")
	flags.IntVar(&f.refusals, "max-401", harness.DefaultRefusals, "stop after so `many` 401 in a row that the capture does not have; 0: never")
}

// addSending adds those that say where to and how single requests are sent.
func (f *sendFlags) addSending(cmd *cobra.Command, shard string) {
	f.pace = "max"
	flags := cmd.Flags()
	f.addRouting(cmd)
	flags.StringVar(&f.unsafe, "allow-unsafe", "none", "send methods that change things too: all, or some as `POST,PUT`")
	flags.Lookup("allow-unsafe").NoOptDefVal = "all"
	flags.BoolVar(&f.follow, "follow", false, "follow redirects within the origin that the capture does not follow itself")
	flags.StringArrayVar(&f.set, "set", nil, "put a value into every request: `request.header.x-tenant=acme`, request.query.…, request.cookie.…, request.body/…; repeatable")
	flags.StringArrayVar(&f.off, "no-carry", nil, "do not carry on the value of this `name` (--plan lists them); repeatable")
	f.addConnection(cmd)
	flags.IntVar(&f.concurrency, "concurrency", harness.DefaultConcurrency, "so `many` sessions at a time; one session is sent in order")
	flags.Float64Var(&f.rate, "rate", 0, "so `many` requests a second at most; 0: no limit")
	flags.StringVar(&f.shard, "shard", "", shard)
	f.credentialFlags.add(cmd)
}

// addRouting adds the flags that say which requests go where, and as which host.
func (f *sendFlags) addRouting(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.maps, "map", nil, "send requests of a recorded origin elsewhere: `RECORDED=URL`; repeatable")
	flags.BoolVar(&f.keepHost, "keep-host", false, "send the recorded Host, not the target's")
	flags.BoolVar(&f.keepOrigin, "keep-origin", false, "send the recorded Origin and Referer, not the target's")
	flags.BoolVar(&f.recorded, "allow-recorded-host", false, "allow a target that is a host of the capture itself")
}

// addConnection adds the flags that say how a connection is made.
func (f *sendFlags) addConnection(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.caFile, "cacert", "", "trust the certificates in this PEM `file`, beside the system's")
	flags.StringVar(&f.certFile, "cert", "", "present the client certificate in this PEM `file`")
	flags.StringVar(&f.keyFile, "key", "", "the key of --cert in this PEM `file`, where the certificate's own does not hold it")
	flags.BoolVar(&f.dangerouslyInsecure, "insecure", false, "accept any certificate")
	flags.StringArrayVar(&f.resolve, "resolve", nil, "dial this address for a host: `host:port:address`; repeatable")
	flags.StringVar(&f.proxy, "proxy", "", "go through the HTTP proxy at this `URL`; the environment's is never used")
	flags.BoolVar(&f.http1, "http1", false, "speak HTTP/1.1")
	flags.BoolVar(&f.http2, "http2", false, "speak HTTP/2, to http:// targets by prior knowledge")
	flags.DurationVar(&f.timeout, "timeout", wire.DefaultTimeout, "for one request and its answer")
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
		return nil, errors.New("--key without --cert: name the certificate that belongs to the key with --cert")
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
			return nil, fmt.Errorf("--cert: %w; the certificate and its key are two PEM files, --cert and --key, or one", err)
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
		if n, err := strconv.Atoi(port); !ok1 || !ok2 || host == "" || err != nil || n < 1 || n > 65535 || net.ParseIP(address) == nil {
			wrong = append(wrong, fmt.Errorf("--resolve %s: it reads host:port:address, as example.com:443:127.0.0.1", s))
			continue
		}
		hosts[net.JoinHostPort(host, port)] = net.JoinHostPort(address, port)
	}
	return hosts, errors.Join(wrong...)
}

// planOptions reads everything that a plan depends on but its target, and tells
// all mistakes.
func (f *sendFlags) planOptions() (harness.PlanOptions, error) {
	o := harness.PlanOptions{
		Target: harness.Target{KeepHost: f.keepHost, KeepOrigin: f.keepOrigin, AllowRecordedHost: f.recorded},
		Follow: f.follow, Correlate: correlate.Options{Off: f.off}, Everywhere: f.everywhere,
	}
	wrong := []error{f.credentialFlags.check()}
	for _, s := range f.maps {
		m, err := harness.ParseMapping(s)
		wrong = append(wrong, err)
		o.Target.Map = append(o.Target.Map, m)
	}
	for _, s := range f.set {
		set, err := harness.ParseSetting(s)
		wrong = append(wrong, err)
		o.Set = append(o.Set, set)
	}
	var errUnsafe, errShard error
	o.Unsafe, errUnsafe = f.unsafeMethods()
	o.Shard, errShard = f.share()
	return o, errors.Join(append(wrong, errUnsafe, errShard)...)
}

// unsafeMethods is --allow-unsafe. An empty value is most often a variable that
// nobody filled in: it allows nothing.
func (f *sendFlags) unsafeMethods() (harness.Unsafe, error) {
	switch f.unsafe {
	case "none":
		return harness.Unsafe{}, nil
	case "":
		return harness.Unsafe{}, errors.New("--allow-unsafe= has no value: write all, or methods as POST,PUT")
	}
	return harness.ParseUnsafe(f.unsafe)
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
	if f.refusals == 0 {
		r.Refusals = -1 // never
	}
	var errPace error
	r.Pace, errPace = paceOf(f.pace)
	return r, errors.Join(err, errPace, f.checkNumbers())
}

func (f *sendFlags) checkNumbers() error {
	var wrong []error
	for _, flag := range []struct {
		name string
		n    int
	}{{"max-requests", f.maxRequests}, {"learn", f.learn}, {"max-401", f.refusals}} {
		if flag.n < 0 {
			wrong = append(wrong, fmt.Errorf("--%s %d: it can't be negative", flag.name, flag.n))
		}
	}
	if f.concurrency < 1 {
		wrong = append(wrong, fmt.Errorf("--concurrency %d: at least 1 session is sent at a time", f.concurrency))
	}
	if !(f.rate >= 0) { // NaN is neither
		wrong = append(wrong, fmt.Errorf("--rate %v: it is a number of requests a second, 0 for no limit", f.rate))
	}
	return errors.Join(append(wrong, f.checkConnection())...)
}

// checkConnection reports mistakes of addConnection's flags.
func (f *sendFlags) checkConnection() error {
	var wrong []error
	if f.timeout <= 0 {
		wrong = append(wrong, fmt.Errorf("--timeout %s: it is a time above 0, as 30s", f.timeout))
	}
	if f.http1 && f.http2 {
		wrong = append(wrong, errors.New("--http1 and --http2: one of them, or none to let the target choose"))
	}
	return errors.Join(wrong...)
}

// maxPace is the factor from which on waiting makes no sense.
const maxPace = 1000

// paceOf reads "2x"; 0 is that of max.
func paceOf(s string) (float64, error) {
	if s == "max" {
		return 0, nil
	}
	factor, found := strings.CutSuffix(s, "x")
	pace, err := strconv.ParseFloat(factor, 64)
	if !found || err != nil || !(pace > 0 && pace <= maxPace) {
		return 0, fmt.Errorf("--pace %s: it is max, 1x as recorded, 2x twice as fast, or another factor up to %dx", s, maxPace)
	}
	return pace, nil
}
