package browse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/replaydiff/replay/diff/traffic"
)

// The events of the DevTools protocol that are listened to, with the members
// that are used. cdproto has them all, but its headers are a map, and an order
// that is lost does not come back.

type requestWillBeSent struct {
	RequestID            string
	LoaderID             string
	DocumentURL          string
	Request              request
	Timestamp            float64 // seconds of a clock that only runs
	WallTime             float64 // seconds since 1970
	Initiator            json.RawMessage
	RedirectHasExtraInfo bool
	RedirectResponse     *response
	Type                 string
	FrameID              string
}

type request struct {
	URL             string
	Method          string
	Headers         orderedHeader
	HasPostData     bool
	PostDataEntries []struct{ Bytes []byte }
	InitialPriority string
}

type response struct {
	Status                      int
	StatusText                  string
	Headers                     orderedHeader
	MimeType                    string
	ConnectionID                float64
	RemoteIPAddress             string
	RemotePort                  int
	FromDiskCache               bool
	FromPrefetchCache           bool
	FromServiceWorker           bool
	ServiceWorkerResponseSource string
	ServiceWorkerRouterInfo     *routerInfo
	CacheStorageCacheName       string
	Timing                      *timing
	Protocol                    string
	SecurityDetails             *securityDetails
}

type routerInfo struct {
	RuleIDMatched     *int
	MatchedSourceType string
	ActualSourceType  string
}

type securityDetails struct {
	Protocol    string  `json:"protocol,omitempty"`
	SubjectName string  `json:"subjectName,omitempty"`
	Issuer      string  `json:"issuer,omitempty"`
	ValidFrom   float64 `json:"validFrom,omitempty"`
	ValidTo     float64 `json:"validTo,omitempty"`
}

// timing is in milliseconds after RequestTime, which is in seconds; -1 for what
// did not take place.
type timing struct {
	RequestTime, DNSStart, DNSEnd, ConnectStart, ConnectEnd, SslStart, SslEnd, SendStart, SendEnd, ReceiveHeadersEnd float64
}

type cookie struct {
	Name, Domain, Path, SameSite string
	Secure, HTTPOnly             bool
	PartitionKey                 *partitionKey
}

type partitionKey struct{ TopLevelSite string }

type sentExtra struct {
	RequestID         string
	AssociatedCookies []struct {
		Cookie          cookie
		BlockedReasons  []string
		ExemptionReason string
	}
	Headers orderedHeader
}

type receivedExtra struct {
	RequestID      string
	BlockedCookies []struct {
		BlockedReasons []string
		CookieLine     string
		Cookie         *cookie
	}
	ExemptedCookies []struct {
		ExemptionReason string
		Cookie          cookie
	}
	Headers            orderedHeader
	StatusCode         int
	HeadersText        string
	CookiePartitionKey *partitionKey
}

// redirects tells whether the browser goes on to another address by itself.
func (e *receivedExtra) redirects() bool {
	return e.StatusCode/100 == 3 && traffic.Header(e.Headers).Has("Location")
}

type responseReceived struct {
	RequestID    string
	Type         string
	Response     response
	HasExtraInfo bool
}

type dataReceived struct {
	RequestID  string
	DataLength int64
}

type loadingFinished struct {
	RequestID         string
	Timestamp         float64
	EncodedDataLength float64
}

type loadingFailed struct {
	RequestID       string
	Timestamp       float64
	Type            string
	ErrorText       string
	Canceled        bool
	BlockedReason   string
	CorsErrorStatus *struct{ CorsError, FailedParameter string }
}

type socketEvent struct {
	RequestID    string
	URL          string
	Timestamp    float64
	WallTime     float64
	Initiator    json.RawMessage
	ErrorMessage string
	Request      struct{ Headers orderedHeader }
	Response     struct {
		Status             int
		StatusText         string
		Headers            orderedHeader
		HeadersText        string
		RequestHeaders     orderedHeader
		RequestHeadersText string

		Opcode      float64 // of a frame
		PayloadData string
	}
}

type issueAdded struct {
	Issue struct {
		Code    string
		Details map[string]json.RawMessage
	}
}

// orderedHeader is Network.Headers in the order in which the browser wrote it.
// Repeated fields come as one, with a line end between the values.
type orderedHeader traffic.Header

func (h *orderedHeader) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return err // null
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return err
		}
		for line := range strings.SplitSeq(fmt.Sprint(value), "\n") {
			*h = append(*h, traffic.HeaderField{Name: name.(string), Value: line})
		}
	}
	return nil
}

// headerOfText reads a header section of HTTP/1 as it was received, with its
// status line (RFC 9112 section 4). It is nil where there is none.
func headerOfText(text string) (status string, h traffic.Header) {
	for i, line := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if i == 0 {
			status = line
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" {
			continue
		}
		h = append(h, traffic.HeaderField{Name: name, Value: strings.Trim(value, " \t")})
	}
	return status, h
}

// reasonPhrase is what stands behind the code in a status line.
func reasonPhrase(statusLine string) (version, reason string) {
	version, rest, _ := strings.Cut(statusLine, " ")
	_, reason, _ = strings.Cut(rest, " ")
	return version, reason
}
