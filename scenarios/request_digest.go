package scenarios

import (
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/replaydiff/replay/diff"
	"github.com/replaydiff/replay/diff/traffic"
)

// hashDoesNotMatch compares the body with the hashes of it that are signed. A
// working request whose hash does not match either was captured in another
// form than it was sent in.
func (v *View) hashDoesNotMatch() []Evidence {
	name, matches, known := contentHash(&v.Failed.Request)
	if !known || matches {
		return nil
	}
	if v.Good != nil {
		if _, matches, known := contentHash(&v.Good.Request); known && !matches {
			return nil
		}
	}
	at := seen(diff.Request, diff.Header, name, v.Failed.Request.Header.Get(name))
	if c, ok := v.Change(diff.Request, diff.Body, ""); ok {
		at = c.Edit
	}
	return []Evidence{v.observed(Decisive, FromRequest, at, "the body is not the one that "+name+" is a hash of")}
}

// contentHash compares a body with the first header that holds a hash of it:
// x-amz-content-sha256, Content-Digest (RFC 9530 section 2), Digest (RFC 3230)
// and Content-MD5.
func contentHash(r *traffic.Request) (header string, matches, known bool) {
	for _, name := range []string{"x-amz-content-sha256", "content-digest", "digest", "content-md5"} {
		value := r.Header.Get(name)
		if value == "" {
			continue
		}
		want, sum := wantedHash(name, value)
		if sum == nil || r.Header.Has("content-encoding") || !r.Body.Present() && len(r.Body.Params) > 0 {
			continue
		}
		content, err := r.Body.Bytes(0)
		if err != nil {
			continue
		}
		return name, string(sum(content)) == want, true
	}
	return "", false, false
}

// wantedHash reads the hash that a header holds, and which function made it;
// nil where it is none: UNSIGNED-PAYLOAD, STREAMING-….
func wantedHash(name, value string) (want string, sum func([]byte) []byte) {
	switch name {
	case "x-amz-content-sha256":
		raw, err := hex.DecodeString(value)
		if err == nil && len(raw) == sha256.Size {
			return string(raw), sum256
		}
	case "content-md5":
		raw, err := base64.StdEncoding.DecodeString(value)
		if err == nil && len(raw) == md5.Size {
			return string(raw), sumMD5
		}
	default:
		for member := range strings.SplitSeq(value, ",") {
			algorithm, text, _ := strings.Cut(strings.TrimSpace(member), "=")
			raw, err := base64.StdEncoding.DecodeString(strings.Trim(text, ":"))
			switch {
			case err != nil:
			case strings.EqualFold(algorithm, "sha-256") && len(raw) == sha256.Size:
				return string(raw), sum256
			case strings.EqualFold(algorithm, "sha-512") && len(raw) == sha512.Size:
				return string(raw), sum512
			}
		}
	}
	return "", nil
}

func sum256(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
func sum512(b []byte) []byte { s := sha512.Sum512(b); return s[:] }
func sumMD5(b []byte) []byte { s := md5.Sum(b); return s[:] }
