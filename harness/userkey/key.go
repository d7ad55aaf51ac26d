package userkey

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"sync"
)

// Marks is the key of marks: 32 bytes in the file marks.key of [Folder], made
// when it is first asked for. The key can be used whatever the error, which says
// why it is that of this process alone: then marks of different runs can't be
// compared.
func Marks() ([]byte, error) { return marks() }

const (
	keyLength = 32
	keyFile   = "marks.key"
)

var marks = sync.OnceValues(func() ([]byte, error) {
	folder, err := Folder()
	if err != nil {
		return newKey(), err
	}
	return in(folder)
})

// in is the key of a folder, or one of this process.
func in(folder string) ([]byte, error) {
	file := filepath.Join(folder, keyFile)
	key, err := Keep(file, func() ([]byte, error) { return newKey(), nil })
	switch {
	case len(key) == keyLength:
		return key, err
	case err == nil:
		err = fmt.Errorf("%s: it holds %d bytes and not %d: remove it, and another is made", file, len(key), keyLength)
	}
	return newKey(), err
}

func newKey() []byte {
	key := make([]byte, keyLength)
	_, _ = rand.Read(key) // it never fails
	return key
}
