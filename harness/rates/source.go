package rates

import (
	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/accesslog"
)

// AddLog counts the requests of a log. A log that breaks off is counted as far
// as it could be read: Source.Error says where. The error is [ErrWindows].
func (c *Collector) AddLog(l *accesslog.Log) (Source, error) {
	source := Source{Name: l.Name, Places: []int64{}}
	var failed error
	err := accesslog.Stream(l, func() func(*accesslog.Record, *Event) bool { return new(Reader).Event }, func(events []Event) {
		for i := range events {
			if failed == nil {
				failed = c.Add(&events[i])
			}
		}
		source.Requests += int64(len(events))
	})
	if err != nil {
		source.Error = err.Error()
	}
	skipped := l.Skipped()
	source.Lines, source.Undecoded, source.Cut = skipped.Total, skipped.Lines, skipped.Cut
	source.Places = append(source.Places, skipped.Places...)
	return source, failed
}

// AddCapture counts the exchanges of a capture that were answered. The error is
// [ErrWindows].
func (c *Collector) AddCapture(captured *traffic.Capture) (Source, error) {
	source := Source{Name: captured.File, Places: []int64{}}
	for _, x := range captured.Exchanges {
		source.Lines++
		e, ok := FromExchange(x)
		if !ok {
			continue
		}
		source.Requests++
		if err := c.Add(&e); err != nil {
			return source, err
		}
	}
	return source, nil
}
