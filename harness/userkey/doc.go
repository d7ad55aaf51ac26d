// Package userkey keeps the keys of a user, in the user's configuration folder
// ([Folder]): [Keep] is for those that are made on first use, [Marks] the one
// that marks of secrets are computed with where nobody names another.
//
// With that one two captures that were written on two days have the same mark
// for the same API key, and no one else can test a guess against a mark
// (mask.Redactor).
//
// The law it keeps: all processes of a user get the same key, also those that
// ask for it first at the same time; that a key can't be kept is told.
//
// It is not for captures that are given away: replay redact takes another key
// in each run.
package userkey
