package rates

import "strings"

// families are told by the first mark that stands in a user agent: those that
// pretend to be another come before it.
var families = []struct{ mark, name string }{
	{"Googlebot", "Googlebot"}, {"bingbot", "Bingbot"}, {"YandexBot", "YandexBot"}, {"Baiduspider", "Baiduspider"}, {"DuckDuckBot", "DuckDuckBot"}, {"GPTBot", "GPTBot"},
	{"ClaudeBot", "ClaudeBot"}, {"facebookexternalhit", "Facebook"}, {"Slackbot", "Slackbot"}, {"Twitterbot", "Twitterbot"}, {"UptimeRobot", "UptimeRobot"}, {"Pingdom", "Pingdom"},
	{"HeadlessChrome/", "Headless Chrome"}, {"EdgiOS/", "Edge iOS"}, {"EdgA/", "Edge Android"}, {"Edg/", "Edge"}, {"Edge/", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"}, {"YaBrowser/", "Yandex"}, {"Vivaldi/", "Vivaldi"},
	{"UCBrowser/", "UC Browser"}, {"DuckDuckGo/", "DuckDuckGo"}, {"CriOS/", "Chrome iOS"}, {"FxiOS/", "Firefox iOS"}, {"Firefox/", "Firefox"}, {"Seamonkey/", "SeaMonkey"}, {"Electron/", "Electron"},
	{"; wv)", "Android WebView"}, {"Chrome/", "Chrome"}, {"Chromium/", "Chromium"}, {"Version/", "Safari"}, {"AppleWebKit/", "WebKit"}, {"Trident/", "Internet Explorer"}, {"MSIE ", "Internet Explorer"},
	{"Dalvik/", "Android app"}, {"CFNetwork/", "Apple app"}, {"okhttp/", "okhttp"}, {"Alamofire/", "Alamofire"}, {"Dart/", "Dart"},
	{"curl/", "curl"}, {"Wget/", "Wget"}, {"HTTPie/", "HTTPie"}, {"PostmanRuntime/", "Postman"}, {"insomnia/", "Insomnia"}, {"Bruno", "Bruno"},
	{"python-requests/", "Python requests"}, {"aiohttp/", "Python aiohttp"}, {"python-httpx/", "Python httpx"}, {"Python-urllib/", "Python urllib"}, {"Python/", "Python"}, {"Go-http-client/", "Go"},
	{"Apache-HttpClient/", "Apache HttpClient"}, {"Java-http-client/", "Java"}, {"Java/", "Java"}, {"axios/", "axios"}, {"node-fetch/", "Node"}, {"undici", "Node"}, {"got (", "Node"}, {"node", "Node"},
	{"Ruby", "Ruby"}, {"Faraday", "Ruby"}, {"GuzzleHttp/", "PHP Guzzle"}, {"PHP/", "PHP"}, {"libwww-perl/", "Perl"}, {"RestSharp/", ".NET"}, {".NET", ".NET"}, {"reqwest/", "Rust"},
	{"kube-probe/", "Kubernetes probe"}, {"ELB-HealthChecker/", "ELB health check"}, {"GoogleHC/", "Google health check"}, {"Prometheus/", "Prometheus"}, {"Blackbox", "Prometheus"}, {"k6/", "k6"}, {"Locust", "Locust"},
	{"ApacheBench/", "ApacheBench"},
}

// programOf names the program of a user agent: its family, "other" where it is
// of none, "" where there is no user agent; and its release, the family with the
// major version, for browsers change how they treat cookies from one to the
// next. No other part of the user agent is in it.
func programOf(agent string) program {
	name, version := familyOf(agent)
	if version == "" {
		return program{name, name}
	}
	return program{name, name + " " + version}
}

func familyOf(agent string) (name, version string) {
	if agent == "" {
		return "", ""
	}
	for _, f := range families {
		if i := strings.Index(agent, f.mark); i >= 0 {
			return f.name, majorVersion(agent[i+len(f.mark):])
		}
	}
	low := strings.ToLower(agent)
	for _, word := range []string{"bot", "crawl", "spider"} {
		if strings.Contains(low, word) {
			return "bot", ""
		}
	}
	return "other", ""
}

func majorVersion(s string) string {
	n := 0
	for n < len(s) && n < 4 && '0' <= s[n] && s[n] <= '9' {
		n++
	}
	return s[:n]
}
