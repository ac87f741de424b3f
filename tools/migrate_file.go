package tools

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/perses/mcp-server/pkg/nearest"
)

// maxImported is the maximum size of an imported file in bytes, far above that of any dashboard.
const maxImported = 8 << 20

// readImport returns the content of a regular file directly in the folder for imports. It follows no links and does not block. Its
// errors reveal neither the content of the file nor the path of the folder.
func readImport(folder, name string) ([]byte, error) {
	if folder == "" {
		return nil, errors.New("file: this server does not import files. Its operator can set a folder with --import-dir; otherwise pass the dashboard itself as grafana_dashboard")
	}
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00") {
		return nil, fmt.Errorf("file %q: want the name of a file in the folder of --import-dir, without a path", clip(name))
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, errors.New("file: the folder of --import-dir cannot be opened")
	}
	defer func() { _ = root.Close() }()
	entry, err := root.Lstat(name)
	if err != nil {
		return nil, fmt.Errorf("file %q is not in the folder of --import-dir%s", clip(name), nearestFile(root, name))
	}
	if !entry.Mode().IsRegular() {
		return nil, fmt.Errorf("file %q is not a regular file: links, folders and the like are not imported", clip(name))
	}
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // if it has become a pipe since, do not block
	if err != nil {
		return nil, fmt.Errorf("file %q cannot be opened by this server", clip(name))
	}
	defer func() { _ = file.Close() }()
	opened, err := file.Stat()
	if err != nil || !os.SameFile(entry, opened) {
		return nil, fmt.Errorf("file %q was replaced while it was opened; try again", clip(name))
	}
	content, err := io.ReadAll(io.LimitReader(file, maxImported+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("file %q cannot be read by this server", clip(name))
	case len(content) > maxImported:
		return nil, fmt.Errorf("file %q is larger than the maximum of %d MiB", clip(name), maxImported>>20)
	}
	return content, nil
}

// nearestFile returns a clause with the names of the regular files that are most similar to a name.
func nearestFile(root *os.Root, name string) string {
	const maxEntries = 1000 // of the folder that are compared
	folder, err := root.Open(".")
	if err != nil {
		return ""
	}
	defer func() { _ = folder.Close() }()
	entries, _ := folder.ReadDir(maxEntries)
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	if near := nearest.Names(name, names); len(near) > 0 {
		return "; nearest: " + strings.Join(near, ", ")
	}
	return ""
}
