package credential_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/replaydiff/replay/harness/credential"
)

// A source hands out numbered tokens, or what its func says.
type source struct {
	mu      sync.Mutex
	fetches int
	fetch   func(ctx context.Context, n int) (credential.Credential, error)
}

func (s *source) Fetch(ctx context.Context) (credential.Credential, error) {
	s.mu.Lock()
	s.fetches++
	n := s.fetches
	s.mu.Unlock()
	return s.fetch(ctx, n)
}

func (s *source) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetches
}

// numbered are tokens 1, 2, 3… that are good for life from when they are
// fetched; 0: for ever.
func numbered(life time.Duration) *source {
	return &source{fetch: func(_ context.Context, n int) (credential.Credential, error) {
		c := credential.Credential{Token: fmt.Sprint("token-", n)}
		if life > 0 {
			c.Expires = time.Now().Add(life)
		}
		return c, nil
	}}
}

func get(t *testing.T, k *credential.Keeper) credential.Credential {
	t.Helper()
	c, err := k.Get(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestKeeperFetchesOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := numbered(0)
		inner := s.fetch
		s.fetch = func(ctx context.Context, n int) (credential.Credential, error) {
			time.Sleep(time.Second) // of the bubble
			return inner(ctx, n)
		}
		k := &credential.Keeper{Source: s}
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				if c, err := k.Get(context.Background()); err != nil || c.Token != "token-1" {
					t.Error(c.Token, err)
				}
			})
		}
		wg.Wait()
		if s.count() != 1 {
			t.Errorf("%d fetches for 50 workers", s.count())
		}
	})
}

func TestKeeperRenewsAtThreeQuarters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := numbered(100 * time.Second)
		k := &credential.Keeper{Source: s}
		for _, row := range []struct {
			wait   time.Duration
			want   string
			reason string
		}{
			{0, "token-1", "the first"},
			{74 * time.Second, "token-1", "74 %"},
			{time.Second, "token-2", "75 %"},
			{74 * time.Second, "token-2", "74 % of the second"},
			{time.Hour, "token-3", "nobody asked for an hour"},
		} {
			time.Sleep(row.wait)
			if c := get(t, k); c.Token != row.want {
				t.Errorf("%s: %s, want %s", row.reason, c.Token, row.want)
			}
		}
	})
}

// While one worker renews, the others go on with what is still valid; once it
// is not, they wait.
func TestKeeperDoesNotStopForARenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := numbered(100 * time.Second)
		inner := s.fetch
		s.fetch = func(ctx context.Context, n int) (credential.Credential, error) {
			if n > 1 {
				time.Sleep(40 * time.Second)
			}
			return inner(ctx, n)
		}
		k := &credential.Keeper{Source: s}
		get(t, k)
		time.Sleep(80 * time.Second)
		go func() { _, _ = k.Get(context.Background()) }()
		synctest.Wait()
		if c := get(t, k); c.Token != "token-1" {
			t.Errorf("during the renewal: %s", c.Token)
		}
		time.Sleep(25 * time.Second) // past the end of the first
		if c := get(t, k); c.Token != "token-2" || s.count() != 2 {
			t.Errorf("behind the end: %s after %d fetches", c.Token, s.count())
		}
	})
}

func TestKeeperRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := numbered(0)
		k := &credential.Keeper{Source: s}
		first := get(t, k)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if c, err := k.Refused(context.Background(), first); err != nil || c.Token != "token-2" {
					t.Error(c.Token, err)
				}
			})
		}
		wg.Wait()
		if s.count() != 2 {
			t.Errorf("20 workers were refused at once: %d fetches, want 2", s.count())
		}
		second := get(t, k)
		_, err := k.Refused(context.Background(), second)
		want := "the credential is refused (401), and so is the one that was fetched in its place: it is not meant for this target, or lacks a right"
		if !errors.Is(err, credential.ErrRefused) || err.Error() != want {
			t.Errorf("the new one is refused, too: %v", err)
		}
		for _, used := range []credential.Credential{first, second} {
			if _, err := k.Refused(context.Background(), used); !errors.Is(err, credential.ErrRefused) {
				t.Errorf("it stays refused: %v", err)
			}
		}
		if s.count() != 2 {
			t.Errorf("%d fetches: a loop", s.count())
		}
	})
}

