package persestest

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

func TestCachedIsFilledOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache", "thing")
	// A folder that an interrupted process left must not be used.
	if err := writeFile(filepath.Join(dir+unfinished+"1", "rest"), nil); err != nil {
		t.Fatal(err)
	}
	var fills atomic.Int32
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			err := cached(t.Context(), io.Discard, dir, func(work string) error {
				fills.Add(1)
				return os.WriteFile(filepath.Join(work, "content"), nil, 0o644)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()

	if n := fills.Load(); n != 1 {
		t.Errorf("filled %d times, want once", n)
	}
	wantFiles(t, dir, "content")
	wantFiles(t, filepath.Dir(dir), "thing", "thing.lock")
}

func TestFailedFillLeavesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "thing")
	failure := errors.New("disk full")
	if err := cached(t.Context(), io.Discard, dir, func(string) error { return failure }); !errors.Is(err, failure) {
		t.Fatalf("got error %v, want %v", err, failure)
	}
	wantFiles(t, filepath.Dir(dir), "thing.lock")
}

func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range files {
		got = append(got, f.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s has %v, want %v", dir, got, want)
	}
}
