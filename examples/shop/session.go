package shop

import (
	"maps"
	"net/http"
	"time"
)

// A session is what the shop remembers of a browser, logged in or not. Its
// fields are guarded by Shop.mu.
type session struct {
	id       string
	csrf     []byte
	customer *customer // nil: nobody has logged in
	cart     cart
	order    string // the last one's id

	pages int // since the id was made
	seen  time.Time
	last  time.Time // the visit before this one
	ended bool
}

// A ticket is an id that stands for a session. A session that changes its id
// leaves the former one good for a moment, for requests that are under way.
type ticket struct {
	session *session
	until   time.Time // zero: as long as the session
}

// A visit is what one request needs to know of its session.
type visit struct {
	session  *session
	id       string
	csrf     []byte
	customer *customer
	last     time.Time
}

// visitor finds the session that the request's cookie names, nil where there
// is none (any more).
func (s *Shop) visitor(r *http.Request) *visit {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range r.CookiesNamed(s.config.CookieName) {
		if found := s.live(c.Value); found != nil {
			found.last, found.seen = found.seen, s.now()
			return found.visit()
		}
	}
	return nil
}

// live is the session of that id, unless it has ended. The caller holds mu.
func (s *Shop) live(id string) *session {
	t := s.sessions[id]
	switch now := s.now(); {
	case t == nil || t.session.ended && !s.makes(LogoutKeepsSession):
		return nil
	case !t.until.IsZero() && now.After(t.until) && !s.makes(OldSessionStays):
		return nil
	case now.Sub(t.session.seen) > s.config.SessionIdle && !s.makes(SessionNeverEnds):
		return nil
	default:
		return t.session
	}
}

func (v *session) visit() *visit {
	return &visit{session: v, id: v.id, csrf: v.csrf, customer: v.customer, last: v.last}
}

// begin makes a session for somebody who has none.
func (s *Shop) begin() *visit {
	id, csrf := s.secret(), s.bytes(csrfLength)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sweep()
	v := &session{id: id, csrf: csrf, seen: s.now(), cart: cart{}}
	s.sessions[id] = &ticket{session: v}
	return v.visit()
}

// admit makes the session that of a customer. Id and CSRF token become new:
// who knew the former ones (session fixation) knows nothing now.
func (s *Shop) admit(v *visit, c *customer) *visit {
	id, csrf := s.secret(), s.bytes(csrfLength)
	s.mu.Lock()
	defer s.mu.Unlock()
	v.session.customer = c
	if !s.makes(SessionFixation) {
		delete(s.sessions, v.session.id)
		v.session.csrf = csrf
		s.rename(v.session, id)
	}
	return v.session.visit()
}

// turn counts a page, and gives the session a new id when it is time. It tells
// whether it did.
func (s *Shop) turn(v *visit) bool {
	id := s.secret()
	s.mu.Lock()
	defer s.mu.Unlock()
	if v.id != v.session.id {
		return false // another request has turned it: its answer brings the new id
	}
	if v.session.pages++; v.session.pages < s.config.RotateEvery || s.makes(NoRotation) {
		return false
	}
	s.sessions[v.id].until = s.now().Add(s.config.RotateGrace)
	s.rename(v.session, id)
	v.id = id
	return true
}

// rename gives the session an id. The caller holds mu.
func (s *Shop) rename(v *session, id string) {
	v.id, v.pages = id, 0
	s.sessions[id] = &ticket{session: v}
}

// end forgets the session.
func (s *Shop) end(v *visit) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v.session.ended = true
}

// sweep forgets ids that are of no use any more, at most once a minute. The
// caller holds mu.
func (s *Shop) sweep() {
	now := s.now()
	if now.Sub(s.swept) < time.Minute {
		return
	}
	s.swept = now
	maps.DeleteFunc(s.sessions, func(id string, _ *ticket) bool { return s.live(id) == nil })
	maps.DeleteFunc(s.refreshes, func(_ string, f *refresh) bool { return now.After(f.expires) })
	maps.DeleteFunc(s.revoked, func(_ string, until time.Time) bool { return now.After(until) })
}