// A credential that worked for a while and then ended is replaced as often as
// that happens.
func TestKeeperRefusedAgainAfterItWorked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := numbered(0)
		k := &credential.Keeper{Source: s}
		c := get(t, k)
		for range 3 {
			k.Worked(c)
			time.Sleep(time.Hour)
			next, err := k.Refused(context.Background(), c)
			if err != nil {
				t.Fatal(err)
			}
			c = next
		}
		k.Worked(c)
		if _, err := k.Refused(context.Background(), c); !errors.Is(err, credential.ErrRefused) {
			t.Errorf("one right after the other is no end of a session: %v", err)
		}
	})
}

func TestKeeperWithASourceThatHasNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := time.Now().Add(-time.Minute)
		s := &source{fetch: func(context.Context, int) (credential.Credential, error) {
			return credential.Credential{Token: "fixed", Expires: end}, nil
		}}
		k := &credential.Keeper{Source: s}
		c := get(t, k)
		get(t, k)
		if s.count() != 1 {
			t.Errorf("a token that is expired by our clock is left to the server: %d fetches", s.count())
		}
		_, err := k.Refused(context.Background(), c)
		want := "the credential is refused (401), and its source has no other: give a fresh one; it expired at 1999-12-31T23:59:00Z"
		if err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
	})
}

func TestKeeperAsksAFixedSourceOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := time.Now().Add(100 * time.Second)
		s := &source{fetch: func(context.Context, int) (credential.Credential, error) {
			return credential.Credential{Token: "fixed", Expires: end}, nil
		}}
		k := &credential.Keeper{Source: s}
		for range 200 {
			get(t, k)
			time.Sleep(time.Second)
		}
		if s.count() != 2 {
			t.Errorf("%d fetches: at the begin and at 75 %%", s.count())
		}
	})
}

func TestKeeperGivesUp(t *testing.T) {
	for _, row := range []struct {
		err    error
		tries  int
		want   string
		reason string
	}{
		{errors.New("answered 503"), 3, "gave up after 3 tries, so that no account gets locked: answered 503", "three tries"},
		{fmt.Errorf("answered 401; %w", credential.ErrPermanent), 1, "answered 401; trying again won't help", "a wrong password is not tried again"},
	} {
		s := &source{fetch: func(context.Context, int) (credential.Credential, error) { return credential.Credential{}, row.err }}
		k := &credential.Keeper{Source: s}
		var err error
		for range 20 {
			_, err = k.Get(context.Background())
		}
		if s.count() != row.tries || err == nil || err.Error() != row.want {
			t.Errorf("%s: %d tries, %v", row.reason, s.count(), err)
		}
	}
}

// A renewal that fails costs nothing while the old credential is valid.
func TestKeeperRenewalFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := numbered(100 * time.Second)
		inner := s.fetch
		s.fetch = func(ctx context.Context, n int) (credential.Credential, error) {
			if n == 2 {
				return credential.Credential{}, errors.New("answered 503")
			}
			return inner(ctx, n)
		}
		k := &credential.Keeper{Source: s}
		get(t, k)
		time.Sleep(80 * time.Second)
		if c := get(t, k); c.Token != "token-1" {
			t.Errorf("the renewal failed: %s", c.Token)
		}
		if c := get(t, k); c.Token != "token-1" || s.count() != 2 {
			t.Errorf("it is not tried again at once: %s, %d fetches", c.Token, s.count())
		}
		time.Sleep(10 * time.Second)
		if c := get(t, k); c.Token != "token-3" {
			t.Errorf("after half of what was left: %s", c.Token)
		}
	})
}

// The context of one request is not that of the fetch: others wait for it. When
// none does, it ends, and that is no failure of the source.
func TestKeeperContexts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := numbered(0)
		inner := s.fetch
		s.fetch = func(ctx context.Context, n int) (credential.Credential, error) {
			select {
			case <-time.After(10 * time.Second):
				return inner(ctx, n)
			case <-ctx.Done():
				return credential.Credential{}, ctx.Err()
			}
		}
		k := &credential.Keeper{Source: s, Tries: 1}
		short := func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), time.Second)
		}
		ctx, cancel := short()
		defer cancel()
		if _, err := k.Get(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("alone: %v", err)
		}
		synctest.Wait()
		ctx, cancel = short()
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := k.Get(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the one in a hurry: %v", err)
			}
		})
		synctest.Wait()
		wg.Go(func() {
			if c, err := k.Get(context.Background()); err != nil || c.Token != "token-2" {
				t.Errorf("the patient one: %s %v", c.Token, err)
			}
		})
		wg.Wait()
		if s.count() != 2 {
			t.Errorf("%d fetches, want the cancelled one and one for both", s.count())
		}
	})
}

func TestKeeperTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &source{fetch: func(ctx context.Context, _ int) (credential.Credential, error) {
			<-ctx.Done()
			return credential.Credential{}, ctx.Err()
		}}
		_, err := (&credential.Keeper{Source: s}).Get(context.Background())
		if err == nil || err.Error() != "no credential was given within 2m0s" {
			t.Errorf("got %v", err)
		}
	})
}

func TestGuard(t *testing.T) {
	const carried, bare = true, false
	type answers []credential.Answer
	for _, row := range []struct {
		max    int
		saw    answers
		want   []int
		reason string
	}{
		{0, answers{{1, 200, 401, carried}, {2, 200, 401, carried}, {3, 302, 401, carried}, {4, 200, 401, carried}, {5, 200, 401, carried}}, []int{1, 2, 3, 4, 5}, "five in a row"},
		{0, answers{{1, 200, 401, carried}, {2, 200, 401, carried}, {3, 200, 401, carried}, {4, 200, 401, carried}}, nil, "four"},
		{2, answers{{1, 200, 401, carried}, {2, 200, 200, carried}, {3, 200, 401, carried}}, nil, "one that worked ends the row"},
		{2, answers{{1, 200, 401, carried}, {2, 200, 200, bare}, {3, 200, 401, carried}}, []int{1, 3}, "a public picture does not"},
		{2, answers{{1, 200, 401, carried}, {2, 200, 0, carried}, {3, 200, 401, carried}}, []int{1, 3}, "neither does one without an answer"},
		{2, answers{{1, 401, 401, carried}, {2, 401, 401, carried}, {3, 200, 401, carried}}, nil, "a 401 that was recorded is as it should be"},
		{2, answers{{1, 200, 401, carried}, {2, 401, 401, carried}, {3, 200, 401, carried}}, []int{1, 3}, "and ends no row"},
		{2, answers{{1, 0, 401, bare}, {2, 0, 401, bare}}, []int{1, 2}, "nothing recorded: a curl line"},
		{2, answers{{1, 200, 403, carried}, {2, 200, 403, carried}}, nil, "403 knows who asks"},
		{-1, answers{{1, 200, 401, carried}, {2, 200, 401, carried}, {3, 200, 401, carried}, {4, 200, 401, carried}, {5, 200, 401, carried}, {6, 200, 401, carried}}, nil, "switched off"},
	} {
		g := &credential.Guard{Max: row.max}
		var err error
		for _, a := range row.saw {
			err = g.Saw(a)
		}
		if got := g.Entries(); fmt.Sprint(got) != fmt.Sprint(row.want) || (err != nil) != (row.want != nil) {
			t.Errorf("%s: entries %v, %v", row.reason, got, err)
		}
	}
	g := &credential.Guard{Max: 2}
	_ = g.Saw(credential.Answer{Entry: 7, Recorded: 200, Live: 401})
	_ = g.Saw(credential.Answer{Entry: 9, Recorded: 200, Live: 401})
	err := g.Saw(credential.Answer{Entry: 10, Recorded: 200, Live: 200, Carried: true})
	want := "stopped, so that no account gets locked: 2 answers in a row are 401 and were not when recorded (entries 7, 9); give a credential that is valid today with --auth, --auth-from or --login"
	if !errors.Is(err, credential.ErrHammering) || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestGuardAcrossWorkers(t *testing.T) {
	g := &credential.Guard{}
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 5 {
				_ = g.Saw(credential.Answer{Entry: worker*5 + i, Recorded: 200, Live: 401, Carried: true})
			}
		})
	}
	wg.Wait()
	if n := len(g.Entries()); n != 5 {
		t.Errorf("%d entries, want the five that stopped it", n)
	}
	if err := g.Saw(credential.Answer{}); err == nil || !strings.Contains(err.Error(), "5 answers in a row") {
		t.Errorf("got %v", err)
	}
}
