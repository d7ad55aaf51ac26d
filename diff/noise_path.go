package diff

import "strings"

// pathNoise says why another path segment does not matter: it is a file of
// a build, with another hash in its name. Ids of things always matter.
func pathNoise(old, new string) Noise {
	if staticFile(old) && staticFile(new) && string(appendShape(nil, old)) == string(appendShape(nil, new)) {
		return noiseBuild
	}
	return ""
}

// staticFile tells the names of files that bundlers write a hash into.
func staticFile(segment string) bool {
	i := strings.LastIndexByte(segment, '.')
	if i <= 0 || strings.Contains(segment, "@") { // "logo@2x.png" is no id
		return false
	}
	switch strings.ToLower(segment[i+1:]) {
	case "js", "mjs", "css", "map", "wasm", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "ico", "woff", "woff2", "ttf":
		return true
	}
	return false
}
