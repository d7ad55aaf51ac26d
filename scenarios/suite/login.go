package suite

// A Login is how a user logs in, with the keys of a login in .replay.yaml. It
// is one of: the name of a login there, a grant of OAuth 2, a recorded login, or
// requests that are written down. Secrets stand in it by their places,
// "env:NAME" or "file:PATH".
type Login struct {
	Name string // of a login in the .replay.yaml beside the suite

	OAuth2   *OAuth2
	Capture  string // file of a recorded login; a relative path begins at the suite's file
	Requests []LoginRequest

	Take []Take // what is found in the answers
	Set  []Set  // where it goes; none: Bearer in Authorization
}

// OAuth2 is a client credentials grant (RFC 6749 section 4.4), or with a
// RefreshToken a refresh grant (section 6).
type OAuth2 struct {
	TokenURL     string
	ClientID     string
	ClientSecret string // a place
	RefreshToken string // a place
	Scopes       []string
	Params       []Param // further ones: audience, resource
	ClientAuth   string  // "header" or "params"; "": either
}

// A LoginRequest is one request of a login.
type LoginRequest struct {
	Request string // "POST /login", or with a whole URL
	Header  []Param
	Form    []Param
	JSON    any // what encoding/json has for a document; nil: none
	Take    []Take
}

// A Param is a name and a value, which may be the place of a secret, or hold
// what was taken from an answer: "{csrf}".
type Param struct{ Name, Value string }

// A Take is a value in an answer: "response.body/access_token". Name is how it
// is used, "{name}"; "" is "{}".
type Take struct{ Name, Path string }

// A Set is where a value goes: "request.header.authorization" with the template
// "Bearer {}".
type Set struct{ Path, Template string }
