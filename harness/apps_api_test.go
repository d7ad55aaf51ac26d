package harness

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Applications that scripts ask: GraphQL, REST, an upload to a store, tenants.

const graph = "https://graph.example"

// graphql has ids and cursors in Base64, and keeps queries by their hash.
func graphql() cloth {
	type question struct {
		Query      string            `json:"query"`
		Variables  map[string]string `json:"variables"`
		Extensions struct {
			Persisted struct {
				Hash string `json:"sha256Hash"`
			} `json:"persistedQuery"`
		} `json:"extensions"`
	}
	app := func(d *deployment) sites {
		kept, carts, tokens := map[string]string{}, []string{}, map[string]bool{}
		global := func(kind, id string) string { return base64.StdEncoding.EncodeToString([]byte(kind + ":" + id)) }
		return sites{graph: func(w http.ResponseWriter, r *http.Request) {
			var q question
			_ = json.NewDecoder(r.Body).Decode(&q)
			w.Header().Set("Cache-Control", "no-store")
			data := func(v any) {
				reply(w, map[string]any{"data": v, "extensions": map[string]any{"tracing": map[string]any{"startTime": d.now(), "duration": 1000 + int(random(1)[0])}, "requestId": uuid()}})
			}
			problem := func(text, code string) {
				reply(w, map[string]any{"errors": []any{map[string]any{"message": text, "extensions": map[string]any{"code": code}}}})
			}
			hash := q.Extensions.Persisted.Hash
			if q.Query == "" && hash != "" {
				if q.Query = kept[hash]; q.Query == "" {
					problem("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")
					return
				}
			} else if hash != "" {
				kept[hash] = q.Query
			}
			node := func(id string) map[string]any {
				return map[string]any{"__typename": "Cart", "id": global("Cart", id), "databaseId": id, "state": "OPEN", "updatedAt": d.now()}
			}
			signed := tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
			switch {
			case strings.Contains(q.Query, "signIn"):
				token := base64.RawURLEncoding.EncodeToString(random(36))
				tokens[token] = true
				data(map[string]any{"signIn": map[string]any{"token": token, "viewer": map[string]any{"role": "BUYER"}}})
			case !signed || d.broken == "nobody is signed in":
				problem("You must be signed in", "UNAUTHENTICATED")
			case strings.Contains(q.Query, "createCart"):
				carts = append(carts, d.next())
				data(map[string]any{"createCart": map[string]any{"cart": node(carts[len(carts)-1]), "userErrors": []any{}}})
			case strings.Contains(q.Query, "cart(id"):
				i := slices.IndexFunc(carts, func(id string) bool { return global("Cart", id) == q.Variables["id"] })
				if i < 0 {
					data(map[string]any{"cart": nil})
					return
				}
				data(map[string]any{"cart": node(carts[i])})
			case strings.Contains(q.Query, "carts("):
				var edges []any
				from := 0
				if after := q.Variables["after"]; after != "" {
					if from = slices.IndexFunc(carts, func(id string) bool { return global("cursor:v2", id) == after }) + 1; from == 0 {
						problem("Invalid cursor", "BAD_USER_INPUT")
						return
					}
				}
				for _, id := range carts[from : from+1] {
					edges = append(edges, map[string]any{"cursor": global("cursor:v2", id), "node": node(id)})
				}
				data(map[string]any{"carts": map[string]any{"edges": edges, "pageInfo": map[string]any{"endCursor": global("cursor:v2", carts[from]), "hasNextPage": from == 0}}})
			}
		}}
	}
	return cloth{"graphql", playwright, app, func(g *guest) {
		ask := func(query, variables string) page {
			return g.json("POST", graph+"/graphql", `{"query":"`+query+`","variables":`+variables+`}`)
		}
		persisted := func(query, variables string, known bool) page {
			sum := sha256.Sum256([]byte(query))
			text := ""
			if !known {
				text = `"query":"` + query + `",`
			}
			return g.json("POST", graph+"/graphql", `{`+text+`"variables":`+variables+`,"extensions":{"persistedQuery":{"version":1,"sha256Hash":"`+hex.EncodeToString(sum[:])+`"}}}`)
		}
		g.common = []string{"Authorization", "Bearer " + ask("mutation { signIn { token } }", "{}").member("token")}
		first := ask("mutation { createCart { cart { id } } }", "{}")
		ask("mutation { createCart { cart { id } } }", "{}")
		byID := "query ($id: ID!) { cart(id: $id) { id state } }"
		persisted(byID, `{"id":"`+first.member("id")+`"}`, true)
		persisted(byID, `{"id":"`+first.member("id")+`"}`, false)
		persisted(byID, `{"id":"`+first.member("id")+`"}`, true)
		list := "query ($after: String) { carts(first: 1, after: $after) { edges { node { id } } } }"
		p := ask(list, "{}")
		ask(list, `{"after":"`+p.member("endCursor")+`"}`)
	}, []breakage{
		{reason: "nobody is signed in", field: "response.body/errors"},
		{"another role", "POST /graphql", inBody("BUYER", "SELLER"), "response.body/data/signIn/viewer/role"},
		{"another state", "POST /graphql", inBody("OPEN", "CLOSED"), "response.body/data/cart/state"},
		{"the id is null", "POST /graphql", inBody(`"cart":{"__typename":"Cart"`, `"cart":null,"old":{"__typename":"Cart"`), "response.body/data/cart"},
		{"a page more", "POST /graphql", inBody(`"hasNextPage":false`, `"hasNextPage":true`), "response.body/data/carts/pageInfo/hasNextPage"},
		{"the cursor is lost", "POST /graphql", inBody("endCursor", "cursor"), "response.body/data/carts/pageInfo/endCursor"},
		{"ids are spelled otherwise", "POST /graphql", inBody("databaseId", "dbId"), "response.body/data/cart/databaseId"},
		{"another type", "POST /graphql", inBody(`"Cart"`, `"Basket"`), "response.body/data/cart/__typename"},
		{"an error beside the data", "POST /graphql", inBody(`"data":`, `"errors":[{"message":"partly"}],"data":`), "response.body/errors"},
		{"queries are not kept", "POST /graphql", inBody("PersistedQueryNotFound", "PersistedQueryNotSupported"), "response.body/errors/{}/message"},
		{"a gateway fails", "POST /graphql", status(502), "response.status"},
		{"answers may be kept", "POST /graphql", losing("Cache-Control"), "response.header.cache-control"},
	}}
}

