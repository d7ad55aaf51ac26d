package isolate_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/replaydiff/replay/harness/isolate"
)

// Twenty changes, of which 3 and 17 break the request together.
func ExampleSearch() {
	search := &isolate.Search{
		Tester: isolate.TesterFunc(func(_ context.Context, set []int) (isolate.Verdict, error) {
			if slices.Contains(set, 3) && slices.Contains(set, 17) {
				return isolate.Fails, nil
			}
			return isolate.Works, nil
		}),
	}
	for part := range 20 {
		search.Atoms = append(search.Atoms, []int{part})
	}
	result, err := search.Run(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, set := range result.Sets {
		fmt.Println(result.End, set.Parts, "sufficient:", set.Sufficient, "necessary:", set.Necessary)
	}
	fmt.Println(result.Asked(isolate.Premise), "trials of the premises,", result.Asked()-result.Asked(isolate.Premise), "to find and confirm it")
	// Output:
	// proved [3 17] sufficient: true necessary: true
	// 4 trials of the premises, 14 to find and confirm it
}
