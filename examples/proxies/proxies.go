package proxies

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed nginx/*.conf apache/*.conf haproxy/*.conf caddy/*.conf
var files embed.FS

// Servers are the folders.
func Servers() []string { return []string{"nginx", "apache", "haproxy", "caddy"} }

// Names lists the configurations for a server: "right", "authorization-dropped".
func Names(server string) []string {
	found, _ := fs.Glob(files, server+"/*.conf") // the pattern is well-formed
	for i, name := range found {
		found[i] = strings.TrimSuffix(path.Base(name), ".conf")
	}
	return found
}

// Read returns a configuration.
func Read(server, name string) (string, error) {
	text, err := files.ReadFile(server + "/" + name + ".conf")
	if err != nil {
		return "", fmt.Errorf("no configuration %q for %s; there are: %s", name, server, strings.Join(Names(server), ", "))
	}
	return string(text), nil
}

// Title is what the first line says of it.
func Title(conf string) string {
	first, _, _ := strings.Cut(conf, "\n")
	return strings.TrimPrefix(first, "# ")
}
