package accesslog

import (
	"runtime"
	"sync"
)

// maxWorkers bounds the chunks in flight, and with them the memory.
const maxWorkers = 8

// A job is a chunk on its way through a worker.
type job[T any] struct {
	chunk   chunk
	out     []T
	skipped Skipped
	done    chan struct{}
}

// Stream parses on all cores: prepare makes of each record what is needed of
// it, in several goroutines at once, and take gets that in the order of the
// file, in the caller's goroutine, to be used until it returns. Records that
// prepare returns false for are left out. It returns what [Log.Err] does.
//
// newPrepare is called once for each goroutine, so that what it returns may
// keep a cache.
func Stream[T any](l *Log, newPrepare func() func(*Record, *T) bool, take func([]T)) error {
	workers := l.o.Workers
	if workers <= 0 {
		workers = min(runtime.GOMAXPROCS(0), maxWorkers)
	}
	inOrder := make(chan *job[T], workers)
	work := make(chan *job[T], workers)
	used := make(chan []T, 2*workers+1)
	go func() {
		defer close(inOrder)
		defer close(work)
		for {
			c, ok := l.next()
			if !ok {
				return
			}
			j := &job[T]{chunk: c, done: make(chan struct{})}
			select {
			case j.out = <-used:
			default:
			}
			inOrder <- j
			work <- j
		}
	}()
	var working sync.WaitGroup
	for range workers {
		working.Go(func() {
			p, prepare := Parser{Location: l.o.Location, words: l.o.Words}, newPrepare()
			for j := range work {
				j.parse(&p, l.o.MaxLine, prepare)
			}
		})
	}
	for j := range inOrder {
		<-j.done
		l.skipped.add(j.skipped)
		take(j.out)
		select {
		case used <- j.out[:0]:
		default:
		}
	}
	working.Wait()
	return l.err
}

func (j *job[T]) parse(p *Parser, maxLine int, prepare func(*Record, *T) bool) {
	defer close(j.done)
	j.skipped = j.chunk.each(p, maxLine, func(r *Record) bool {
		var made T
		if prepare(r, &made) {
			j.out = append(j.out, made)
		}
		return true
	})
	j.chunk.text = ""
}
