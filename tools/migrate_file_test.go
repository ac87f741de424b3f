//go:build unix

package tools

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

const confidential = "s3cr3t-that-nobody-sees"

// TestReadImport imports names that are not regular files in the folder. Errors must come at once and reveal nothing.
func TestReadImport(t *testing.T) {
	outside, folder := t.TempDir(), t.TempDir()
	write := func(path, content string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	write(filepath.Join(folder, "plain.json"), "{}")
	write(filepath.Join(outside, "secret.json"), confidential)
	must(os.Symlink(filepath.Join(outside, "secret.json"), filepath.Join(folder, "out.json")))
	must(os.Symlink("plain.json", filepath.Join(folder, "in.json")))
	must(os.Symlink(outside, filepath.Join(folder, "dir-out")))
	must(os.Symlink("nowhere", filepath.Join(folder, "dangling.json")))
	must(os.Mkdir(filepath.Join(folder, "dir"), 0o700))
	write(filepath.Join(folder, "dir", "below.json"), confidential)
	must(syscall.Mkfifo(filepath.Join(folder, "pipe.json"), 0o600))
	large := filepath.Join(folder, "large.json")
	write(large, "")
	must(os.Truncate(large, maxImported+1))

	if content, err := readImport(folder, "plain.json"); err != nil || string(content) != "{}" {
		t.Errorf("got %q, %v", content, err)
	}
	for name, want := range map[string]string{
		"out.json": "not a regular file", "in.json": "not a regular file", "dangling.json": "not a regular file", "dir-out": "not a regular file", "dir": "not a regular file",
		"pipe.json": "not a regular file", "large.json": "larger than the maximum of 8 MiB",
		"dir/below.json": "without a path", "dir-out/secret.json": "without a path", "../secret.json": "without a path", `..\secret.json`: "without a path",
		filepath.Join(outside, "secret.json"): "without a path", "": "without a path", ".": "without a path", "..": "without a path", "a\x00b": "without a path",
		"plane.json": "nearest: plain.json", "zzzzzzzzzzzzzzzzzz": "is not in the folder", strings.Repeat("x", 5000): "is not in the folder",
	} {
		content, err := readImport(folder, name)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.50q: got %v, want %q", name, err, want)
			continue
		}
		if content != nil || strings.Contains(err.Error(), confidential) || strings.Contains(err.Error(), folder) || len(err.Error()) > 400 {
			t.Errorf("%.50q: tells %q and gives %d bytes", name, err, len(content))
		}
	}
	if os.Geteuid() != 0 { // to whom nothing is closed
		closed := filepath.Join(folder, "closed.json")
		write(closed, confidential)
		must(os.Chmod(closed, 0))
		if _, err := readImport(folder, "closed.json"); err == nil || !strings.Contains(err.Error(), "cannot be opened") {
			t.Errorf("closed: got %v", err)
		}
	}
	if _, err := readImport("", "plain.json"); err == nil || !strings.Contains(err.Error(), "--import-dir") {
		t.Errorf("without a folder: got %v", err)
	}
	if _, err := readImport(filepath.Join(folder, "gone"), "plain.json"); err == nil || strings.Contains(err.Error(), folder) {
		t.Errorf("without the folder: got %v", err)
	}
}
