package accesslog

import "strings"

// A meaning is what the value of a key is.
type meaning uint8

const (
	nothing meaning = iota
	when
	method
	target
	query
	address // URL: target, and host where it is absolute
	host
	proto
	requestLine
	status
	upstreamStatus
	upstreamTime
	originStatus // behind a CDN
	flags        // Envoy's response flags
	details      // Envoy's response code details
	statusDetails
	proxyMark // only a proxy writes this key
	appMark   // only an app's logger does
	client
	forwarded
	country
	agent
	referer
	requestID
	ray
	traceparent
	trace
	span
	level
	message
	errorText
	logger
	duration
	answerHead // the log has the fields of answers
	answerDate // which Caddy sets behind its log: there it is the upstream's
	wrapped    // another line as a string: Docker's "log"
	meanings
)

// A unit is that of a duration that is logged as a number.
type unit uint8

const (
	unsaid unit = iota // told by the number's looks
	inSeconds
	inMillis
	inMicros
	inNanos
)

// A keyMeaning is a row of the table of keys. Of two keys with the same meaning
// in a line, that of the lower rank counts.
type keyMeaning struct {
	is   meaning
	rank uint8
	unit unit
}

// keys are the keys of JSON lines and logfmt, by their letters and digits alone
// in lower case: "http.request.method", "httpRequestMethod" and
// {"http":{"request":{"method"}}} are one key.
var keys = map[string]keyMeaning{
	// nginx, Caddy, Traefik, Envoy, clouds, ECS, OpenTelemetry, the loggers of apps
	"timeiso8601": {is: when}, "starttime": {is: when}, "startutc": {is: when}, "startlocal": {is: when, rank: 1}, "edgestarttimestamp": {is: when},
	"timelocal": {is: when, rank: 1}, "timestamp": {is: when, rank: 1}, "time": {is: when, rank: 2}, "ts": {is: when, rank: 2}, "t": {is: when, rank: 4},
	"datetime": {is: when, rank: 2}, "msec": {is: when, rank: 2}, "logtime": {is: when, rank: 3}, "date": {is: when, rank: 4}, "instant": {is: when, rank: 4},
	"timeunix": {is: when, rank: 3}, "timeunixnano": {is: when, rank: 3}, "eventtime": {is: when, rank: 2}, "asctime": {is: when, rank: 2},

	"method": {is: method}, "requestmethod": {is: method}, "httpmethod": {is: method}, "verb": {is: method, rank: 1}, "csmethod": {is: method},
	"clientrequestmethod": {is: method}, "httprequestmethod": {is: method}, "reqmethod": {is: method},

	"uri": {is: target, rank: 1}, "requesturi": {is: target}, "path": {is: target, rank: 3}, "requestpath": {is: target, rank: 2}, "urlpath": {is: target, rank: 2},
	"httptarget": {is: target}, "originalurl": {is: target}, "csuristem": {is: target, rank: 2}, "clientrequesturi": {is: target}, "xenvoyoriginalpath": {is: target, rank: 1},
	"url": {is: address, rank: 2}, "requesturl": {is: address, rank: 1}, "httpurl": {is: address, rank: 1}, "urlfull": {is: address, rank: 1}, "urloriginal": {is: address, rank: 1},
	"fullurl": {is: address, rank: 1}, "query": {is: query, rank: 1}, "querystring": {is: query}, "urlquery": {is: query}, "csuriquery": {is: query}, "args": {is: query, rank: 2},

	"host": {is: host, rank: 2}, "httphost": {is: host}, "requesthost": {is: host, rank: 1}, "authority": {is: host}, "vhost": {is: host}, "virtualhost": {is: host},
	"servername": {is: host, rank: 3}, "clientrequesthost": {is: host}, "urldomain": {is: host, rank: 1}, "domain": {is: host, rank: 3}, "domainname": {is: host, rank: 2},
	"serveraddress": {is: host, rank: 2}, "csheaderhost": {is: host}, "xhostheader": {is: host},

	"protocol": {is: proto, rank: 1}, "proto": {is: proto}, "serverprotocol": {is: proto}, "requestprotocol": {is: proto}, "httpversion": {is: proto, rank: 2}, "csprotocolversion": {is: proto},
	"request": {is: requestLine}, "requestline": {is: requestLine}, "req": {is: requestLine, rank: 1}, "requestfirstline": {is: requestLine},

	"status": {is: status, rank: 1}, "statuscode": {is: status}, "httpstatus": {is: status}, "httpstatuscode": {is: status}, "responsestatus": {is: status}, "responsecode": {is: status},
	"responsestatuscode": {is: status}, "downstreamstatus": {is: status}, "elbstatuscode": {is: status}, "scstatus": {is: status}, "edgeresponsestatus": {is: status},
	"httpresponsestatuscode": {is: status}, "resstatuscode": {is: status}, "code": {is: status, rank: 4}, "resstatus": {is: status},

	"upstreamstatus": {is: upstreamStatus}, "originstatus": {is: upstreamStatus}, "targetstatuscode": {is: upstreamStatus}, "backendstatuscode": {is: upstreamStatus}, "backendstatus": {is: upstreamStatus},
	"us": {is: upstreamStatus, rank: 2}, "ups": {is: upstreamStatus, rank: 2}, "upstreamresponsetime": {is: upstreamTime}, "urt": {is: upstreamTime}, "upstreamservicetime": {is: upstreamTime, rank: 1},
	"originresponsestatus": {is: originStatus}, "responseflags": {is: flags}, "responsecodedetails": {is: details}, "statusdetails": {is: statusDetails},
	"routername": {is: proxyMark}, "entrypointname": {is: proxyMark}, "upstreamaddr": {is: proxyMark}, "upstreamhost": {is: proxyMark}, "upstreamcluster": {is: proxyMark},
	"routename": {is: proxyMark},

	"clientip": {is: client}, "realip": {is: client}, "xrealip": {is: client}, "cfconnectingip": {is: client}, "trueclientip": {is: client}, "clienthost": {is: client, rank: 1},
	"remoteaddr": {is: client, rank: 1}, "remoteip": {is: client, rank: 1}, "remotehost": {is: client, rank: 2}, "clientaddr": {is: client, rank: 2}, "sourceip": {is: client, rank: 1},
	"sourceaddress": {is: client, rank: 2}, "clientaddress": {is: client, rank: 2}, "ip": {is: client, rank: 3}, "cip": {is: client}, "remote": {is: client, rank: 3}, "remoteaddress": {is: client, rank: 1},
	"client": {is: client, rank: 3}, "peer": {is: client, rank: 4}, "netpeerip": {is: client, rank: 2}, "downstreamremoteaddress": {is: client, rank: 2}, "ipaddress": {is: client, rank: 3},
	"httpxforwardedfor": {is: forwarded}, "xforwardedfor": {is: forwarded}, "xff": {is: forwarded}, "forwardedfor": {is: forwarded, rank: 1},

	"country": {is: country, rank: 1}, "countrycode": {is: country}, "geoipcountrycode": {is: country}, "geoipcountryisocode": {is: country}, "cfipcountry": {is: country}, "clientcountry": {is: country},
	"geocountry": {is: country, rank: 1}, "geocountryisocode": {is: country}, "clientgeocountryisocode": {is: country}, "cloudfrontviewercountry": {is: country}, "sourcegeocountryisocode": {is: country},
	"xcountrycode": {is: country}, "xvercelipcountry": {is: country}, "fastlygeocountry": {is: country},

	"useragent": {is: agent}, "httpuseragent": {is: agent}, "agent": {is: agent, rank: 2}, "ua": {is: agent, rank: 1}, "useragentoriginal": {is: agent}, "clientrequestuseragent": {is: agent},
	"csuseragent": {is: agent}, "referer": {is: referer}, "referrer": {is: referer}, "httpreferer": {is: referer}, "httpreferrer": {is: referer}, "clientrequestreferer": {is: referer}, "csreferer": {is: referer},
	"httprequestreferrer": {is: referer},

	"requestid": {is: requestID}, "xrequestid": {is: requestID}, "correlationid": {is: requestID, rank: 1}, "xcorrelationid": {is: requestID, rank: 1}, "reqid": {is: requestID}, "requestuuid": {is: requestID},
	"httpxrequestid": {is: requestID}, "httprequestid": {is: requestID}, "xamznrequestid": {is: requestID, rank: 2}, "xamzcfid": {is: requestID, rank: 2}, "xedgerequestid": {is: requestID, rank: 2},
	"insertid": {is: requestID, rank: 6}, "eventid": {is: requestID, rank: 6}, "rid": {is: requestID, rank: 3}, "requestidentifier": {is: requestID},
	"rayid": {is: ray}, "cfray": {is: ray}, "httpcfray": {is: ray, rank: 1}, "traceparent": {is: traceparent}, "httptraceparent": {is: traceparent, rank: 1},
	"trace": {is: trace, rank: 2}, "traceid": {is: trace}, "loggingtrace": {is: trace}, "loggingoogleapiscomtrace": {is: trace}, "logginggoogleapiscomtrace": {is: trace}, "xb3traceid": {is: trace, rank: 1},
	"xamzntraceid": {is: trace, rank: 1}, "ddtraceid": {is: trace, rank: 1}, "oteltraceid": {is: trace}, "span": {is: span, rank: 2}, "spanid": {is: span}, "ddspanid": {is: span, rank: 1},
	"logginggoogleapiscomspanid": {is: span}, "otelspanid": {is: span},

	"level": {is: level}, "severity": {is: level}, "loglevel": {is: level}, "lvl": {is: level}, "levelname": {is: level}, "severitytext": {is: level}, "levelvalue": {is: level, rank: 3}, "priority": {is: level, rank: 3},
	"msg": {is: message}, "message": {is: message}, "shortmessage": {is: message, rank: 1}, "event": {is: message, rank: 2}, "textpayload": {is: message}, "body": {is: message, rank: 3}, "formattedmessage": {is: message},
	"error": {is: errorText}, "err": {is: errorText}, "errormessage": {is: errorText}, "errmessage": {is: errorText}, "exceptionmessage": {is: errorText}, "exception": {is: errorText, rank: 1},
	"exceptionclass": {is: errorText, rank: 2}, "stacktrace": {is: errorText, rank: 3}, "errormsg": {is: errorText}, "errorreason": {is: errorText, rank: 1}, "excinfo": {is: errorText, rank: 3},
	"logger": {is: logger}, "loggername": {is: logger}, "logname": {is: logger, rank: 2}, "service": {is: logger, rank: 3}, "servicename": {is: logger, rank: 2}, "name": {is: logger, rank: 3},
	"thread": {is: appMark}, "threadname": {is: appMark}, "processthreadname": {is: appMark}, "pid": {is: appMark}, "caller": {is: appMark},

	"requesttime": {is: duration, unit: inSeconds}, "rt": {is: duration, unit: inSeconds, rank: 1}, "durationms": {is: duration, unit: inMillis}, "elapsedms": {is: duration, unit: inMillis},
	"latencyms": {is: duration, unit: inMillis}, "responsetime": {is: duration, unit: inMillis}, "responsetimems": {is: duration, unit: inMillis}, "elapsedtime": {is: duration, unit: inMillis, rank: 1},
	"timetaken": {is: duration, rank: 1}, "durationseconds": {is: duration, unit: inSeconds}, "durationus": {is: duration, unit: inMicros}, "durationns": {is: duration, unit: inNanos},
	"latencyns": {is: duration, unit: inNanos}, "eventduration": {is: duration, unit: inNanos}, "duration": {is: duration, rank: 1}, "latency": {is: duration, rank: 1}, "elapsed": {is: duration, rank: 1},
	"took": {is: duration, rank: 2}, "targetprocessingtime": {is: duration, unit: inSeconds, rank: 3}, "httprequestlatency": {is: duration}, "latencyseconds": {is: duration, unit: inSeconds},

	"log": {is: wrapped},
}

