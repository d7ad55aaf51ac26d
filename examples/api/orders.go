package api

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
)

// An order is what somebody bought.
type order struct {
	ID       string `json:"id"`
	Item     string `json:"item"`
	Quantity int    `json:"quantity"`
	owner    string
}

func (a *API) me(w http.ResponseWriter, _ *http.Request, c *claims) {
	writeJSON(w, http.StatusOK, map[string]string{"name": c.Subject, "scope": c.Scope})
}

// listOrders answers with the oldest orders, ?limit=2 with two of them.
func (a *API) listOrders(w http.ResponseWriter, r *http.Request, c *claims) {
	limit, err := strconv.Atoi(cmp.Or(r.FormValue("limit"), "50"))
	if err != nil || limit < 1 {
		a.refuse(w, refusal{status: http.StatusUnprocessableEntity, code: "invalid_limit", text: "limit is a number above 0"})
		return
	}
	list := []order{}
	a.mu.Lock()
	for _, o := range a.orders {
		if o.owner == c.Subject && len(list) < limit {
			list = append(list, o)
		}
	}
	a.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]any{"orders": list})
}

func (a *API) postOrder(w http.ResponseWriter, r *http.Request, c *claims) {
	o := order{ID: a.random()[:8], owner: c.Subject}
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil || o.Item == "" || o.Quantity < 1 {
		a.refuse(w, refusal{status: http.StatusUnprocessableEntity, code: "invalid_order", text: "an order has an item and a quantity above 0"})
		return
	}
	a.mu.Lock()
	a.orders = append(a.orders, o)
	a.mu.Unlock()
	w.Header().Set("Location", "/v1/orders/"+o.ID)
	writeJSON(w, http.StatusCreated, o)
}

func (a *API) getOrder(w http.ResponseWriter, r *http.Request, c *claims) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, o := range a.orders {
		if o.ID == r.PathValue("id") && o.owner == c.Subject {
			writeJSON(w, http.StatusOK, o)
			return
		}
	}
	a.refuse(w, refusal{status: http.StatusNotFound, code: "not_found", text: "there is no such order"})
}

// A kept answer is one that a cache answers again.
type kept struct {
	header http.Header
	body   []byte
}

// cache answers a GET again without asking anybody, as one that somebody put in
// front of everything when the database was slow.
func (a *API) cache(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		had, hit := a.kept[r.URL.String()]
		a.mu.Unlock()
		switch {
		case r.Method != http.MethodGet:
			next.ServeHTTP(w, r)
		case hit:
			w.Header().Set("Content-Type", had.header.Get("Content-Type"))
			_, _ = w.Write(had.body) // the client has gone
		default:
			copied := &copying{ResponseWriter: w, status: http.StatusOK}
			next.ServeHTTP(copied, r)
			if copied.status == http.StatusOK {
				a.mu.Lock()
				a.kept[r.URL.String()] = kept{w.Header().Clone(), copied.body.Bytes()}
				a.mu.Unlock()
			}
		}
	})
}

// copying keeps a copy of an answer.
type copying struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (c *copying) WriteHeader(status int) {
	c.status = status
	c.ResponseWriter.WriteHeader(status)
}

func (c *copying) Write(b []byte) (int, error) {
	c.body.Write(b)
	return c.ResponseWriter.Write(b)
}
