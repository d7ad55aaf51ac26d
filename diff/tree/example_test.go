package tree_test

import (
	"fmt"

	"github.com/replaydiff/replay/diff/tree"
)

func Example() {
	// A text is a kid with the codec of its syntax.
	text := func(s string) tree.Parts {
		return tree.Parts{Kids: []tree.Kid{{Key: "cookie", Text: s, Codec: tree.Cookies{}}}}
	}
	old, new := text("sid=1; theme=dark"), text("theme=light; sid=1; lang=de")
	edits := tree.Between(old, new)
	for _, e := range edits {
		fmt.Printf("%s %v %q %q\n", e.Op, e.Keys, e.Old, e.New)
	}

	// Each edit applies without the others.
	p, err := tree.Apply(old, edits[:1])
	fmt.Println(p.Kids[0].Text, err)
	// Output:
	// replace [cookie theme] "dark" "light"
	// add [cookie lang] "" "de"
	// reorder [cookie] "" ""
	// sid=1; theme=light <nil>
}
