package browse

import (
	"os"
	"runtime"
	"slices"
	"strings"
)

// quiet are the switches that keep the browser's own business off the network,
// so that only the pages' traffic is there. None of them changes what a page
// sees: no switch for automation is among them, since sites look for it.
var quiet = []string{
	"no-first-run", "no-default-browser-check", "no-service-autorun",
	"disable-background-networking", "disable-component-update", "disable-sync", "disable-default-apps", "disable-domain-reliability",
	"disable-client-side-phishing-detection", "disable-breakpad", "disable-crash-reporter", "disable-search-engine-choice-screen",
	"metrics-recording-only", "safebrowsing-disable-auto-update",
	// A page in the background keeps working, and a renderer's death is seen.
	"disable-dev-shm-usage",
}

// unwanted are features that ask servers of the browser's maker.
var unwanted = []string{"Translate", "OptimizationHints", "MediaRouter", "DialMediaRouteProvider", "AutofillServerCommunication",
	"CertificateTransparencyComponentUpdater", "InterestFeedContentSuggestions"}

// switches are the arguments of the browser. The caller's come last, as the
// last of two counts; features to disable are put together.
func (b *Browser) switches(profile string, headless, sandbox bool) []string {
	args := []string{"--remote-debugging-pipe", "--user-data-dir=" + profile}
	for _, name := range quiet {
		args = append(args, "--"+name)
	}
	if b.Profile == "" {
		// The keys of the user's own profile lie in the system's keychain.
		args = append(args, "--password-store=basic", "--use-mock-keychain")
	}
	if headless {
		args = append(args, "--headless")
	}
	if !sandbox {
		args = append(args, "--no-sandbox")
	}
	disabled := slices.Clone(unwanted)
	for _, a := range b.Args {
		if features, ok := strings.CutPrefix(a, "--disable-features="); ok {
			disabled = append(disabled, features)
			continue
		}
		args = append(args, a)
	}
	return append(args, "--disable-features="+strings.Join(disabled, ","), "about:blank")
}

// hasDisplay tells whether a window can be shown.
func hasDisplay(system string, env func(string) string) bool {
	switch system {
	case "darwin", "windows":
		return true
	}
	return env("DISPLAY") != "" || env("WAYLAND_DISPLAY") != ""
}

// chooses tells how the browser will run, and says so where that is not what
// was asked for.
func (b *Browser) choose(say func(string)) (headless, sandbox bool) {
	headless, sandbox = b.Headless, !b.DangerouslyNoSandbox
	if !headless && !hasDisplay(runtime.GOOS, os.Getenv) {
		headless = true
		say("there is no display: the browser runs without a window")
	}
	if sandbox && runtime.GOOS == "linux" && os.Geteuid() == 0 {
		sandbox = false
		say("the browser's sandbox can't run as root: pages run without it, open only those that you trust")
	}
	return headless, sandbox
}
