package shop

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"time"
)

// An order is what somebody has bought. It does not change.
type order struct {
	ID     string    `json:"id"`
	Status string    `json:"status"`
	Placed time.Time `json:"placed"`
	Total  string    `json:"total"`
	Items  []item    `json:"items"`

	owner string
}

// buy makes an order of the cart.
func (s *Shop) buy(owner string, c cart) *order {
	items, total := c.items()
	o := &order{
		ID:     orderID(s.bytes(5)),
		Status: "placed", Placed: s.now().UTC().Truncate(time.Second),
		Total: total, Items: items, owner: owner,
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders[o.ID] = o
	return o
}

// history gives a customer two orders of long ago, so that nobody begins with an
// empty list. They are the same in every shop.
func (s *Shop) history(owner string) {
	for i, c := range []cart{{"assam-250": 1}, {"sencha-100": 2, "darjeeling-100": 1}} {
		sum := sha256.Sum256([]byte(owner + strings.Repeat("+", i)))
		items, total := c.items()
		o := &order{
			ID:     orderID(sum[:5]),
			Status: "delivered", Placed: time.Date(2025, time.Month(3+4*i), 14, 9, 26, 53, 0, time.UTC),
			Total: total, Items: items, owner: owner,
		}
		s.orders[o.ID] = o
	}
}

func orderID(b []byte) string {
	return "ord-" + strings.ToLower(base32.StdEncoding.EncodeToString(b))
}

// ordersOf are the customer's first ones, at most that many.
func (s *Shop) ordersOf(owner string, limit int) []*order {
	s.mu.Lock()
	defer s.mu.Unlock()
	own := []*order{}
	for _, o := range s.orders {
		if o.owner == owner {
			own = append(own, o)
		}
	}
	slices.SortFunc(own, func(a, b *order) int { return cmp.Or(a.Placed.Compare(b.Placed), cmp.Compare(a.ID, b.ID)) })
	return own[:min(limit, len(own))]
}

// order finds an order that the customer may see, nil where there is none.
// Somebody else's is answered as if it did not exist.
func (s *Shop) order(id, customer string) *order {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.orders[id]
	if o == nil || o.owner != customer && !s.makes(OwnerNotChecked) {
		return nil
	}
	return o
}

func (s *Shop) placeOrder(w http.ResponseWriter, r *http.Request, v *visit) {
	s.mu.Lock() // two requests at once must not both buy it
	bought := v.session.cart
	v.session.cart = cart{}
	s.mu.Unlock()
	if len(bought) == 0 {
		s.refuse(w, r, http.StatusConflict, "Your cart is empty.")
		return
	}
	o := s.buy(v.customer.Name, bought)
	s.mu.Lock()
	v.session.order = o.ID
	s.mu.Unlock()
	s.uncached(w)
	w.Header().Set("Location", "/orders/"+o.ID)
	if wantsJSON(r) {
		writeJSON(w, http.StatusCreated, o)
		return
	}
	s.showPage(w, http.StatusCreated, o, v)
}

// orderPage shows an order as a page or as JSON. A browser may keep it and ask
// with If-None-Match whether it is still good.
func (s *Shop) orderPage(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")
	if s.makes(ETagIgnoresUser) && r.Header.Get("If-None-Match") == s.etag(r, id, "") {
		w.Header().Set("ETag", s.etag(r, id, ""))
		w.WriteHeader(http.StatusNotModified)
		return
	}
	s.private(s.showOrder)(w, r)
}

func (s *Shop) showOrder(w http.ResponseWriter, r *http.Request, v *visit) {
	o := s.order(r.PathValue("id"), v.customer.Name)
	if o == nil {
		s.refuse(w, r, http.StatusNotFound, "There is no such order.")
		return
	}
	tag := s.etag(r, o.ID, v.customer.Name)
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	if s.makes(PagesCacheable) {
		h.Set("Cache-Control", "public, max-age=300")
	}
	h.Add("Vary", "Accept")
	h.Add("Vary", "Cookie")
	switch {
	case matches(r.Header.Values("If-None-Match"), tag):
		w.WriteHeader(http.StatusNotModified)
	case wantsJSON(r):
		writeJSON(w, http.StatusOK, o)
	default:
		s.showPage(w, http.StatusOK, o, v)
	}
}

// showPage has nothing that is new each time: its ETag would lie.
func (s *Shop) showPage(w http.ResponseWriter, status int, o *order, v *visit) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	s.write(w, status, "order.html", map[string]any{"Title": "Order " + o.ID, "Order": o, "Customer": v.customer})
}

// etag is the order's in the form that is asked for, for one customer.
func (s *Shop) etag(r *http.Request, id, customer string) string {
	if s.makes(ETagIgnoresUser) {
		customer = ""
	}
	form := "html"
	if wantsJSON(r) {
		form = "json"
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{id, customer, form}, "\x00")))
	return `"` + hex.EncodeToString(sum[:8]) + `"`
}

// matches compares weakly, as RFC 9110 section 13.1.2 has it: proxies that
// compress make a tag weak.
func matches(lines []string, tag string) bool {
	for candidate := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		if strings.TrimPrefix(strings.TrimSpace(candidate), "W/") == tag {
			return true
		}
	}
	return false
}
