package diff

import "strings"

// queryNoise says why another value of a query parameter does not matter:
// only for cache-busters, told by name and by form. A random value under any
// other name may be an API key.
func queryNoise(name, old, new string) Noise {
	if (old == "" || isCacheBuster(name, old)) && (new == "" || isCacheBuster(name, new)) && old+new != "" {
		return noiseBuster
	}
	return ""
}

// wholeQueryNoise is for a query that came or went as a whole.
func wholeQueryNoise(query string) Noise {
	for parameter := range strings.SplitSeq(strings.TrimPrefix(query, "?"), "&") {
		name, value, _ := strings.Cut(parameter, "=")
		if !isCacheBuster(name, value) {
			return ""
		}
	}
	return noiseBuster
}

// isCacheBuster tells a parameter that is there to make the URL new.
func isCacheBuster(name, value string) bool {
	switch strings.ToLower(name) {
	case "_", "cb", "rnd", "rand", "nocache", "no_cache", "cachebust", "cachebuster", "cache_buster", "_t", "_ts", "_dc":
		return len(value) <= 64
	case "t", "ts", "timestamp":
		return len(value) >= 8 && strings.Trim(value, "0123456789.") == "" || isHashPiece(value) && len(value) <= 12
	case "v", "ver":
		// A version of the file. A small number is one of the API.
		return len(value) >= 3 && (isVersion(value) && strings.Contains(value, ".") || isHashPiece(value) && len(value) <= 40)
	}
	return false
}
