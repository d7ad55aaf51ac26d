package harness

import (
	"strings"
	"testing"
)

// FuzzFlags: a flag's value is refused or means one thing, and what is refused
// is not repeated where it may hold a password.
func FuzzFlags(f *testing.F) {
	for _, s := range []string{"https://a.test=http://127.0.0.1:8080", "a=b", "=", "https://u:p@a.test=http://b", "https://a.test=http://u:p@b", "3/8", "0/1", "9/8", "1/0", "POST,PUT", "post", "all", "GET", ",", "\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if m, err := ParseMapping(s); err == nil && (m.From == "" || m.To == "") {
			t.Errorf("%q maps %q to %q", s, m.From, m.To)
		}
		if _, err := ParseMapping("https://user:hunter2@" + s + "=http://b.test"); err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("a password is repeated: %v", err)
		}
		if shard, err := ParseShard(s); err == nil && (shard.Index < 1 || shard.Index > shard.Of) {
			t.Errorf("%q is the shard %d of %d", s, shard.Index, shard.Of)
		}
		_, _ = ParseUnsafe(s)
	})
}
