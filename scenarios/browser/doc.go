// Package browser decides as a browser does, and says why: whether a cookie is
// stored and sent, and whether a page may read an answer from another origin.
// Half of all "it works in curl" failures are decided there, and the browser
// tells nobody.
//
// It has no network and no clock: the time is part of what it is asked.
//
// # Cookies
//
// The map of RFC 6265bis, in reading order:
//
//   - [CookieContext] is what a browser knows of a request: URL, time, who
//     started it, the frames around it, the credentials mode.
//   - [Store] takes a Set-Cookie line through the storage model. [SetCookie] is
//     the line taken apart (§5.6), [ParseCookieDate] reads Expires (§5.1.1), and
//     [Cookie] is what is kept. The order of the steps (§5.7): control
//     characters, size, lifetime, Domain and public suffixes, Path, Secure,
//     HttpOnly, "leave secure cookies alone", SameSite, the prefixes, and then
//     what it replaces.
//   - [Send] is the retrieval (§5.8.3) for one cookie: host, path, Secure,
//     HttpOnly, SameSite; before that the credentials mode (Fetch), the
//     partition and the lifetime, after it the user's setting for third parties.
//   - [Jar] keeps cookies: it replaces, evicts, and sends them in order. It is an
//     http.CookieJar, its methods with a context say more, and [Jar.Why] answers
//     "why was sid not sent to https://api.example.com/me?".
//   - [Site] and [RegistrableDomain] are the comparison that SameSite and
//     partitions rest on, [CanonicalHost] the form of the names in it.
//
// # CORS
//
// The map of the Fetch standard, in reading order:
//
//   - [CORSRequest] is what a script asked for, [CORSHop] the answers along its
//     redirects. [Decide] walks them as the standard does; [PreflightCache.Decide]
//     does the same with preflights remembered.
//   - What the call itself throws (cors_begin.go); mixed content, blocked ports,
//     and whether CORS applies at all (cors_decide.go, "main fetch").
//   - Whether a preflight is needed, and for which method or header
//     ([NeedsPreflight]), what it looks like, and whether its answer allows the
//     request (preflight_check.go).
//   - The CORS check of every answer (cors_check.go); redirects, where the origin
//     becomes null, methods change and Authorization is lost (cors_redirect.go);
//     what the script may read ([VisibleHeaders]).
//   - [CORSVerdict] names the first [CORSRule] that failed, DevTools' name for
//     it, a sentence and the place of the fix. Where a browser departs from the
//     text, the profile decides and a [CORSDeviation] has the name.
//   - Beside it: [Origin] and [FetchMetadata].
//
// The law here: a request with fewer headers never needs a preflight that the
// fuller one did not.
//
// # Verdicts and profiles
//
// Every decision is a [Verdict]: the first [Rule] that failed, its section in
// the standard, the values it compared and a sentence for the developer.
// [Rule.DevTools] is the name that Chromium's DevTools show for it. A verdict
// never repeats the value of a cookie.
//
// A [Profile] is whose decision it is: [Chromium] by default, [Standard] for the
// text, [Firefox] where it is documented to differ. Each point in which a browser
// leaves the text is a [Deviation] with a name. Chromium 156 agrees with the
// recorded cases in testdata and, where one is installed, with freshly generated
// ones in the tests; Firefox was read, not measured, and its dates are those of
// the text.
//
// What is modelled of Firefox's third-party cookies is Total Cookie Protection
// without exceptions; of the Storage Access API, nothing.
package browser
