package scenarios

// requestsAlone tells two requests that nobody recorded the answers of: curl
// lines. Which of them works is then what the caller says.
func (v *View) requestsAlone() bool {
	return v.Failed.Response == nil && v.Good != nil && v.Good.Response == nil
}

// withoutAnswer bounds a confidence by what was recorded: without an answer
// nothing shows that the server minds what the request shows.
func (v *View) withoutAnswer(confidence float64) float64 {
	if v.Failed.Response == nil {
		return min(confidence, ceilingStrong)
	}
	return confidence
}
