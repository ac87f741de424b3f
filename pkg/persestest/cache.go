package persestest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// cacheFolder returns the folder of the cache.
func cacheFolder() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder for the test servers: %w", err)
	}
	return filepath.Join(base, "perses-mcp-test"), nil
}

// cached calls fill to create the folder dir, unless dir exists.
//
// The folder is never incomplete: fill works in a temporary folder, which is then renamed. If several processes need the same
// folder, one fills it and the others wait.
func cached(ctx context.Context, out io.Writer, dir string, fill func(dir string) error) error {
	if exists(dir) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	unlock, err := lock(ctx, out, dir+".lock")
	if err != nil {
		return fmt.Errorf("lock %s: %w", dir, err)
	}
	defer unlock()
	if exists(dir) { // another process was faster
		return nil
	}
	if err := removeInterrupted(dir); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+unfinished)
	if err != nil {
		return err
	}
	if err := fill(work); err != nil {
		_ = os.RemoveAll(work) // if that fails, removeInterrupted does it next time
		return err
	}
	return os.Rename(work, dir)
}

// unfinished is in the name of a folder that is being filled, before a random number. No folder is used twice, because a child of
// an interrupted process may still write to it.
const unfinished = ".unfinished-"

// removeInterrupted removes the temporary folders that interrupted processes left for dir.
func removeInterrupted(dir string) error {
	left, err := filepath.Glob(dir + unfinished + "*")
	for _, l := range left {
		err = errors.Join(err, os.RemoveAll(l))
	}
	return err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// lock locks the file at path. It says so on out if it has to wait for another process.
func lock(ctx context.Context, out io.Writer, path string) (unlock func(), err error) {
	type result struct {
		unlock func()
		err    error
	}
	results := make(chan result, 1)
	go func() {
		unlock, err := lockedfile.MutexAt(path).Lock()
		results <- result{unlock, err}
	}()
	select {
	case r := <-results:
		return r.unlock, r.err
	case <-time.After(time.Second):
	}
	err = step(out, "Waiting for another process that is building the same test server", func() error {
		select {
		case r := <-results:
			unlock = r.unlock
			return r.err
		case <-ctx.Done():
			go func() { // locking cannot be interrupted, so unlock later
				if r := <-results; r.err == nil {
					r.unlock()
				}
			}()
			return context.Cause(ctx)
		}
	})
	return unlock, err
}
