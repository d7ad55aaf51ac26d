package wire

// Safe tells whether a method asks for nothing but an answer (RFC 9110 section
// 9.2.1). TRACE, which is safe too, is for proxies and not among them.
func Safe(method string) bool { return method == "GET" || method == "HEAD" || method == "OPTIONS" }
