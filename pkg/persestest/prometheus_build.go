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

// BuildPrometheus returns the executable of Prometheus, and builds it like Build if it is not cached. A prometheus of any version
// on the PATH is used instead.
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

// buildPrometheus builds the executable in dir, without a user interface. It needs a copy of the module, because the replacement
// in its go.mod applies only to the main module.
func buildPrometheus(ctx context.Context, dir string) error {
	dirs, err := download(ctx, dir, prometheus)
	if err != nil {
		return err
	}
	source := filepath.Join(dir, "source")
	if err := os.CopyFS(source, os.DirFS(dirs[prometheus.path])); err != nil {
		return err
	}
	// This file only imports optional service discoveries, with a third of all packages.
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