// headers are the fields of a message that count inside of an object of
// headers, beside those of the table that are headers already.
var headers = map[string]keyMeaning{
	"useragent": {is: agent, rank: 1}, "referer": {is: referer, rank: 1}, "host": {is: host, rank: 1}, "authority": {is: host, rank: 1}, "xrequestid": {is: requestID, rank: 1},
	"requestid": {is: requestID, rank: 1}, "xcorrelationid": {is: requestID, rank: 2}, "traceparent": {is: traceparent}, "cfray": {is: ray}, "cfipcountry": {is: country, rank: 1}, "cfconnectingip": {is: client, rank: 1},
	"xforwardedfor": {is: forwarded}, "xrealip": {is: client, rank: 1}, "cloudfrontviewercountry": {is: country, rank: 1}, "xcountrycode": {is: country, rank: 1},
}

// responseHeaders are those of the answer, where they tell who answered.
var responseHeaders = map[string]keyMeaning{
	"xrequestid": {is: requestID, rank: 2}, "requestid": {is: requestID, rank: 2}, "xcorrelationid": {is: requestID, rank: 3}, "cfray": {is: ray, rank: 1},
	"server": {is: answerHead}, "date": {is: answerDate}, "via": {is: answerDate},
}

// maxKey bounds a key, in bytes; longer ones mean nothing.
const maxKey = 64

