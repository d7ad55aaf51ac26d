//go:build unix

package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/wire"
)

const (
	speedWorkers = 8
	speedRound   = 2000 // requests
)

// BenchmarkSpeed compares a run, its comparing included, with clients that look
// at no answer: net/http, the client of a run alone, and vegeta where it is on
// the PATH. All ask one server in this process with as many workers. They take
// turns in short rounds, so that whatever else the machine does slows all of
// them; what is told are medians of rounds:
//
//   - run/nethttp and run/vegeta: requests per second as parts of theirs. The
//     aims are 0.7 and 1.
//   - run-µs, nethttp-µs: CPU time of the process for a request, the server's
//     half included.
//   - over-nethttp-µs, over-wire-µs: what a run takes more than the others. The
//     aim is 25.
func BenchmarkSpeed(b *testing.B) {
	for _, kind := range speedKinds() {
		b.Run(kind.name, func(b *testing.B) {
			server := httptest.NewServer(kind)
			defer server.Close()
			c := kind.capture(speedRound)
			run, bare := &speedClient{send: runs(b, c, server.URL)}, &speedClient{send: asksNetHTTP(b, c, server.URL)}
			alone := &speedClient{send: asksWire(b, c, server.URL)}
			for _, client := range []*speedClient{run, bare, alone} {
				client.send() // connections, caches
			}
			var attacks []float64
			for b.Loop() {
				for range 2 {
					run.round()
					bare.round()
					alone.round()
				}
				if rate, ok := vegeta(b, c, server.URL); ok {
					attacks = append(attacks, rate)
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(median(run.rates), "requests/s")
			b.ReportMetric(median(run.rates)/median(bare.rates), "run/nethttp")
			b.ReportMetric(median(run.micros), "run-µs")
			b.ReportMetric(median(bare.micros), "nethttp-µs")
			b.ReportMetric(median(run.micros)-median(bare.micros), "over-nethttp-µs")
			b.ReportMetric(median(run.micros)-median(alone.micros), "over-wire-µs")
			if len(attacks) > 0 {
				b.ReportMetric(median(run.rates)/median(attacks), "run/vegeta")
			}
		})
	}
}

// A speedClient sends rounds of requests.
type speedClient struct {
	send   func()
	rates  []float64 // requests per second, by round
	micros []float64 // CPU time of a request, by round
}

func (c *speedClient) round() {
	began, cpu := time.Now(), cpuTime()
	c.send()
	c.micros = append(c.micros, float64((cpuTime()-cpu).Nanoseconds())/1e3/speedRound)
	c.rates = append(c.rates, speedRound/time.Since(began).Seconds())
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func median(list []float64) float64 {
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}

func runs(b *testing.B, c *traffic.Capture, target string) func() {
	p := plan(b, c, PlanOptions{Target: Target{Base: target}})
	client := &wire.Client{}
	return func() {
		done, err := (&Runner{Client: client, Concurrency: speedWorkers}).Run(context.Background(), p)
		if err != nil || done.Report.Counts.Same != len(c.Exchanges) {
			b.Fatal(err, text(done.Report))
		}
	}
}

func asksNetHTTP(b *testing.B, c *traffic.Capture, target string) func() {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: speedWorkers, DisableCompression: true}}
	return byWorkers(b, len(c.Exchanges), func(i int) error {
		r := &c.Exchanges[i].Request
		request, err := http.NewRequest(r.Method, target+strings.TrimPrefix(r.URL, recordedOrigin), nil)
		if err != nil {
			return err
		}
		for _, f := range r.Header[1:] {
			request.Header.Add(f.Name, f.Value)
		}
		answer, err := client.Do(request)
		if err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		return answer.Body.Close()
	})
}

func asksWire(b *testing.B, c *traffic.Capture, target string) func() {
	p := plan(b, c, PlanOptions{Target: Target{Base: target}})
	client := (&Runner{}).clientFor(p)
	return byWorkers(b, len(c.Exchanges), func(i int) error {
		request, err := p.outgoing(&c.Exchanges[i].Request, p.Steps[i].route)
		if err == nil {
			_, err = client.Do(context.Background(), request)
		}
		return err
	})
}

// byWorkers asks n times, by as many workers as a run has.
func byWorkers(b *testing.B, n int, ask func(i int) error) func() {
	return func() {
		var next atomic.Int64
		var workers sync.WaitGroup
		for range speedWorkers {
			workers.Go(func() {
				for i := next.Add(1); i <= int64(n); i = next.Add(1) {
					if err := ask(int(i - 1)); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		workers.Wait()
	}
}

// vegeta attacks for half a second and returns the answers per second; false
// where it is not installed.
func vegeta(b *testing.B, c *traffic.Capture, target string) (float64, bool) {
	path, err := exec.LookPath("vegeta")
	if err != nil {
		return 0, false
	}
	var targets strings.Builder
	for _, x := range c.Exchanges {
		fmt.Fprintf(&targets, "%s %s\n", x.Request.Method, target+strings.TrimPrefix(x.Request.URL, recordedOrigin))
		for _, f := range x.Request.Header[1:] {
			fmt.Fprintf(&targets, "%s: %s\n", f.Name, f.Value)
		}
		targets.WriteString("\n")
	}
	attack := exec.Command(path, "attack", "-rate=0", fmt.Sprintf("-workers=%d", speedWorkers), fmt.Sprintf("-max-workers=%d", speedWorkers), "-duration=500ms")
	attack.Stdin = strings.NewReader(targets.String())
	results, err := attack.Output()
	if err != nil {
		b.Fatal(err)
	}
	report := exec.Command(path, "report", "-type=json")
	report.Stdin = strings.NewReader(string(results))
	out, err := report.Output()
	if err != nil {
		b.Fatal(err)
	}
	var r struct {
		Rate    float64
		Success float64
	}
	if err := json.Unmarshal(out, &r); err != nil || r.Success < 1 {
		b.Fatal(err, string(out))
	}
	return r.Rate, true
}
