package shop

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"time"
)

// A customer is a user as the shop keeps it: without the password.
type customer struct {
	User // Password is empty
	salt []byte
	hash []byte

	wrong  int       // passwords in a row
	locked time.Time // until then
}

// rounds of PBKDF2: enough to show how it is done. A real shop takes 600,000
// (OWASP), which would make each login in a test take a quarter of a second.
const rounds = 1000

func newCustomer(u User, salt []byte) *customer {
	c := &customer{User: u, salt: salt, hash: hash(u.Password, salt)}
	c.Password = ""
	return c
}

func hash(password string, salt []byte) []byte {
	key, err := pbkdf2.Key(sha256.New, password, salt, rounds, sha256.Size)
	if err != nil {
		panic(err) // of FIPS mode, for a salt or a key that are too short
	}
	return key
}

// A loginError is why somebody was not let in.
type loginError struct {
	text  string
	retry time.Duration // the account is locked for so long; 0: it is not
}

// authenticate checks name and password. The answer does not tell which of
// them was wrong, nor does the time it takes.
func (s *Shop) authenticate(name, password string) (*customer, *loginError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	c := s.customers[name]
	if c == nil {
		hash(password, make([]byte, 16)) // takes as long as with a name that exists
		if s.makes(LoginNamesUsers) {
			return nil, &loginError{text: "There is no customer of this name."}
		}
		return nil, &loginError{text: "Name or password is wrong."}
	}
	if now.Before(c.locked) && !s.makes(LoginNeverLocks) {
		return nil, &loginError{text: "Too many wrong passwords. Try again later.", retry: c.locked.Sub(now)}
	}
	if subtle.ConstantTimeCompare(hash(password, c.salt), c.hash) != 1 {
		if c.wrong++; c.wrong >= s.config.LoginTries {
			c.wrong, c.locked = 0, now.Add(s.config.LoginLockFor)
		}
		return nil, &loginError{text: "Name or password is wrong."}
	}
	c.wrong = 0
	return c, nil
}
