package credential

import (
	"context"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

// KeeperOf keeps what a source gives. A login begins a session, and each client
// has its own; all else is fetched once for all. What is fetched is made known to
// the masker before it is sent: a server may repeat it anywhere.
func KeeperOf(s Source, m *mask.Masker) *Keeper {
	_, session := s.(*Login)
	return &Keeper{Source: learnt{s, m}, PerClient: session}
}

type learnt struct {
	Source
	masker *mask.Masker
}

func (l learnt) Fetch(ctx context.Context) (Credential, error) {
	c, err := l.Source.Fetch(ctx)
	if err == nil {
		c.Learn(l.masker)
	}
	return c, err
}
