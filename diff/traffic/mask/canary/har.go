package canary

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
)

// A Secret was planted in an entry.
type Secret struct {
	Reason string
	Value  string
}

// HAR is a capture that holds each planting in an entry of its own, with that
// status in all answers. Another generation has other secrets in the same places.
func HAR(plantings []Planting, generation, status int) ([]byte, []Secret) {
	log := object{"version": "1.2", "creator": object{"name": "c", "version": "1"}, "pages": []object{}}
	var entries []object
	var secrets []Secret
	for i, p := range plantings {
		value := made(i, generation)
		if p.shape != nil {
			value = p.shape(value)
		}
		entry := empty(i, status)
		p.plant(log, entry, value)
		entries, secrets = append(entries, entry), append(secrets, Secret{p.Reason, value})
	}
	log["entries"] = entries
	har, err := json.Marshal(object{"log": log})
	if err != nil {
		panic(err) // it is made of texts and numbers
	}
	return har, secrets
}

// made is a text of 22 letters and digits that shares nothing with the others.
func made(i, generation int) string {
	const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
	sum := sha256.Sum256([]byte{byte(i), byte(i >> 8), byte(generation)})
	var b strings.Builder
	for at := range 22 {
		set := alphabet
		if at%5 == 2 {
			set = "23456789"
		}
		b.WriteByte(set[int(sum[at])%len(set)])
	}
	return b.String()
}

// empty is an exchange without a secret.
func empty(i, status int) object {
	return object{
		"startedDateTime": fmt.Sprintf("2026-01-01T00:%02d:%02dZ", i/60, i%60), "time": 1, "cache": object{}, "timings": object{"send": 0, "wait": 1, "receive": 0},
		"request": object{"method": "POST", "url": fmt.Sprintf("https://a.test/e%d", i), "httpVersion": "HTTP/1.1",
			"headers": []object{}, "cookies": []object{}, "queryString": []object{}, "headersSize": -1, "bodySize": -1},
		"response": object{"status": status, "statusText": "", "httpVersion": "HTTP/1.1",
			"headers": []object{}, "cookies": []object{}, "content": object{"size": 0, "mimeType": ""}, "redirectURL": "", "headersSize": -1, "bodySize": -1},
	}
}

// KnownTexts are the beginnings by which kinds of keys are known; a part of them
// tells nothing of a secret.
func KnownTexts() []string {
	return []string{"sk-proj-", "-----BEGIN PRIVATE KEY-----"}
}