const store = "https://store.example"

// rest makes, changes and takes away a thing, with versions.
func rest() cloth {
	app := func(d *deployment) sites {
		type thing struct {
			version int
			name    string
		}
		things := map[string]*thing{}
		tag := func(t *thing) string { return fmt.Sprintf(`"%s-%d"`, d.starts.Format("0102150405"), t.version) }
		return sites{store: func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			user, password, _ := r.BasicAuth()
			if user != "ada" || password != "s3cr3t-pass" || d.broken == "the password is not taken" {
				w.Header().Set("WWW-Authenticate", `Basic realm="store"`)
				w.WriteHeader(401)
				reply(w, map[string]any{"error": "unauthorized"})
				return
			}
			id := strings.TrimPrefix(r.URL.Path, "/things/")
			t := things[id]
			show := func() {
				w.Header().Set("ETag", tag(t))
				w.Header().Set("Last-Modified", d.now().UTC().Format(http.TimeFormat))
			}
			body := func(id string, t *thing) map[string]any {
				return map[string]any{"id": json.Number(id), "name": t.name, "version": t.version, "_links": map[string]any{"self": "/things/" + id, "owner": "/users/17"}}
			}
			switch {
			case r.URL.Path == "/things" && r.Method == "POST":
				id, t = d.next(), &thing{1, "lamp"}
				things[id] = t
				show()
				w.Header().Set("Location", "/things/"+id)
				w.WriteHeader(201)
				reply(w, body(id, t))
			case r.URL.Path == "/things":
				var list []any
				for id, t := range things { // the order of a map is another one each time
					list = append(list, body(id, t))
				}
				w.Header().Set("X-Total-Count", fmt.Sprint(len(list)))
				reply(w, map[string]any{"items": list, "total": len(list)})
			case t == nil || d.broken == "things can't be found":
				w.WriteHeader(404)
				reply(w, map[string]any{"error": "not found"})
			case r.Method == "GET" && r.Header.Get("If-None-Match") == tag(t):
				show()
				w.WriteHeader(304)
			case r.Method == "GET":
				show()
				reply(w, body(id, t))
			case r.Header.Get("If-Match") == "" || r.Header.Get("If-Match") != tag(t) && d.broken != "versions are not checked":
				w.WriteHeader(412)
				reply(w, map[string]any{"error": "precondition failed"})
			case r.Method == "PUT":
				t.version++
				show()
				reply(w, body(id, t))
			case r.Method == "DELETE":
				if d.broken != "deleting does nothing" {
					delete(things, id)
				}
				w.WriteHeader(204)
			}
		}}
	}
	return cloth{"rest", cassette, app, func(g *guest) {
		g.common = []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte("ada:s3cr3t-pass"))}
		made := g.json("POST", store+"/things", `{"name":"lamp"}`)
		at, old := store+made.header.Get("Location"), made.header.Get("Etag")
		g.get(at, "If-None-Match", old)
		changed := g.json("PUT", at, `{"name":"lamp"}`, "If-Match", old)
		g.json("PUT", at, `{"name":"lamp"}`, "If-Match", old)
		g.get(store + "/things")
		g.do("DELETE", at, "", "If-Match", changed.header.Get("Etag"))
		g.get(at)
	}, []breakage{
		{reason: "the password is not taken", field: "response.status"},
		{reason: "things can't be found", field: "response.status"},
		{reason: "versions are not checked", field: "response.status"},
		{reason: "deleting does nothing", field: "response.status"},
		{"no address of the thing", "POST /things", losing("Location"), "response.header.location"},
		{"another address", "POST /things", inHeader("Location", "/things/", "/items/"), "response.header.location"},
		{"created without saying so", "POST /things", status(200), "response.status"},
		{"another owner", "POST /things", inBody("/users/17", "/users/18"), "response.body/_links/owner"},
		{"another name", "PUT /things/*", inBody("lamp", "desk"), "response.body/name"},
		{"the version stays", "PUT /things/*", inBody(`"version":2`, `"version":1`), "response.body/version"},
		{"an id is a text", "POST /things", func(a *answer) {
			a.body = strings.Replace(strings.Replace(a.body, `"id":`, `"id":"`, 1), `,"name"`, `","name"`, 1)
		}, "response.body/id"},
		{"nothing is listed", "GET /things", header("X-Total-Count", "0"), "response.header.x-total-count"},
		{"another total", "GET /things", inBody(`"total":1`, `"total":0`), "response.body/total"},
	}}
}

