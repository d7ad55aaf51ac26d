package traffic

import "strings"

// A CI runner obeys what it finds in the log of a job, from whatever command it
// came:
//
//   - "::error file=x::text" of GitHub Actions at the beginning of a line, of
//     which a long text may be broken into several;
//   - "##[error]" of its older form, "##vso[task.setvariable …]" of Azure
//     Pipelines and "##teamcity[…]", wherever they stand.
//
// The commands of GitLab and Travis need an escape character.

// hasRunnerCommand is quick to say no.
func hasRunnerCommand(s string) bool {
	if !strings.Contains(s, "::") && !strings.Contains(s, "##") {
		return false
	}
	for i := range len(s) {
		if isRunnerCommand(s, i) {
			return true
		}
	}
	return false
}

// isRunnerCommand tells the second character of a runner's command, without
// which it is none.
func isRunnerCommand(s string, i int) bool {
	if i == 0 || s[i] != s[i-1] {
		return false
	}
	switch s[i] {
	case ':':
		return isGitHubCommand(s[i+1:])
	case '#':
		name := strings.TrimLeft(s[i+1:], asciiLetters)
		return strings.HasPrefix(name, "[")
	}
	return false
}

const asciiLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// isGitHubCommand tells what begins with the name of a command. What follows may
// be a space and properties, which hold colons too, or the end of this value:
// the closing "::" may stand in another one of the same line.
func isGitHubCommand(s string) bool {
	rest := strings.TrimLeft(s, asciiLetters+"-")
	if rest != "" && rest[0] != ' ' && !strings.HasPrefix(rest, "::") {
		return false
	}
	switch strings.ToLower(s[:len(s)-len(rest)]) {
	case "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "internal-set-repo-path", "notice",
		"remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning":
		return true
	}
	return false
}
