package hostile

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"
)

// samples are one good file of each kind, with a canary in its values.
func samples() map[string]string {
	const rune4 = "é😀\\ud83d\\ude00 "
	return map[string]string{
		"har": entry(`{"startedDateTime":"2026-11-24T10:00:00Z","time":1.5,"_x":{"a":["` + canary + `"]},"request":{"method":"POST","url":"https://a.test/x?q=` + canary + `","httpVersion":"HTTP/1.1",` +
			`"headers":[{"name":"Cookie","value":"a=` + canary + `"}],"cookies":[{"name":"a","value":"` + canary + `"}],"queryString":[{"name":"q","value":"` + canary + `"}],` +
			`"postData":{"mimeType":"text/plain","text":"` + rune4 + canary + `"}},"response":{"status":200,"headers":[["Set-Cookie","a=` + canary + `"]],"content":{"size":3,"mimeType":"text/plain","text":"` + canary + rune4 + `"}}}`),
		"cassette": "---\nversion: 1\ninteractions:\n- request:\n    body: \"" + canary + " é😀 \\u00e9\"\n    form:\n      a:\n      - " + canary + "\n    headers:\n      Cookie:\n      - a=" + canary + "\n    url: https://a.test/?q=" + canary +
			"\n    method: POST\n  response:\n    body: |\n      " + canary + " é😀\n    headers: {}\n    status: 200 OK\n    code: 200\n    duration: \"\"\n",
		"cassette JSON": `{"version":2,"interactions":[{"id":0,"request":{"proto":"HTTP/1.1","content_length":3,"host":"a.test","body":"` + canary + rune4 + `","form":{"a":["` + canary + `"]},"headers":{"Cookie":["` + canary + `"]},"trailer":{},"url":"https://a.test/","method":"GET"},` +
			`"response":{"proto":"HTTP/1.1","content_length":3,"uncompressed":false,"transfer_encoding":[],"body":"` + canary + `","headers":{"A":["` + canary + `"]},"status":"200 OK","code":200,"duration":"1ms"}}]}`,
		"curl": "#!/bin/sh\n# log in\ncurl 'https://a.test/x?q=" + canary + "' \\\n  -H 'Cookie: a=" + canary + " é😀' --data-raw $'{\"a\":\"\\u00e9" + canary + "\"}' \\\n  -F \"a=b;type=text/plain\" --compressed -u 'a:" + canary + "' &\n",
		"suite": "# how it is kept\ncapture: ok.har\ntarget: https://a.test\nauth: Bearer env:TOKEN\nusers:\n  other:\n    auth: Bearer env:OTHER\nscenarios:\n  - expired-token: {}\n    on: GET /x\n    expect:\n      status: 401\n" +
			"      header: {x-a: \"" + canary + " é😀\"}\n  - missing-credentials\n",
		"settings": "ignore:\n  - response.header.x-build\nlogins:\n  person:\n    requests:\n      - request: POST /login\n        form: {user: \"" + canary + " é😀\", password: env:PASSWORD}\n        take: {csrf: response.body.token}\n",
		"baseline": "accepted:\n  - template: GET /account/{}\n    field: response.header.x-" + canary + "\n    kind: changed\n    old: \"" + canary + " é😀\"\n    new: \"\"\n    reason: " + canary + "\n",
		"passage":  "product: nginx\nfindings:\n  - \"a: " + canary + " é😀\"\nchanges:\n  - request added x-forwarded-for\nprobes:\n  long: " + canary + "\n",
		"report":   sampleReport(),
	}
}

