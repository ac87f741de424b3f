package persestest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strings"
)

// goTool runs the go command in dir and returns its standard output. What it said on standard error is part of the error.
//
// Whatever the user has set for builds of their own (flags, a workspace) must not reach these builds. The flags have to be
// replaced by one that changes nothing, since empty ones would let those of "go env -w" through.
func goTool(ctx context.Context, dir string, args ...string) ([]byte, error) {
	runtime.LockOSThread() // see endWithParent
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.SysProcAttr = endWithParent()
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0",
		"GOTMPDIR="+dir) // so that what an interrupted build leaves goes with the folder
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, err
}

// download fetches modules, of which none needs to be in go.mod, and returns the folder in the module cache of each
// by its path. It runs in dir, which must be outside of any module, lest that one's go.mod decides on versions.
func download(ctx context.Context, dir string, modules ...module) (map[string]string, error) {
	args := []string{"mod", "download", "-json"}
	for _, m := range modules {
		args = append(args, m.path+"@"+m.version)
	}
	out, toolErr := goTool(ctx, dir, args...)
	dirs := map[string]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var m struct{ Path, Dir, Error string }
		switch err := dec.Decode(&m); {
		case errors.Is(err, io.EOF):
			return dirs, toolErr
		case err != nil:
			return nil, errors.Join(err, toolErr)
		case m.Error != "": // says which module and why, unlike the error of the tool
			return nil, fmt.Errorf("download %s: %s", m.Path, m.Error)
		}
		dirs[m.Path] = m.Dir
	}
}
