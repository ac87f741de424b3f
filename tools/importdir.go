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

// maxImported is how large a file may be that is imported: far above any dashboard.
const maxImported = 8 << 20

// imported returns the content of a file in the folder from which files may be imported, of a plain file right in it and no
// other: no link is followed, nothing is waited for, and an error says nothing of what is in the file or where the folder is.
func imported(folder, name string) ([]byte, error) {
	if folder == "" {
		return nil, errors.New("file: this server imports no files. Its operator can name a folder with --import-dir; otherwise pass the dashboard itself as grafana_dashboard")
	}
	if name == "" || name == "." || name == ".." || strings.ContainsAny(name, "/\\\x00") {
		return nil, fmt.Errorf("file %q: want the name alone of a file in the folder of --import-dir, without a path", clip(name))
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
		return nil, fmt.Errorf("file %q is no plain file: links, folders and the like are not imported", clip(name))
	}
	file, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) // what has become a pipe meanwhile is not waited for
	if err != nil {
		return nil, fmt.Errorf("file %q cannot be opened by this server", clip(name))
	}
	defer func() { _ = file.Close() }()
	opened, err := file.Stat()
	if err != nil || !os.SameFile(entry, opened) {
		return nil, fmt.Errorf("file %q has become another one while it was opened; try again", clip(name))
	}
	content, err := io.ReadAll(io.LimitReader(file, maxImported+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("file %q cannot be read by this server", clip(name))
	case len(content) > maxImported:
		return nil, fmt.Errorf("file %q is larger than the %d MiB that are imported", clip(name), maxImported>>20)
	}
	return content, nil
}

// nearestFile is the clause that names the plain files which a name may have been meant for.
func nearestFile(root *os.Root, name string) string {
	const most = 1000 // of a larger folder only as many are looked at
	folder, err := root.Open(".")
	if err != nil {
		return ""
	}
	defer func() { _ = folder.Close() }()
	entries, _ := folder.ReadDir(most)
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
