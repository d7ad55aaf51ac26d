package vcr

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// UserKey is the key that marks are computed with where none is given: 32 bytes
// in the file replay/vcr.key of the user's configuration folder, made when it
// is first asked for and readable by the user alone. Where it can't be kept it is
// the same for this process only: then cassettes of different runs can't be
// compared by their marks.
func UserKey() []byte { return userKey() }

const keyLength = 32

var userKey = sync.OnceValue(func() []byte {
	folder, err := os.UserConfigDir()
	if err == nil {
		if key, err := keyIn(filepath.Join(folder, "replay")); err == nil {
			return key
		}
	}
	return newKey()
})

// keyIn reads the key of a folder, or makes one. Of two processes that make it
// at once, one wins.
func keyIn(folder string) ([]byte, error) {
	file := filepath.Join(folder, "vcr.key")
	if key, err := os.ReadFile(file); err == nil && len(key) == keyLength {
		return key, nil
	} else if err == nil {
		return nil, errors.New("the file of the key is damaged")
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, err
	}
	partial, err := os.CreateTemp(folder, "vcr.key.*") // mode 0600
	if err != nil {
		return nil, err
	}
	defer os.Remove(partial.Name())
	key := newKey()
	_, err = partial.Write(key)
	if err := errors.Join(err, partial.Close()); err != nil {
		return nil, err
	}
	switch err := os.Link(partial.Name(), file); { // unlike Rename it replaces nothing
	case errors.Is(err, fs.ErrExist):
		return os.ReadFile(file)
	case err != nil:
		return nil, err
	}
	return key, nil
}

func newKey() []byte {
	key := make([]byte, keyLength)
	_, _ = rand.Read(key) // it never fails
	return key
}
