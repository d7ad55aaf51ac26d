package shop_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/replaydiff/replay/examples/shop"
)

// A person with a real browser can log in, and the page's script can order:
// the cookie is kept, the policy lets the script run, the token is taken.
func TestInChromium(t *testing.T) {
	s := open(t, shop.Config{})
	ctx := chromium(t)
	if err := chromedp.Do(ctx, chromedp.Navigate(s.url+"/account")); err != nil {
		t.Fatal(err) // the first call starts the browser: it must have no time limit of its own
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	account, err := chromedp.Run(ctx, after("body",
		chromedp.SendKeys(`input[name=username]`, "ada"),
		chromedp.SendKeys(`input[name=password]`, "earl-grey-at-five"),
		chromedp.Submit(`input[name=password]`),
		chromedp.WaitVisible(`#again`)))
	if err != nil || !strings.Contains(account, "Hello ada") {
		t.Fatalf("account: %v\n%s", err, account)
	}
	order, err := chromedp.Run(ctx, after("body", chromedp.Click(`#again`), chromedp.WaitVisible(`table`)))
	if err != nil || !strings.Contains(order, "Assam, 250 g") {
		t.Errorf("order: %v\n%s", err, order)
	}
}

// after is the text of an element after some steps.
func after(selector string, steps ...chromedp.Action[chromedp.Void]) chromedp.Action[string] {
	return func(ctx context.Context, target *chromedp.Target) (string, error) {
		if _, err := chromedp.Steps(steps...)(ctx, target); err != nil {
			return "", err
		}
		return chromedp.Text(selector)(ctx, target)
	}
}

func chromium(t *testing.T) context.Context {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if found, err := exec.LookPath(name); err == nil && path == "" {
			path = found
		}
	}
	if path == "" && os.Getenv("CI") == "true" {
		t.Fatal("no chromium found, and CI=true allows no skip: install the package chromium")
	}
	if path == "" {
		t.Skip("no chromium found: install the package chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	return ctx
}
