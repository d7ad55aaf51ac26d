package diff

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPathTemplate(t *testing.T) {
	for _, tt := range []struct{ path, want, reason string }{
		{"/", "/", "the root"},
		{"", "", "nothing"},
		{"/account/17/orders", "/account/{}/orders", "a number"},
		{"/v1/account/17", "/v1/account/{}", "a version is no id"},
		{"/api/2.0/things/", "/api/2.0/things/", "a version without its letter, a slash at the end"},
		{"/files/018f3c1e-7b1a-7c3d-9e2f-0123456789ab", "/files/{}", "a UUID"},
		{"/days/2026-11-23", "/days/{}", "a date"},
		{"/users/ann%40example.net/mail", "/users/{}/mail", "an escaped address"},
		{"/img/logo@2x.png", "/img/logo@2x.png", "an image for dense screens is no address"},
		{"/assets/index-B4f9K2xQ.js", "/assets/index-{}.js", "a bundle"},
		{"/css/site.3f2a1b9c.css", "/css/site.{}.css", "a hash in a name"},
		{"/customers/cus_9s6XKzkNRiz8i3", "/customers/cus_{}", "an id that says what it is of"},
		{"/Orders/List", "/Orders/List", "case is the server's matter"},
		{"/shop;jsessionid=0A1B2C3D4E5F/cart?x=1#top", "/shop/cart", "path parameters, query, fragment"},
		{"/a%2Fb/route5", "/a%2Fb/route5", "as written"},
		{"/broken%zz/1", "/broken%zz/{}", "what can't be unescaped stays"},
		{"/%-----0A0A.-00000", "/%-{}.-{}", "a mark that makes a random piece of what is before it"},
		{"*", "*", "OPTIONS of the whole server"},
	} {
		if got := PathTemplate(tt.path); got != tt.want {
			t.Errorf("PathTemplate(%q) = %q, want %q: %s", tt.path, got, tt.want, tt.reason)
		}
	}
}

func TestTemplateOfTemplate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.StringMatching(`(/([a-z]{1,8}|[0-9]{1,6}|v[0-9]|[a-zA-Z0-9._~%@;-]{1,24}|[0-9a-f]{16})){0,5}`).Draw(t, "path")
		once := PathTemplate(path)
		if twice := PathTemplate(once); twice != once {
			t.Fatalf("%q: %q, then %q", path, once, twice)
		}
	})
}

func FuzzPathTemplate(f *testing.F) {
	f.Add("/a/17/b;c=d")
	f.Add("/img-{}.png")
	f.Fuzz(func(t *testing.T, path string) {
		once := PathTemplate(path)
		if twice := PathTemplate(once); twice != once {
			t.Fatalf("%q: %q, then %q", path, once, twice)
		}
	})
}
