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

// builds are the programs that the tests of a process have had built.
type builds struct {
	mu     sync.Mutex
	folder string // of all of them; "" before the first
	path   map[string]func() (string, error)
}

var programs = builds{path: map[string]func() (string, error){}}

// Program returns the path of a program of this module, by the import path of its package. The first call for it builds it, with
// whatever the user has set for builds; it is there until the tests end.
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

// of returns what builds a program, once.
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
