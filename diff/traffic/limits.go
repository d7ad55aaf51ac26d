package traffic

// Limits bound what a file may make the reader do. A zero field means the
// default.
type Limits struct {
	JSONDepth int   // nesting of JSON
	YAMLDepth int   // nesting of YAML
	Entries   int   // exchanges in one file
	Body      int64 // bytes of a decoded body
	Layers    int   // compression layers around a file or a body
	Line      int64 // bytes of a file that is read whole: a cassette, a curl script, an archive's index
}

// DefaultLimits are used for fields that are zero.
var DefaultLimits = Limits{
	JSONDepth: 512,
	YAMLDepth: 64,
	Entries:   100_000,
	Body:      16 << 20,
	Layers:    4,
	Line:      256 << 20,
}
