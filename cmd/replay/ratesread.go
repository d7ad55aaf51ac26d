package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"github.com/replaydiff/replay/diff/traffic"
	"github.com/replaydiff/replay/harness/accesslog"
	"github.com/replaydiff/replay/harness/rates"
)

// collect counts all files. A file that can't be read ends it: rates of a part
// would be taken for those of all.
func (f *ratesFlags) collect(cmd *cobra.Command, files []string, o rates.Options) (*rates.Report, error) {
	if err := differentFiles(files); err != nil {
		return nil, err
	}
	var wrong []error
	o.Since, wrong = f.moment("since", f.since, wrong)
	o.Until, wrong = f.moment("until", f.until, wrong)
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	c, err := rates.NewCollector(o)
	if err != nil {
		return nil, err
	}
	var sources []rates.Source
	for _, file := range files {
		source, err := f.count(cmd, c, file)
		switch {
		case errors.Is(err, rates.ErrWindows):
			return nil, fmt.Errorf("--window %s: %w; take longer ones, or a part with --since", f.window, err)
		case err != nil:
			return nil, err
		case source.Error != "":
			return nil, errors.New(source.Error)
		case source.Requests == 0 && source.Undecoded > 0 && source.Undecoded == source.Lines:
			return nil, fmt.Errorf("%s: not one of its %d lines is of a format that rates knows: access logs of nginx, Apache, HAProxy and Caddy, lines of JSON, logfmt, captures", file, source.Lines)
		}
		sources = append(sources, source)
	}
	r := c.Report()
	r.Sources = sources
	return r, nil
}

// moment reads a point in time.
func (f *ratesFlags) moment(flag, s string, wrong []error) (time.Time, []error) {
	if s == "" {
		return time.Time{}, wrong
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, f.location); err == nil {
			return t, wrong
		}
	}
	return time.Time{}, append(wrong, fmt.Errorf("--%s %s: it is a time as 2026-11-24T13:00:00Z, or 2026-11-24 13:00 in the zone of --zone", flag, s))
}

// differentFiles refuses a file that is named twice: its requests would be
// counted twice.
func differentFiles(files []string) error {
	var infos []os.FileInfo
	for i, name := range files {
		info, err := os.Stat(name)
		if err != nil {
			infos = append(infos, nil)
			continue
		}
		for j, had := range infos {
			if had != nil && os.SameFile(had, info) {
				return fmt.Errorf("%s and %s are one file; it would be counted twice", files[j], files[i])
			}
		}
		infos = append(infos, info)
	}
	return nil
}

// count counts one file, a capture or a log.
func (f *ratesFlags) count(cmd *cobra.Command, c *rates.Collector, name string) (rates.Source, error) {
	in := cmd.InOrStdin()
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return rates.Source{}, err
		}
		defer file.Close()
		if info, err := file.Stat(); err == nil && info.IsDir() {
			return rates.Source{}, fmt.Errorf("%s: it is a folder; name the logs in it", name)
		}
		in = file
	}
	buffered := bufio.NewReaderSize(in, headSize)
	head, _ := buffered.Peek(headSize)
	if looksCaptured(head) {
		captured, err := traffic.Read(buffered, name, traffic.Options{Limits: f.limits, Partial: f.partial})
		if err != nil {
			return rates.Source{}, err
		}
		defer captured.Close()
		return c.AddCapture(captured)
	}
	log, err := accesslog.Read(buffered, name, f.logOptions(cmd))
	if err != nil {
		return rates.Source{}, err
	}
	defer log.Close()
	return c.AddLog(log)
}

// headSize is how much of a file is looked at to tell what it is, in bytes.
const headSize = 64 << 10

// captureHead is how captures begin: the object "log" of a HAR, the interactions
// of a cassette, a zip with a HAR. A line of Docker's has a string as its "log".
var captureHead = regexp.MustCompile(`^(\x{feff})?\s*(\w+\(\s*)?\{\s*("[^"]*"\s*:\s*("[^"]*"|[\d.]+|null)\s*,\s*)*"log"\s*:\s*\{|^PK\x03\x04|(?m)^interactions:`)

// looksCaptured tells a capture from a log by how it begins.
func looksCaptured(head []byte) bool {
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(head))
		if err != nil {
			return false
		}
		plain := make([]byte, headSize)
		n, _ := io.ReadFull(z, plain)
		head = plain[:n]
	}
	return captureHead.Match(head)
}
