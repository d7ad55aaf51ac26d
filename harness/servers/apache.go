package servers

import (
	"os"
	"path/filepath"
	"strings"
)

// modules are those of Apache that a proxy and its access rules need. Which of
// them are separate files differs from distribution to distribution.
const modules = `mpm_event unixd authn_core authn_file authz_core authz_host authz_user auth_basic
	alias env headers rewrite setenvif socache_shmcb ssl proxy proxy_http`

// moduleFolders is where distributions keep them: Debian, Red Hat, Alpine and
// Arch, macOS.
const moduleFolders = "/usr/lib/apache2/modules /usr/lib64/httpd/modules /usr/lib/httpd/modules /usr/libexec/apache2"

func apache() program {
	return program{
		name: "Apache", names: []string{"apache2", "httpd"}, debian: "apache2-bin",
		main: "apache.conf", site: "site.conf",
		base: apacheBase,
		args: func(folder string) []string {
			return []string{"-DFOREGROUND", "-d", folder, "-f", filepath.Join(folder, "apache.conf")}
		},
		started: hasPID,
	}
}

func apacheBase(_, folder string) string {
	var b strings.Builder
	b.WriteString("Listen {{listen}}\nServerName localhost\n")
	b.WriteString("PidFile " + folder + "/pid\nErrorLog /dev/stderr\nLogLevel warn\n")
	b.WriteString("DefaultRuntimeDir " + folder + "\nMutex file:" + folder + "\n")
	for _, module := range strings.Fields(modules) {
		if file := moduleFile(module); file != "" {
			b.WriteString("<IfModule !" + module + "_module>\n\tLoadModule " + module + "_module " + file + "\n</IfModule>\n")
		}
	}
	// A small pool: starting and stopping is most of what a test waits for.
	b.WriteString("StartServers 1\nServerLimit 1\nThreadsPerChild 16\nMaxRequestWorkers 16\nMinSpareThreads 1\nMaxSpareThreads 16\n")
	if asRoot() {
		b.WriteString("User nobody\nGroup #65534\n") // Apache refuses to serve as root
	}
	b.WriteString("Include " + folder + "/site.conf\n")
	return b.String()
}

// moduleFile is where the module is, "" where it is compiled in or absent.
func moduleFile(module string) string {
	for _, folder := range strings.Fields(moduleFolders) {
		file := filepath.Join(folder, "mod_"+module+".so")
		if _, err := os.Stat(file); err == nil {
			return file
		}
	}
	return ""
}
