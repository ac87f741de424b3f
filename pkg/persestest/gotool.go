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

// goTool runs the go command in dir and returns its standard output. Its error includes standard error.
//
// The user's settings for builds (flags, a workspace) do not apply. GOFLAGS is set to the default, because an empty value would
// be overridden by that of "go env -w".
func goTool(ctx context.Context, dir string, args ...string) ([]byte, error) {
	runtime.LockOSThread() // see EndWithParent
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.SysProcAttr = EndWithParent()
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off", "CGO_ENABLED=0",
		"GOTMPDIR="+dir) // removed with dir if the build is interrupted
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out, err
}

// download downloads modules, which need not be in go.mod, and returns their folders in the module cache by module path. dir must
// be outside of any module, so that no go.mod changes the versions.
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
		case m.Error != "": // more precise than the error of the command
			return nil, fmt.Errorf("download %s: %s", m.Path, m.Error)
		}
		dirs[m.Path] = m.Dir
	}
}
