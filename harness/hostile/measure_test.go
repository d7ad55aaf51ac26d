package hostile

import (
	"runtime"
	"runtime/metrics"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A cost is what a piece of work took.
type cost struct {
	cpu       time.Duration // of the process: other programs on the machine do not count
	allocated uint64        // bytes, freed ones included
	peak      uint64        // bytes of objects on the heap, the most that was seen
}

// patience is how long a row may take before its test gives up. It is no
// bound on what is good, only on what is waited for.
const patience = 4 * time.Minute

// measure runs work and tells what it took. Work that does not end fails the
// test at once, with the stacks of what it is at.
func measure(t testing.TB, work func()) cost {
	t.Helper()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	watch := watchHeap()
	started := cpuTime(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		work()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		stacks := make([]byte, 64<<10)
		t.Fatalf("still at it after %s\n%s", patience, stacks[:runtime.Stack(stacks, true)])
	}
	took := cpuTime(t) - started
	runtime.ReadMemStats(&after)
	return cost{cpu: took, allocated: after.TotalAlloc - before.TotalAlloc, peak: watch() - min(before.HeapAlloc, watch())}
}

func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// watchHeap looks at the heap again and again until its result is called,
// which returns the most that was seen. It is for the report, for it may miss
// a peak: the bounds are on what was allocated.
func watchHeap() func() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	stop, stopped := make(chan struct{}), make(chan struct{})
	var most uint64
	go func() {
		defer close(stopped)
		for tick := time.NewTicker(time.Millisecond); ; {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-stop:
				tick.Stop()
				return
			case <-tick.C:
			}
		}
	}()
	return sync.OnceValue(func() uint64 {
		close(stop)
		<-stopped
		return most
	})
}
