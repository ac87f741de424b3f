package persestest

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"sync"
	"testing"
)

// builds are the programs built for the tests of this process.
type builds struct {
	mu     sync.Mutex
	folder string // contains all of them; "" before the first build
	path   map[string]func() (string, error)
}

var programs = builds{path: map[string]func() (string, error){}}

// Program returns the path of the program with an import path in this module. The first call builds it, with the user's settings
// for builds; it is removed when the tests end.
func Program(t testing.TB, of string) string {
	t.Helper()
	if !stops {
		t.Fatal(needsMain)
	}
	built, err := programs.of(of)
	if err != nil {
		t.Fatal(err)
	}
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// of returns the function that builds a program once.
func (b *builds) of(of string) (built func() (string, error), err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.folder == "" {
		if b.folder, err = os.MkdirTemp("", "mcp-server-"); err != nil {
			return nil, err
		}
	}
	built, known := b.path[of]
	if !known {
		to := filepath.Join(b.folder, path.Base(of)+".exe")
		built = sync.OnceValues(func() (string, error) {
			if out, err := exec.Command("go", "build", "-o", to, of).CombinedOutput(); err != nil {
				return "", fmt.Errorf("go build %s: %w\n%s", of, err, out)
			}
			return to, nil
		})
		b.path[of] = built
	}
	return built, nil
}

func (b *builds) remove() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.folder == "" {
		return nil
	}
	return os.RemoveAll(b.folder)
}
