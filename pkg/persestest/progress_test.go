package persestest

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestStep(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
		want string
	}{
		{"done", nil, "Baking\n  still running after 10s\n  still running after 20s\n  done after 25s\n"},
		{"failed", errors.New("burnt"), "Baking\n  still running after 10s\n  still running after 20s\n  failed after 25s\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // with a fake clock
				var out strings.Builder
				err := step(&out, "Baking", func() error {
					time.Sleep(25 * time.Second)
					return c.err
				})
				if err != c.err {
					t.Errorf("got error %v, want %v", err, c.err)
				}
				if out.String() != c.want {
					t.Errorf("got\n%swant\n%s", &out, c.want)
				}
			})
		})
	}
}
