package suite

// WrongPath asks for a path with that mistake.
func WrongPath(mistake PathMistake) Scenario {
	return scenario("wrong-path", "mistake", string(mistake))
}

// WrongHost asks another host, which the run has to be allowed to reach.
func WrongHost(host string) Scenario {
	return scenario("wrong-host", "host", host)
}

// WrongScheme asks over http what is served over https.
func WrongScheme() Scenario {
	return scenario("wrong-scheme")
}

// WrongMethod uses another method: "GET", "POST", "PUT", "PATCH", "DELETE".
func WrongMethod(method string) Scenario {
	return scenario("wrong-method", "method", method)
}

// MissingQueryParameter leaves that parameter out of the query; "" is the first.
func MissingQueryParameter(name string) Scenario {
	return scenario("missing-query-parameter", "name", name)
}