func encoded(order binary.AppendByteOrder, mark bool, text string) []byte {
	var b []byte
	if mark {
		b = order.AppendUint16(b, 0xFEFF)
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return b
}

// ofSamples makes inputs of each sample.
func ofSamples(change func(text string) [][]byte) func() [][]byte {
	return func() [][]byte {
		var all [][]byte
		for _, text := range samples() {
			all = append(all, change(text)...)
		}
		return all
	}
}

func TestText(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: go test without -short runs it")
	}
	small := uint64(8 << 30) // thousands of inputs, each read by itself
	check(t, []row{
		{name: "samples", reason: "what the other rows break is whole", readers: files, want: ends,
			inputs: ofSamples(func(text string) [][]byte { return [][]byte{[]byte(text)} })},
		{name: "UTF-16", reason: "shells on Windows write it, with a mark and without", readers: files, want: ends,
			inputs: ofSamples(func(text string) [][]byte {
				return [][]byte{encoded(binary.LittleEndian, true, text), encoded(binary.BigEndian, true, text), encoded(binary.LittleEndian, false, text), encoded(binary.BigEndian, false, text),
					encoded(binary.LittleEndian, true, text)[1:], append(encoded(binary.LittleEndian, true, text), 0xD8)}
			})},
		{name: "byte order marks", reason: "one is taken off, and no more", readers: files, want: ends,
			inputs: ofSamples(func(text string) [][]byte {
				return [][]byte{[]byte("\ufeff" + text), []byte(strings.Repeat("\ufeff", 1000) + text), []byte(text + "\ufeff")}
			})},
		{name: "a million byte order marks", reason: "each taken off is a step", readers: files, want: ends,
			inputs: made(func() string { return strings.Repeat("\ufeff", 300_000) })},
		{name: "UTF-16 of UTF-16", reason: "each layer is a copy of the file", readers: []reader{capture}, want: ends,
			inputs: func() [][]byte {
				b := encoded(binary.LittleEndian, true, entry("{}"))
				for range 12 {
					b = encoded(binary.LittleEndian, true, string(rune(0xFEFF))+latin(b))
				}
				return [][]byte{b}
			}},
		{name: "invalid UTF-8", reason: "bytes that no text has, in every value", readers: files, want: ends,
			inputs: ofSamples(func(text string) [][]byte {
				var all [][]byte
				for _, bad := range []string{"\xff", "\xc3", "\xed\xa0\x80", "\xf8\x88\x80\x80\x80", "\xc0\xaf", "\x80"} {
					all = append(all, []byte(strings.ReplaceAll(text, canary, canary+bad)), []byte(bad+text), []byte(text+bad))
				}
				return all
			})},
		{name: "NUL and controls", reason: "a terminal obeys them, C ends at them", readers: files, want: ends,
			inputs: ofSamples(func(text string) [][]byte {
				var all [][]byte
				for _, bad := range []string{"\x00", "\x1b]52;c;AAAA\a", "\x7f", "\u009b31m", "\u202e", "\r", "\\u0000", "\\ud800", "\\udc00\\ud800"} {
					all = append(all, []byte(strings.ReplaceAll(text, canary, canary+bad+canary)), []byte(bad+text), []byte(text+bad))
				}
				return all
			})},
		{name: "cut", reason: "a file ends inside a token, an escape, a rune", readers: files, want: ends, memory: small, time: 60e9,
			inputs: ofSamples(func(text string) [][]byte {
				var all [][]byte
				for i := 0; i < len(text); i += 3 * slow {
					all = append(all, []byte(text[:i]))
				}
				return all
			})},
		{name: "a byte is another", reason: "what a broken disk and a fuzzer do", readers: files, want: ends, memory: small, time: 60e9,
			inputs: ofSamples(func(text string) [][]byte {
				var all [][]byte
				for i := 0; i < len(text); i += 7 * slow {
					for _, c := range []byte{0, '"', '{'} {
						b := []byte(text)
						b[i] = c
						all = append(all, b)
					}
				}
				return all
			})},
		{name: "nothing", reason: "an export that failed", readers: files, want: ends,
			inputs: func() [][]byte {
				return [][]byte{nil, []byte(" "), []byte("\n"), []byte("\x00"), []byte("null"), []byte("[]"), []byte("{}"), []byte(`""`), []byte("0"), []byte("---"), []byte("# nothing\n"), []byte("...")}
			}},
		{name: "blanks", reason: "16 MiB of nothing", readers: []reader{capture, partial}, want: "in",
			inputs: made(func() string { return strings.Repeat(" \n", 8<<20) })},
	})
}

// latin is bytes as text, one rune each.
func latin(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}
