package scenarios

func targetCauses() []*Cause {
	return []*Cause{
		wrongPath(),
		wrongHost(),
		wrongScheme(),
		wrongMethod(),
		missingQueryParameter(),
	}
}
