package traffic

import "io"

// A Format is a kind of capture file.
type Format string

// The formats that are read and written. HAR covers the versions 1.1 to 1.3.
const (
	HAR        Format = "har"
	CassetteV1 Format = "cassette-v1" // go-vcr modules v1 and v2
	CassetteV2 Format = "cassette-v2" // go-vcr modules v3 and v4
	Curl       Format = "curl"        // curl command lines: requests without answers
)

// A Capture is one recorded flow. The zero value is an empty flow.
type Capture struct {
	File    string // the name given by the caller, for messages; "-" is standard input
	Format  Format
	Version string // the format's own version as recorded: "1.2" of a HAR, "1" or "2" of a cassette

	Creator Product // the program that exported the capture
	Browser Product // the browser it recorded, where the exporter says so
	Pages   []Page
	Comment string

	Exchanges []*Exchange // in the order of the file

	Unknown  Fields // what the model has no field for, by JSON Pointer below the root of the file ("/log/_meta")
	Warnings []Warning

	backing io.Closer // the file that lazy bodies are read from
	each    Each      // of WriteEach
}

// Close releases the file behind lazily read bodies. Bodies can't be read
// after it. Closing a capture twice, or one that holds no file, does nothing.
func (c *Capture) Close() error {
	if c.backing == nil {
		return nil
	}
	backing := c.backing
	c.backing = nil
	return backing.Close()
}

// A Product names a program and its version (HAR creator and browser).
type Product struct {
	Name, Version, Comment string
}

// A Page is a page load that exchanges belong to (HAR pages).
type Page struct {
	ID      string
	Title   string
	Started Timestamp
}

// A Warning is something odd in a file that could be read all the same. Its
// text holds no captured value.
type Warning struct {
	Entry int    // index of the exchange it concerns, -1 for the whole file
	Text  string // lower case, no full stop
}

// maxWarnings is how many warnings a capture holds of what is odd again and
// again.
const maxWarnings = 1000

func (c *Capture) warn(entry int, text string) {
	switch n := len(c.Warnings); {
	case n < maxWarnings:
		c.Warnings = append(c.Warnings, Warning{entry, text})
	case n == maxWarnings:
		c.Warnings = append(c.Warnings, Warning{-1, "there is more that is odd in this file, which is not told"})
	}
}
