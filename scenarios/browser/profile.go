package browser

import "fmt"

// Profile is the browser that decides. The zero value is [Chromium].
type Profile uint8

// The profiles.
const (
	Chromium Profile = iota // as measured on Chromium 156
	Standard                // the text: RFC 6265bis, Fetch
	Firefox                 // release defaults, as far as they are documented
)

func (p Profile) String() string {
	switch p {
	case Chromium:
		return "Chromium"
	case Standard:
		return "Standard"
	case Firefox:
		return "Firefox"
	}
	return fmt.Sprintf("Profile(%d)", uint8(p))
}

// Deviation is one point in which a browser does not follow the text.
type Deviation string

// Has reports whether the profile deviates from the text in this point; the
// Standard never does.
func (p Profile) Has(d Deviation) bool {
	info := deviationInfos[d]
	switch p {
	case Chromium:
		return info.chromium
	case Firefox:
		return info.firefox
	}
	return false
}

// Deviations are the points in which the profile differs from the text, in
// alphabetical order.
func (p Profile) Deviations() []Deviation {
	var all []Deviation
	for _, d := range deviationList {
		if p.Has(d) {
			all = append(all, d)
		}
	}
	return all
}

// Section is the section of the text that is not followed.
func (d Deviation) Section() string { return deviationInfos[d].section }

// Doc says what is done instead.
func (d Deviation) Doc() string { return deviationInfos[d].doc }

type deviationInfo struct {
	chromium, firefox bool
	section, doc      string
}
