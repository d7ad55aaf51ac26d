package rates

import "math"

// tail is the chance of at least r of t under a beta-binomial distribution with
// that mean and a rate of that squared coefficient of variation.
func tail(t, r int64, mean, variance float64) float64 {
	n, x := float64(t), float64(r)
	if n > maxTerms { // the same shares of fewer requests are less certain, not more
		n, x = maxTerms, math.Floor(x*maxTerms/n)
	}
	if x <= n*mean {
		return 1
	}
	size := max((1-mean)/(mean*variance)-1, 1e-3)
	a, b := mean*size, (1-mean)*size
	log := lchoose(n, x) + lbeta(x+a, n-x+b) - lbeta(a, b)
	term := math.Exp(log)
	sum := term
	for ; x < n; x++ {
		term *= (n - x) / (x + 1) * (x + a) / (n - x - 1 + b)
		sum += term
		if term < sum*1e-10 {
			break
		}
	}
	return min(sum, 1)
}

// maxTerms bounds the terms of the sum of a tail.
const maxTerms = 1e6

func lchoose(n, k float64) float64 { return lgamma(n+1) - lgamma(k+1) - lgamma(n-k+1) }

func lbeta(a, b float64) float64 { return lgamma(a) + lgamma(b) - lgamma(a+b) }

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}
