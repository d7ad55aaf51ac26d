package traffic

import "strings"

const unfinished = "unfinished: "

// Unfinished is what Response.Error says of an exchange that was still going on
// when its recording ended: the answer is there as far as it had come, with
// status 0 where none of it had.
const Unfinished = unfinished + "it was still going on when the recording was written"

// Unfinished tells an answer that the recording did not wait for. Nothing
// follows from what is missing in it.
func (r *Response) Unfinished() bool { return r != nil && strings.HasPrefix(r.Error, unfinished) }
