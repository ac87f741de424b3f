package persestest

import (
	"context"
	"fmt"
	"os"
	"testing"
)

// asChild is the variable that turns this test binary into a program that starts a Perses, prints its address, and waits to be
// killed.
const asChild = "PERSESTEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(asChild) == "" {
		Main(m)
	}
	p, err := Start(context.Background(), Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(p.URL)
	select {}
}
