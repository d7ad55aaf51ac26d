package browser

// begin is what the fetch call or XMLHttpRequest checks itself: a failure
// throws, and nothing is sent.
func (d *decision) begin() {
	r := d.r
	u, err := parseURL(r.URL, nil)
	if err != nil {
		d.throw(RuleURL, "TypeError: Failed to execute 'fetch' on 'Window': Failed to parse URL from "+r.URL,
			"SyntaxError: Failed to execute 'open' on 'XMLHttpRequest': Invalid URL")
		return
	}
	d.url = u
	if u.userinfo && r.Via == ViaFetch && r.Mode != ModeNavigate {
		d.throw(RuleURLCredentials, "TypeError: Failed to execute 'fetch' on 'Window': Request cannot be constructed from a URL that includes credentials: "+r.URL, "")
		return
	}
	if r.Mode == ModeNavigate || r.Mode == ModeWebSocket {
		return
	}
	if d.beginMethod(); d.done {
		return
	}
	for _, f := range r.Header {
		const xhr = "SyntaxError: Failed to execute 'setRequestHeader' on 'XMLHttpRequest': '"
		switch value := trimHTTP(f.Value); {
		case !isToken(f.Name):
			d.throw(RuleHeaderSyntax, "TypeError: Failed to execute 'fetch' on 'Window': Invalid name",
				xhr+latin1(f.Name)+"' is not a valid HTTP header field name.")
			return
		case badValue(value):
			d.throw(RuleHeaderSyntax, "TypeError: Failed to execute 'fetch' on 'Window': Invalid value",
				xhr+latin1(f.Value)+"' is not a valid HTTP header field value.")
			return
		}
	}
}

// badValue finds what no header value may have (Fetch "header value").
func badValue(s string) bool {
	for i := range len(s) {
		if s[i] == 0 || s[i] == '\r' || s[i] == '\n' {
			return true
		}
	}
	return false
}

// latin1 is a byte string as a script sees it.
func latin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

func (d *decision) beginMethod() {
	r := d.r
	switch {
	case r.Method != "" && !isToken(r.Method):
		d.throw(RuleMethodSyntax, "TypeError: Failed to execute 'fetch' on 'Window': '"+latin1(r.Method)+"' is not a valid HTTP method.",
			"SyntaxError: Failed to execute 'open' on 'XMLHttpRequest': '"+latin1(r.Method)+"' is not a valid HTTP method.")
	case forbiddenMethod(d.method):
		d.throw(RuleMethodForbidden, "TypeError: Failed to execute 'fetch' on 'Window': '"+latin1(r.Method)+"' HTTP method is unsupported.",
			"SecurityError: Failed to execute 'open' on 'XMLHttpRequest': '"+latin1(r.Method)+"' HTTP method is unsupported.")
	case r.Via == ViaFetch && r.Body != NoBody && !r.hasBody(d.method):
		d.throw(RuleBodyNotAllowed, "TypeError: Failed to execute 'fetch' on 'Window': Request with GET/HEAD method cannot have body.", "")
	case r.Mode == ModeNoCORS && !safelistedMethod(d.method):
		d.throw(RuleNoCORSMethod, "TypeError: Failed to execute 'fetch' on 'Window': '"+latin1(r.Method)+"' is unsupported in no-cors mode.", "")
	case r.Mode == ModeNoCORS && r.Redirect != RedirectFollow && !r.Origin.SameOrigin(d.url.origin()):
		d.fail(StageRequest, corsFailure{rule: RuleNoCORSRedirect})
	}
}

func (d *decision) throw(rule CORSRule, fetch, xhr string) {
	d.fail(StageRequest, corsFailure{rule: rule})
	if d.v.JSError = fetch; d.r.Via == ViaXHR {
		d.v.JSError = xhr
	}
}

// fail ends the decision.
func (d *decision) fail(stage CORSStage, f corsFailure) {
	d.done = true
	d.v.Rule, d.v.Stage, d.v.Hop, d.v.Got, d.v.Want = f.rule, stage, d.hop, f.got, f.want
	d.v.Error, d.v.Parameter = devtools(f, stage)
}

func (d *decision) failNet(stage CORSStage, f corsFailure, netError string) {
	d.fail(stage, f)
	d.v.Error, d.v.Parameter, d.v.NetError = "", "", netError
}

// block refuses before sending.
func (d *decision) block(rule CORSRule, netError string) {
	d.failNet(d.requestStage(), corsFailure{rule: rule, got: d.url.originString(), want: d.r.Origin.String()}, netError)
}

func (u *webURL) originString() string { return u.origin().String() }
