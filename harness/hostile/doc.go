// Package hostile holds no code: its tests are one table of the inputs that
// break readers, and of the captures that can be read but break what comes
// behind reading.
//
// A row has a name, the reason why it is there, the inputs, made in code, the
// readers that get them, and what has to come: an error that says so, or a
// safe result. For each of them hold the same laws:
//
//   - it ends, and the time and the memory it takes are in proportion to its
//     length, whatever the input says of itself;
//   - nothing that stands in the input comes back in a message: the canary in
//     each of them would show it;
//   - nothing is run, and no file is opened that the user did not name.
//
// In reading order: row_test.go has the form of a row and runs it,
// measure_test.go tells what it cost, readers_test.go lists the readers; then
// the rows, by kind of input: json, text, yaml, packed, zip, curl, field,
// wrong, place; stage_test.go has what stands behind the readers.
//
// It is not for servers that misbehave, nor for what is printed.
package hostile
