package persestest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// BuildPrometheus returns the executable of Prometheus and makes it first if it is missing, with what Build has said about
// that. A prometheus on the PATH is used instead, of any version.
func BuildPrometheus(ctx context.Context, progress io.Writer) (binary string, err error) {
	if binary, err = exec.LookPath("prometheus"); err == nil {
		return binary, nil
	}
	cache, err := cacheFolder()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, cacheKey("prometheus-"+PrometheusVersion, prometheus))
	err = cached(ctx, progress, dir, func(dir string) error {
		return step(progress, "Building Prometheus "+PrometheusVersion+" from its Go module: about two minutes the first time on two cores",
			func() error { return buildPrometheus(ctx, dir) })
	})
	if err != nil {
		return "", fmt.Errorf("build Prometheus: %w", err)
	}
	return filepath.Join(dir, "prometheus"), nil
}

// buildPrometheus makes the executable in dir.
//
// Its go.mod has a replacement, which counts only where it is the main module, and the module cache is read-only, so that
// takes a copy. The module has no user interface, and leaves it out unless a tag asks for that.
func buildPrometheus(ctx context.Context, dir string) error {
	dirs, err := download(ctx, dir, prometheus)
	if err != nil {
		return err
	}
	source := filepath.Join(dir, "source")
	if err := os.CopyFS(source, os.DirFS(dirs[prometheus.path])); err != nil {
		return err
	}
	// This file does nothing but compile in the clients of two dozen clouds in which Prometheus may look for targets: a third
	// of all packages. Its makers leave it to everybody which of them to build with.
	if err := os.Remove(filepath.Join(source, "plugins", "plugins.go")); err != nil {
		return err
	}
	version, err := os.ReadFile(filepath.Join(source, "VERSION"))
	if err != nil {
		return err
	}
	flags := "-s -w -X github.com/prometheus/common/version.Version=" + strings.TrimSpace(string(version))
	if _, err := goTool(ctx, source, "build", "-buildvcs=false", "-ldflags", flags, "-o", dir, "./cmd/prometheus"); err != nil {
		return err
	}
	return os.RemoveAll(source)
}