const (
	album  = "https://album.example"
	bucket = "https://album-files.store.example"
)

// presigned sends a file to a store at an address that the app signed.
func presigned() cloth {
	app := func(d *deployment) sites {
		signed, stored, done := map[string]bool{}, map[string]string{}, map[string]bool{}
		return sites{
			album: func(w http.ResponseWriter, r *http.Request) {
				if r.Header.Get("X-Api-Key") != "ak_live_recorded_key" || d.broken == "the key is refused" {
					w.WriteHeader(403)
					return
				}
				id := strings.Split(r.URL.Path+"//", "/")[2]
				switch {
				case r.URL.Path == "/uploads":
					id = "upl_" + secret()[:16]
					signature := secret() + secret()
					key := "/raw/" + d.now().Format("2006/01/02") + "/" + id + ".png"
					signed[key+signature] = true
					at := d.url(bucket) + key + "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAEXAMPLE%2F" + d.now().Format("20060102") + "%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=" + d.now().UTC().Format("20060102T150405Z") +
						"&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=" + signature
					w.Header().Set("Content-Type", "application/json")
					w.WriteHeader(201)
					reply(w, map[string]any{"id": id, "upload_url": at, "method": "PUT", "expires_at": d.now().Add(15 * time.Minute)})
				case r.Method == "POST":
					var in map[string]string
					_ = json.NewDecoder(r.Body).Decode(&in)
					if stored[id] == "" || in["etag"] != stored[id] {
						w.WriteHeader(409)
						reply(w, map[string]any{"error": "the file did not arrive"})
						return
					}
					done[id] = true
					reply(w, map[string]any{"id": id, "state": "processing", "job": uuid()})
				case done[id]:
					reply(w, map[string]any{"id": id, "state": "ready", "width": 640, "thumb": "https://cdn.example/t/" + secret() + ".webp"})
				default:
					w.WriteHeader(404)
				}
			},
			bucket: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("X-Amz-Request-Id", strings.ToUpper(secret()[:16]))
				w.Header().Set("X-Amz-Id-2", base64Of(48))
				if !signed[r.URL.Path+r.URL.Query().Get("X-Amz-Signature")] || d.broken == "signatures do not match" {
					w.Header().Set("Content-Type", "application/xml")
					w.WriteHeader(403)
					fmt.Fprint(w, "<Error><Code>SignatureDoesNotMatch</Code></Error>")
					return
				}
				tag := `"` + secret() + `"` // encrypted with a key of the store's own, so no hash of the content
				stored[strings.TrimSuffix(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], ".png")] = tag
				w.Header().Set("ETag", tag)
				w.Header().Set("X-Amz-Server-Side-Encryption", "AES256")
			},
		}
	}
	return cloth{"presigned", mitmproxy, app, func(g *guest) {
		key := []string{"X-Api-Key", "ak_live_recorded_key"}
		made := g.json("POST", album+"/uploads", `{"name":"lamp.png"}`, key...)
		var upload struct {
			URL string `json:"upload_url"`
		}
		_ = json.Unmarshal([]byte(made.body), &upload)
		put := g.do("PUT", upload.URL, "PNG and so on", "Content-Type", "image/png")
		tag, _ := json.Marshal(put.header.Get("Etag"))
		g.json("POST", album+"/uploads/"+made.member("id")+"/complete", `{"etag":`+string(tag)+`}`, key...)
		g.get(album+"/uploads/"+made.member("id"), key...)
	}, []breakage{
		{reason: "the key is refused", field: "response.status"},
		{reason: "signatures do not match", field: "response.status"},
		{"the address is for another store", "POST /uploads", inBody("127.0.0.1", "127.0.0.2"), "response.body/upload_url"},
		{"the address lives longer", "POST /uploads", inBody("X-Amz-Expires=900", "X-Amz-Expires=90000"), "response.body/upload_url"},
		{"another method", "POST /uploads", inBody(`"PUT"`, `"POST"`), "response.body/method"},
		{"the store gives no tag", "PUT /raw/*", losing("Etag"), "response.status"},
		{"the store does not encrypt", "PUT /raw/*", losing("X-Amz-Server-Side-Encryption"), "response.header.x-amz-server-side-encryption"},
		{"the file is not taken", "PUT /raw/*", status(503), "response.status"},
		{"another state", "POST /complete", inBody("processing", "failed"), "response.body/state"},
		{"another width", "GET /uploads/*", inBody(`"width":640`, `"width":0`), "response.body/width"},
		{"pictures come from elsewhere", "GET /uploads/*", inBody("cdn.example", "cdn.other.example"), "response.body/thumb"},
		{"uploads are lost", "GET /uploads/*", status(410), "response.status"},
	}}
}
