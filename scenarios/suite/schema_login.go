package suite

// loginSchema is how a user logs in.
func loginSchema() object {
	text := object{"type": "string", "minLength": 1}
	place := object{"type": "string", "pattern": `^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$`}
	scalars := object{"type": "object", "additionalProperties": object{"type": []string{"string", "number", "boolean"}}}
	grant := closed(object{
		"token-url":     object{"type": "string", "pattern": `^https?://[^/?#@]+[^#]*$`},
		"client-id":     text,
		"client-secret": place,
		"refresh-token": described(place, "With it the refresh grant, else client credentials."),
		"scopes":        listOf(text),
		"params":        described(scalars, "Further parameters: audience, resource."),
		"client-auth":   object{"enum": []string{"header", "params"}},
	}, "token-url", "client-id")
	grant["anyOf"] = []any{object{"required": []string{"client-secret"}}, object{"required": []string{"refresh-token"}}}
	request := closed(object{
		"request": object{"type": "string", "pattern": `^[A-Z][^a-z ]* +(/|https?://)[^ ]*$`},
		"header":  scalars,
		"form":    described(scalars, "The fields of a form; env:NAME and file:PATH stand for a secret, {name} for what was taken."),
		"json":    object{"description": "A document, with the same."},
		"take":    ref("take"),
	}, "request")
	whole := closed(object{
		"oauth2":   described(grant, "A client credentials or refresh grant."),
		"capture":  described(text, "A recorded login. A relative path begins at the folder of this file."),
		"requests": described(object{"type": "array", "items": request, "minItems": 1}, "Requests to the target, in order."),
		"take":     ref("take"),
		"set": object{
			"type": "object", "additionalProperties": object{"type": "string"}, "propertyNames": object{"pattern": `^request\.(header|cookie|query)\..`},
			"description": `Where the value goes: request.header.authorization: "Bearer {}".`,
		},
	})
	var kinds []any
	for _, kind := range []string{"oauth2", "capture", "requests"} {
		kinds = append(kinds, object{"required": []string{kind}})
	}
	whole["oneOf"] = kinds
	return object{
		"description": "How fresh credentials are got: a login of .replay.yaml by its name, or one with the keys that it has there.",
		"anyOf":       []any{text, whole},
	}
}

func takeSchema() object {
	path := object{"type": "string", "pattern": takePath.String()}
	return object{
		"description": "A value in an answer, or several by name: response.body/access_token.",
		"anyOf":       []any{path, object{"type": "object", "additionalProperties": path}},
	}
}

func policySchema() object {
	o := closed(object{
		"capture": described(object{"type": "string", "minLength": 1}, "The capture of the client; that of the suite where it is left out."),
		"refresh": object{"type": "string", "pattern": percents.String(), "description": "When it refreshes its tokens, as a part of their lifetime: 70-80%."},
		"tries":   object{"type": "integer", "minimum": 1, "maximum": maxTries, "description": "How often one call may be refused in a row, before a login."},
		"login":   object{"const": loginPage, "description": "A person is led to the login, and not shown a bare 401."},
	})
	o["anyOf"] = []any{object{"required": []string{"refresh"}}, object{"required": []string{"tries"}}, object{"required": []string{"login"}}}
	return described(o, "What is asked of the client that made a capture. Nothing is sent for it.")
}
