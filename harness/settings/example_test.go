package settings_test

import (
	"fmt"

	"github.com/replaydiff/replay/harness/settings"
)

func ExampleRead() {
	_, err := settings.Read(".replay.yaml", []byte(`
logins:
  service:
    oauth2:
      token-url: https://id.example.com/oauth/token
      client_id: replay
      client-secret: $SECRET
`))
	fmt.Println(err)
	// Output:
	// .replay.yaml:5:7: client-id is missing
	// .replay.yaml:6:7: unknown key "client_id"; did you mean client-id?
	// .replay.yaml:7:22: a variable that nobody filled in: write env:SECRET
}
