// Package tree takes a text apart without losing a byte, and says how two
// such texts differ.
//
// In reading order:
//
//   - A [Codec] splits a text into [Parts] (kids with keys, and a style such
//     as a separator) and joins them again. What it can't put together again
//     byte for byte, it must not split. [URL], [Cookies], [Credentials],
//     [Challenges], [JSON] and the others are codecs.
//   - [Between] compares two Parts, level by level, splitting only where the
//     texts differ. Its result is a list of [Edit].
//   - [Apply] puts edits into the original.
//
// The law: Apply(old, Between(old, new)) is new, and every subset of the edits
// applies, in any order. It holds because an edit names its place by the
// indices of the original, which other edits do not shift.
//
// The package knows the syntax of HTTP's texts, not their meaning.
package tree
