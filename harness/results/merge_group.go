package results

// A groupKey is what makes two groups one.
type groupKey struct {
	flow     Flow
	template string
	field    string
	kind     Change
}

func keyOf(g *Group) groupKey { return groupKey{g.Flow, g.Template, g.Field, g.Kind} }

// groupsOf puts groups together that are about the same difference.
func groupsOf(reports []*Report, list func(*Report) []Group, answers map[Template]int) []Group {
	at := map[groupKey]int{}
	out := []Group{}
	for _, r := range reports {
		for _, g := range list(r) {
			g.Of = max(g.Of, answers[Template{Flow: g.Flow, Template: g.Template}])
			i, known := at[keyOf(&g)]
			if !known {
				at[keyOf(&g)] = len(out)
				out = append(out, g)
				continue
			}
			out[i] = joined(out[i], g)
		}
	}
	return out
}

// joined is one group of two: the example of the first exchange, and the values
// as long as they are the same.
func joined(a, b Group) Group {
	if b.Example.Entry < a.Example.Entry {
		a, b = b, a
	}
	a.Count += b.Count
	a.Regression = a.Regression || b.Regression
	if a.Finding == nil {
		a.Finding = b.Finding
	}
	if a.Varies || b.Varies || !sameText(a.Old, b.Old) || !sameText(a.New, b.New) {
		a.Varies, a.Old, a.New = true, nil, nil
	}
	return a
}

func sameText(a, b *string) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}
