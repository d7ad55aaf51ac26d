package traffic

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// A sidecarArchive is the archive that a HAR was in, with the bodies that
// Playwright's "attach" puts beside it.
type sidecarArchive struct {
	files  map[string]*zip.File
	folder string // of the HAR, within the archive
	size   int64  // of the archive
}

func isZip(head []byte) bool { return bytes.HasPrefix(head, []byte("PK\x03\x04")) }

// unzip replaces an archive with the one HAR in it. Nothing of it is ever
// written under its own name.
func (s *source) unzip(limits Limits) error {
	z, err := zip.NewReader(io.NewSectionReader(s.file, s.from, s.to-s.from), s.to-s.from)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return &Error{File: s.name, Entry: -1, Text: "can't be unpacked: " + reason(err), Err: err}
	}
	files := make(map[string]*zip.File, len(z.File))
	var har *zip.File
	for _, f := range z.File {
		if !fs.ValidPath(f.Name) || !f.Mode().IsRegular() {
			continue
		}
		if files[f.Name] == nil {
			files[f.Name] = f
		}
		if strings.EqualFold(path.Ext(f.Name), ".har") && !strings.HasPrefix(f.Name, "__MACOSX/") {
			if har != nil {
				return s.unknown("is an archive with more than one .har in it; unpack it and name one")
			}
			har = f
		}
	}
	if har == nil {
		return s.unknown(fmt.Sprintf("is an archive of %d files, none of them a .har", len(z.File)))
	}
	const encrypted = 1
	if har.Flags&encrypted != 0 {
		return s.unknown("is an archive with a password; unpack it first")
	}
	size := s.to - s.from
	err = s.unpack(func(io.Reader) (io.Reader, error) { return har.Open() }, limits)
	s.folder, s.sidecar = "", sidecarArchive{files, path.Dir(har.Name), size}
	return err
}

// find returns a member by the name that the HAR gives, or nil.
func (a sidecarArchive) find(name string) *zip.File {
	name = strings.ReplaceAll(name, `\`, "/")
	if !fs.ValidPath(name) { // absolute, or it climbs with ".."
		return nil
	}
	return a.files[path.Join(a.folder, name)]
}

// A member is the content of an archive's file, unpacked anew at each read.
type member struct{ file *zip.File }

func (m member) ReadAt(p []byte, at int64) (int, error) {
	r, err := m.file.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	return readBehind(r, p, at)
}

// A neighbour is a file beside the HAR.
type neighbour struct {
	folder *os.Root
	name   string
}

func (n neighbour) ReadAt(p []byte, at int64) (int, error) {
	f, err := n.folder.Open(n.name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return f.ReadAt(p, at)
}

// readBehind reads p behind the first bytes of a stream.
func readBehind(r io.Reader, p []byte, at int64) (int, error) {
	if _, err := io.CopyN(io.Discard, r, at); err != nil {
		return 0, err
	}
	n, err := io.ReadFull(r, p)
	if err == io.ErrUnexpectedEOF {
		err = io.EOF
	}
	return n, err
}

// attach gives a body its sidecar. It can't leave the archive, nor the folder
// of the HAR.
func (r *harReader) attach(c *harContent) {
	if f := r.src.sidecar.find(c.sidecar); f != nil {
		// What is said about both sizes may be a lie. DEFLATE shrinks no more
		// than 1032 times, and no member is longer than the archive.
		// Many entries may name one member, and each unpacks it anew.
		n := f.UncompressedSize64
		if n > uint64(r.limits.Unpacked)-r.attached || min(f.CompressedSize64, uint64(r.src.sidecar.size)) < n/1032 {
			r.warnHere("has its text in a file that is, or with those before it comes to more than Limits.Unpacked, left out")
			return
		}
		if n > uint64(max(r.limits.Body, r.src.sidecar.size)) { // a bomb: convert would hold it whole
			r.warnHere("has its text in a file that unpacks to more than Limits.Body, left out")
			return
		}
		r.attached += n
		c.present, c.raw, c.limit = true, true, r.limits.Body
		c.file, c.n = member{f}, int64(n)
		return
	}
	if r.src.folder != "" && r.folder == nil {
		root, err := os.OpenRoot(r.src.folder)
		if err == nil {
			r.folder = root
			r.src.closers.add(root)
		}
	}
	if r.folder != nil {
		// Lstat: what is no regular file may block.
		if info, err := r.folder.Lstat(c.sidecar); err == nil && info.Mode().IsRegular() {
			c.present, c.raw, c.limit = true, true, r.limits.Body
			c.file, c.n = neighbour{r.folder, c.sidecar}, info.Size()
			return
		}
	}
	r.warnHere("has its text in a file that is not there")
}
