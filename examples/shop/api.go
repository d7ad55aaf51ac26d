package shop

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
)

// api is everything below /api.
func (s *Shop) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/token", s.token)
	mux.HandleFunc("POST /api/revoke", s.revoke)
	mux.HandleFunc("GET /api/me", s.scoped("profile", s.me))
	mux.HandleFunc("GET /api/orders", s.scoped("orders:read", s.listOrders))
	mux.HandleFunc("POST /api/orders", s.scoped("orders:write", s.postOrder))
	mux.HandleFunc("GET /api/orders/{id}", s.scoped("orders:read", s.getOrder))
	mux.HandleFunc("GET /api/stock", s.keyed(s.stock))
	return s.cors(mux)
}

func (s *Shop) me(w http.ResponseWriter, r *http.Request, who *caller) {
	s.uncached(w)
	answer := map[string]any{"name": who.name, "scopes": who.scopes}
	if v := s.visitor(r); v != nil && r.Header.Get("Authorization") == "" {
		answer["csrf_token"] = s.csrfToken(v) // for scripts on a subdomain, which see no page of ours
	}
	writeJSON(w, http.StatusOK, answer)
}

// listOrders answers with the first orders, ?limit=2 with the first two.
func (s *Shop) listOrders(w http.ResponseWriter, r *http.Request, who *caller) {
	limit, err := strconv.Atoi(cmp.Or(r.FormValue("limit"), "50"))
	if err != nil || limit < 1 || limit > 50 {
		s.apiError(w, http.StatusUnprocessableEntity, "invalid_limit", "limit is a number from 1 to 50")
		return
	}
	s.uncached(w)
	writeJSON(w, http.StatusOK, map[string]any{"orders": s.ordersOf(who.name, limit)})
}

// postOrder places an order of the lines in the body.
func (s *Shop) postOrder(w http.ResponseWriter, r *http.Request, who *caller) {
	var asked struct{ Items []item }
	good := json.NewDecoder(r.Body).Decode(&asked) == nil && len(asked.Items) > 0
	lines := cart{}
	for _, line := range asked.Items {
		good = good && available(line.SKU, line.Quantity)
		lines[line.SKU] += line.Quantity
	}
	if !good {
		s.apiError(w, http.StatusUnprocessableEntity, "invalid_order", "an order has items, each with a sku and a quantity from 1 to 99")
		return
	}
	o := s.buy(who.name, lines)
	s.uncached(w)
	w.Header().Set("Location", "/api/orders/"+o.ID)
	writeJSON(w, http.StatusCreated, o)
}

func (s *Shop) getOrder(w http.ResponseWriter, r *http.Request, who *caller) {
	o := s.order(r.PathValue("id"), who.name)
	if o == nil {
		s.apiError(w, http.StatusNotFound, "not_found", "There is no such order")
		return
	}
	tag := s.etag(r, o.ID, who.name)
	w.Header().Set("ETag", tag)
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Add("Vary", "Authorization")
	if matches(r.Header.Values("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	writeJSON(w, http.StatusOK, o)
}

func (s *Shop) stock(w http.ResponseWriter, _ *http.Request) {
	stock := map[string]int{}
	for i, p := range shelf() {
		stock[p.SKU] = 40 + 3*i
	}
	writeJSON(w, http.StatusOK, map[string]any{"stock": stock})
}
