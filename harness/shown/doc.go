// Package shown writes edits as they may be shown: every value, name and path
// of a [diff.Edit] passes a [Door], which masks it by the place it stood in and
// says of times how far they are from their request.
//
// It is what reports and tallies of package harness share. It decides nothing
// about differences.
package shown
