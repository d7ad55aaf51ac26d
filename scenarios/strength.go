package scenarios

// String is the strength in the words of the JSON contract.
func (s Strength) String() string {
	switch s {
	case Weak:
		return "weak"
	case Strong:
		return "strong"
	case Decisive:
		return "decisive"
	case Against:
		return "against"
	case RulesOut:
		return "rules-out"
	}
	return "none"
}
