package bighar

import (
	"bytes"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

func TestWrite(t *testing.T) {
	make := func(o Options) []byte {
		var b bytes.Buffer
		if err := Write(&b, o); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	o := Options{Entries: 40, MeanBody: 2000, Seed: 7}
	ok := make(o)
	if !jsontext.Value(ok).IsValid() {
		t.Error("not JSON")
	}
	if !bytes.Equal(ok, make(o)) {
		t.Error("not the same bytes twice")
	}
	if n := len(ok); n < 40*2000/2 || n > 40*5000 {
		t.Errorf("%d bytes", n)
	}
	o.Later = true
	bad := make(o)
	if bytes.Contains(ok, []byte(`"status":401`)) || !bytes.Contains(bad, []byte(`"status":401`)) {
		t.Error("the later capture alone must have refused calls")
	}
}
