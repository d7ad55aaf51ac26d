package browse

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// Find returns the path of the first browser of the Chromium family that is
// installed: on PATH, else where it usually is on this system. Without one the
// error is [ErrNoBrowser].
func Find() (string, error) {
	for _, name := range usual(runtime.GOOS, os.Getenv) {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: install Chromium or Google Chrome, or name one", ErrNoBrowser)
}

// find is the program that the Browser names, or any.
func (b *Browser) find() (string, error) {
	if b.Program == "" {
		return Find()
	}
	path, err := exec.LookPath(b.Program)
	if err != nil {
		return "", fmt.Errorf("%w: %s is no program that can be run", ErrNoBrowser, b.Program)
	}
	return path, nil
}

// usual are names and paths of browsers on a system, the likeliest first.
func usual(system string, env func(string) string) []string {
	switch system {
	case "darwin":
		var list []string
		for _, folder := range []string{"/Applications", filepath.Join(env("HOME"), "Applications")} {
			for _, app := range []string{"Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser"} {
				list = append(list, filepath.Join(folder, app+".app", "Contents", "MacOS", app))
			}
		}
		return append(list, "chromium", "google-chrome")
	case "windows":
		list := []string{"chrome", "chromium", "msedge"}
		for _, variable := range []string{"ProgramFiles", "ProgramFiles(x86)", "LocalAppData"} {
			folder := env(variable)
			if folder == "" {
				continue
			}
			for _, path := range [][]string{{"Google", "Chrome"}, {"Chromium"}, {"Microsoft", "Edge"}, {"BraveSoftware", "Brave-Browser"}} {
				program := map[string]string{"Edge": "msedge.exe", "Brave-Browser": "brave.exe"}[path[len(path)-1]]
				if program == "" {
					program = "chrome.exe"
				}
				list = append(list, filepath.Join(append(append([]string{folder}, path...), "Application", program)...))
			}
		}
		return list
	}
	return []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge", "brave-browser",
		"/snap/bin/chromium", "/opt/google/chrome/chrome", "/usr/lib/chromium/chromium", "/var/lib/flatpak/exports/bin/org.chromium.Chromium",
	}
}
