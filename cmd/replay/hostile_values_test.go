package main

import "strings"

// mark stands in each value that a format could act on, so that a test sees
// where it went.
const mark = "octocat"

// A hostileValue is what a stranger puts into a capture or an answer.
type hostileValue struct {
	reason, text string
	json         string // as JSON has it, where no Go string is that; without quotes
}

// hostileValues are what terminals, browsers, Markdown, XML, shells and CI
// runners act on, hide or choke on.
func hostileValues() []hostileValue {
	return []hostileValue{
		{reason: "colours", text: "\x1b[31m" + mark},
		{reason: "CSI clears the screen", text: mark + "\x1b[2J\x1b[1;1H"},
		{reason: "OSC 0 sets the title", text: "\x1b]0;" + mark + "\a"},
		{reason: "OSC 52 writes the clipboard", text: "\x1b]52;c;b2N0b2NhdA==\x1b\\"},
		{reason: "OSC 8 is a link", text: "\x1b]8;;http://" + mark + ".test/\x1b\\x\x1b]8;;\x1b\\"},
		{reason: "DCS, APC, PM, SOS", text: "\x1bPq\x1b\\\x1b_G\x1b\\\x1b^x\x1b\\\x1bXx\x1b\\"},
		{reason: "a report that is typed back", text: "\x1b[c\x1b[6n\x1bZ\x05"},
		{reason: "C1 as one byte", text: "\x9b31m" + mark + "\x9d0;x\x9c"},
		{reason: "C1 as UTF-8", text: "\u009b31m" + mark + "\u009d0;x\u009c\u0085"},
		{reason: "CR writes over the line", text: mark + "\rreplay: all is well"},
		{reason: "a line of one's own", text: mark + "\nreplay: all is well\n"},
		{reason: "CR LF and a field of one's own", text: mark + "\r\nSet-Cookie: a=b"},
		{reason: "bell and backspace", text: "\a" + mark + "\b\b\b\b\b\b\bharmless"},
		{reason: "form feed, vertical tab, tab", text: "\f" + mark + "\v\t"},
		{reason: "NUL and DEL", text: "\x00" + mark + "\x7f"},
		{reason: "shift out", text: "\x0e" + mark + "\x0f"},
		{reason: "bidi override", text: "\u202egnp.exe\u202c" + mark},
		{reason: "bidi isolates", text: "\u2066" + mark + "\u2067x\u2068y\u2069"},
		{reason: "bidi marks", text: "\u200e" + mark + "\u200f\u061c"},
		{reason: "zero width", text: "octo\u200b\u200c\u200d\u2060\ufeffcat"},
		{reason: "soft hyphen and joiner", text: "octo\u00ad\u034fcat"},
		{reason: "tags", text: mark + "\U000e0001\U000e0072\U000e006d\U000e007f"},
		{reason: "variation selectors carry bytes", text: mark + "\ufe0f\U000e0101\U000e01ef"},
		{reason: "line and paragraph separators", text: mark + "\u2028\u2029x"},
		{reason: "blanks that are no space", text: "\u00a0\u2003\u3000\u3164\u2800" + mark},
		{reason: "a flood of marks", text: mark + strings.Repeat("\u0300\u0489\u20dd", 40)},
		{reason: "marks without a letter", text: strings.Repeat("\u0336", 20) + mark},
		{reason: "private use and no character", text: "\ue000\U000f0000\ufdd0\uffff\U0010ffff" + mark},
		{reason: "broken UTF-8", text: "\xff\xfe\xc0\x80\xed\xa0\x80\xf8" + mark},
		{reason: "cut UTF-8", text: mark + "\xe2\x80"},
		{reason: "a lone surrogate", json: `\ud800` + mark + `\udc00x\udfff`},
		{reason: "a surrogate and then none", json: mark + `\ud83d`},
		{reason: "a very long word", text: mark + strings.Repeat("x", 2000)},
		{reason: "very many words", text: strings.Repeat(mark+" ", 300)},
		{reason: "very many lines", text: strings.Repeat(mark+"\n", 300)},
		{reason: "a script", text: `<script>alert("` + mark + `")</script>`},
		{reason: "an image", text: `"><img src=x onerror=` + mark + `>'`},
		{reason: "the end of a tag, of a comment and of a summary", text: `</title></code></summary></details>-->` + mark},
		{reason: "HTML entities", text: "&lt;b&gt;" + mark + "&#x1b;&amp;&nbsp;"},
		{reason: "a Markdown link", text: "[" + mark + "](javascript:alert(1)) [x]: http://" + mark + ".test"},
		{reason: "a Markdown image", text: "![" + mark + "](http://" + mark + ".test/x.png)"},
		{reason: "autolinks", text: "<http://" + mark + ".test> www." + mark + ".test " + mark + "@example.test"},
		{reason: "emphasis", text: "**" + mark + "** ~~" + mark + "~~ __" + mark + "__ # " + mark},
		{reason: "a table", text: "| " + mark + " | |\n|---|---|"},
		{reason: "the end of a code span", text: "`` ` " + mark + " ``` ` \\`"},
		{reason: "the end of a fence", text: "x\n```\n" + mark + "\n~~~\n" + mark},
		{reason: "mentions and references", text: "@" + mark + " #1 GH-2 " + mark + "/repo#3 0123456789abcdef0123456789abcdef01234567"},
		{reason: "GitHub", text: "::error::" + mark},
		{reason: "GitHub, in a line of its own", text: "x\n::set-output name=a:b::" + mark + "\n"},
		{reason: "GitHub, broken off a long text", text: strings.Repeat("x ", 33) + "::stop-commands::" + mark},
		{reason: "GitHub, encoded", text: "%0A::error::" + mark + "%0D%0A, a=b:c"},
		{reason: "GitHub, the older form", text: "##[set-env name=PATH]" + mark},
		{reason: "Azure", text: "##vso[task.setvariable variable=x]" + mark},
		{reason: "TeamCity", text: "##teamcity[buildStatus text='" + mark + "']"},
		{reason: "GitLab", text: "section_start:1700000000:" + mark + "\r\x1b[0Kx"},
		{reason: "the end of CDATA", text: "]]>" + mark + "<![CDATA["},
		{reason: "a DTD", text: `<!DOCTYPE x [<!ENTITY ` + mark + ` SYSTEM "file:///etc/passwd">]>&` + mark + `;`},
		{reason: "a processing instruction", text: "<?xml version='1.0'?>" + mark},
		{reason: "the shell", text: "$(touch " + mark + ") `touch " + mark + "` ${HOME} !! ; touch " + mark + " & | > " + mark},
		{reason: "quotes of the shell", text: `'; touch ` + mark + `; ' "; touch ` + mark + `; " \`},
		{reason: "an option, and a file", text: "-o" + mark + " @/etc/passwd <" + mark},
		{reason: "globs", text: "{a,b}[1-3]*?~" + mark},
		{reason: "formats", text: "%s%n%d%!v(MISSING){{.}}" + mark + "${{ secrets.X }}"},
		{reason: "YAML", text: "- &a *b !!python/object:x " + mark + ": |\n  x\n# ---\n..."},
		{reason: "Go", text: "\" + os.Exit(1) + \"` */ // " + mark},
		{reason: "a path that climbs", text: "../../../../tmp/" + mark + "/..\\..\\C:\\x"},
		{reason: "a mask of our own", text: "‹jwt 1› masked-token-1 " + mark},
		{reason: "an escape of our own", text: `\x1b[31m\u202e` + mark},
		{reason: "nothing but blanks", text: "   "},
		{reason: "nothing", text: ""},
	}
}

// inJSON is the value as JSON has it, its broken UTF-8 kept.
func (v hostileValue) inJSON() string {
	if v.json != "" {
		return v.json
	}
	var b strings.Builder
	for i := range len(v.text) {
		switch c := v.text[i]; {
		case c == '"' || c == '\\':
			b.WriteString("\\" + string(c))
		case c < ' ':
			const digits = "0123456789abcdef"
			b.WriteString(`\u00` + string(digits[c>>4]) + string(digits[c&15]))
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// inField is what of the value a field of HTTP can hold (RFC 9110 section 5.5).
func (v hostileValue) inField() string {
	return strings.Trim(strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(v.text), " \t")
}
