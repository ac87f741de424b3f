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

// cacheFolder returns the folder in which everything made here is kept.
func cacheFolder() (string, error) {
	base, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find a folder to keep the test server in: %w", err)
	}
	return filepath.Join(base, "perses-mcp-test"), nil
}

// cached sees to it that the folder dir exists: if it doesn't, fill makes its content.
//
// The folder is always whole: fill works in another one beside it, which only in the end gets its name.
// Of several processes that miss the same folder, one makes it and the others wait.
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
		_ = os.RemoveAll(work) // or else the next process does it; what failed is the error to report
		return err
	}
	return os.Rename(work, dir)
}

// unfinished is what the name of a folder that is being filled has in addition, followed by a number: never the same folder
// twice, so that nothing which an interrupted process has left running can write into it.
const unfinished = ".unfinished-"

// removeInterrupted removes the folders that processes which were interrupted have left of dir.
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

// lock takes the lock file at path, and says so on out if that has to wait for another process.
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
	err = step(out, "Waiting for another process that is making the same test server", func() error {
		select {
		case r := <-results:
			unlock = r.unlock
			return r.err
		case <-ctx.Done():
			go func() { // taking a lock can't be interrupted, so give it back when it comes
				if r := <-results; r.err == nil {
					r.unlock()
				}
			}()
			return context.Cause(ctx)
		}
	})
	return unlock, err
}
