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
