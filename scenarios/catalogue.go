package scenarios

import "slices"

// Catalogue returns all causes, by group, in the order in which they are told.
func Catalogue() []*Cause {
	return slices.Concat(
		credentialCauses(),
		tokenCauses(),
		oauthCauses(),
		sessionCauses(),
		corsCauses(),
		targetCauses(),
		proxyCauses(),
		accessCauses(),
		captureCauses(),
	)
}
