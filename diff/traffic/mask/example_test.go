package mask_test

import (
	"fmt"

	"github.com/replaydiff/replay/diff/traffic/mask"
)

func Example() {
	var m mask.Masker
	fmt.Println(m.Header("Authorization", "Bearer 2YotnFZFEjr1zCsicMWpAA"))
	fmt.Println(m.Header("Authorization", "2YotnFZFEjr1zCsicMWpAA"))
	fmt.Println(m.Header("Authorization", "Bearer undefined"))
	fmt.Println(m.URL("/orders?access_token=2YotnFZFEjr1zCsicMWpAA&page=2"))
	// Output:
	// Bearer ‹token 1›
	// ‹token 1›
	// Bearer undefined
	// /orders?access_token=‹token 1›&page=2
}

// The wrong way: another Masker for each text loses what was equal.
func Example_wrong() {
	for _, token := range []string{"2YotnFZFEjr1zCsicMWpAA", "tGzv3JOkF0XG5Qx2TlKWIA"} {
		var m mask.Masker
		fmt.Println(m.Query("token", token))
	}
	// Output:
	// ‹token 1›
	// ‹token 1›
}
