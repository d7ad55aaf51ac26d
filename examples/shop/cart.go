package shop

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// A product is something to buy. Prices are in cents.
type product struct {
	SKU, Name string
	Price     int
}

// shelf is what the shop sells.
func shelf() []product {
	return []product{
		{"assam-250", "Assam, 250 g", 890},
		{"darjeeling-100", "Darjeeling first flush, 100 g", 1240},
		{"sencha-100", "Sencha, 100 g", 780},
	}
}

// available tells whether there is such a product, and that much of it.
func available(sku string, quantity int) bool {
	known := slices.ContainsFunc(shelf(), func(p product) bool { return p.SKU == sku })
	return known && quantity > 0 && quantity < 100
}

// A cart is how many of each product.
type cart map[string]int

// An item is a line of a cart or an order.
type item struct {
	SKU      string `json:"sku"`
	Name     string `json:"name"`
	Quantity int    `json:"quantity"`
	Price    string `json:"price"`
}

// items are the lines in the order of the shelf, and what they cost together.
func (c cart) items() ([]item, string) {
	items, total := []item{}, 0
	for _, p := range shelf() {
		if n := c[p.SKU]; n > 0 {
			items = append(items, item{p.SKU, p.Name, n, euros(n * p.Price)})
			total += n * p.Price
		}
	}
	return items, euros(total)
}

func euros(cents int) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }

func (s *Shop) accountPage(w http.ResponseWriter, r *http.Request, v *visit) {
	now := s.now().UTC()
	s.mu.Lock()
	last := v.session.order
	s.mu.Unlock()
	s.render(w, r, v, http.StatusOK, "account.html", map[string]any{
		"Title": "Your account", "Shelf": shelf(), "Order": last,
		"Now": now.Format(time.RFC3339), "Seen": v.last.UTC().Format("2 January 2006, 15:04:05"),
	})
}

func (s *Shop) cartPage(w http.ResponseWriter, r *http.Request, v *visit) {
	s.mu.Lock()
	items, total := v.session.cart.items()
	s.mu.Unlock()
	s.render(w, r, v, http.StatusOK, "cart.html", map[string]any{"Title": "Your cart", "Items": items, "Total": total})
}

// addToCart takes a form, and sends the person to the cart, or JSON.
func (s *Shop) addToCart(w http.ResponseWriter, r *http.Request, v *visit) {
	sku, quantity, err := wanted(r)
	if err != nil || !available(sku, quantity) {
		s.refuse(w, r, http.StatusUnprocessableEntity, "There is no such tea, or not that much of it.")
		return
	}
	s.mu.Lock()
	v.session.cart[sku] += quantity
	items, total := v.session.cart.items()
	s.mu.Unlock()
	s.uncached(w)
	if !isJSON(r) {
		http.Redirect(w, r, "/cart", http.StatusSeeOther)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"items": items, "total": total, "updated": s.now().UTC().Format(time.RFC3339),
	})
}

func wanted(r *http.Request) (sku string, quantity int, err error) {
	if !isJSON(r) {
		quantity, err = strconv.Atoi(r.PostFormValue("quantity"))
		return r.PostFormValue("sku"), quantity, err
	}
	var line item
	err = json.NewDecoder(r.Body).Decode(&line)
	return line.SKU, line.Quantity, err
}