// appendKey appends the letters and digits of a key in lower case; ok is false
// where it has no room for them.
func appendKey(b []byte, s string) ([]byte, bool) {
	for i := range len(s) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
			if len(b) == maxKey {
				return b, false
			}
			b = append(b, c)
		}
	}
	return b, true
}

// wrappers are objects whose name adds nothing to the key inside.
var wrappers = [...]string{
	"request", "req", "response", "res", "httprequest", "http", "fields", "attributes", "jsonpayload", "context", "data", "extra", "event", "log", "labels", "mdc", "contextmap", "json", "record", "properties", "access", "details", "params", "client",
}

// meaningOf looks a key up: as it is, then without the wrappers before it.
func meaningOf(key []byte) keyMeaning {
	for {
		if m, ok := keys[string(key)]; ok {
			return m
		}
		cut := key
		for _, w := range wrappers {
			if len(key) > len(w) && string(key[:len(w)]) == w && len(key)-len(w) < len(cut) {
				cut = key[len(w):]
				break
			}
		}
		if len(cut) == len(key) {
			return keyMeaning{}
		}
		key = cut
	}
}

// named takes a value whose key is written beside it.
func (p *Parser) named(name, value string, r *Record) {
	var buf [maxKey]byte
	if key, ok := appendKey(buf[:0], name); ok {
		p.take(meaningOf(key), unescape(value), r)
	}
}

// pair reads name=value, name="value" or name=[value]; the name is of letters,
// digits and "_.-:@".
func pair(s string) (name, value, rest string, ok bool) {
	i := strings.IndexAny(s, `= "`)
	if i <= 0 || i > maxKey || s[i] != '=' || !isName(s[:i]) {
		return "", "", s, false
	}
	name, s = s[:i], s[i+1:]
	if v, after, ok := quoted(s); ok {
		return name, v, after, true
	}
	value, rest = token(s)
	if s != "" && s[0] == ' ' {
		value, rest = "", s
	}
	return name, value, rest, true
}

func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if l := c | 0x20; (l < 'a' || l > 'z') && (c < '0' || c > '9') && strings.IndexByte("_.-:@", c) < 0 {
			return false
		}
	}
	return s != ""
}
