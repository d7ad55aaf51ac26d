package accesslog

// minPairs is how many pairs a line of logfmt has at least, of which one has to
// be known: a sentence may hold an "=".
const minPairs = 3

// logfmt reads key=value pairs, as logrus, slog and Heroku's router write them.
func (p *Parser) logfmt(line string, r *Record) bool {
	pairs, stray := 0, 0
	for rest := line; rest != "" && pairs < 256; {
		if rest[0] == ' ' {
			rest = rest[1:]
			continue
		}
		name, value, after, ok := pair(rest)
		if !ok {
			if stray++; stray > 8 {
				return false
			}
			_, rest = token(rest)
			continue
		}
		pairs++
		rest = after
		p.named(name, value, r)
	}
	return pairs >= minPairs && stray <= pairs && (r.Status != 0 || !r.Time.IsZero() || r.Level != "" || r.Message != "")
}
