// Package persestest runs a real Perses with real plugin schemas for tests, and a real Prometheus to get data from.
//
// The servers are built from their Go modules, and the plugins are put together from theirs: nothing but Go is needed, and a
// version is changed in one table. All are kept in the user's cache folder, from where every later run takes them; what is
// there may be deleted at any time.
//
// A package whose tests need them has
//
//	func TestMain(m *testing.M) { persestest.Main(m) }
//
// and its tests call Shared or SharedAuth for Perses and NewProject for a project of their own in it, and SharedPrometheus
// for Prometheus and its Write for data of their own.
package persestest

import (
	"compress/gzip"
	"context"
	"debug/buildinfo"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Files says where the parts of Perses lie.
type Files struct {
	Binary  string // the executable, for exec.Command
	Plugins string // a folder with one folder per plugin module; not to be given to Perses itself, which writes into it
}

// Build returns Perses and its plugins and makes first what is missing of them. What takes long is reported to progress,
// with a sign of life every ten seconds. A perses of this Version on the PATH is used instead of building one.
//
// It is safe to call from several processes at once, and to interrupt.
func Build(ctx context.Context, progress io.Writer) (Files, error) {
	cache, err := cacheFolder()
	if err != nil {
		return Files{}, err
	}
	binary, found := onPath()
	if !found {
		dir := filepath.Join(cache, cacheKey("perses-"+Version, perses))
		binary = filepath.Join(dir, "perses")
		err := cached(ctx, progress, dir, func(dir string) error {
			return step(progress, "Building Perses "+Version+" from its Go module: about three minutes the first time on two cores",
				func() error { return buildPerses(ctx, dir) })
		})
		if err != nil {
			return Files{}, fmt.Errorf("build Perses: %w", err)
		}
	}
	dir := filepath.Join(cache, cacheKey("plugins", pluginModules()...))
	err = cached(ctx, progress, dir, func(dir string) error {
		return step(progress, fmt.Sprintf("Putting together %d plugins from their Go modules", len(plugins)),
			func() error { return assemblePlugins(ctx, dir) })
	})
	if err != nil {
		return Files{}, fmt.Errorf("put together the plugins of Perses: %w", err)
	}
	return Files{Binary: binary, Plugins: dir}, nil
}

// versionFlag is how the makers of Perses tell it its version when they link it.
var versionFlag = "github.com/prometheus/common/version.Version=" + strings.TrimPrefix(Version, "v")

// onPath finds a perses of this Version on the PATH.
//
// Perses has no flag that prints its version, only its running server tells it. But Go notes in every binary how it was
// linked, and so one can know without running what may be anything. This note is absent from a binary built with -trimpath;
// then the version is unknown, and Perses is built.
func onPath() (binary string, found bool) {
	binary, err := exec.LookPath("perses")
	if err != nil {
		return "", false
	}
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return "", false
	}
	for _, s := range info.Settings {
		if s.Key == "-ldflags" && slices.Contains(strings.Fields(s.Value), versionFlag) {
			return binary, true
		}
	}
	return "", false
}

// buildPerses makes the executable in dir.
//
// The module lacks the one file that embeds the user interface, because a build of that generates it. It is added here
// with a page that says as much. The module cache is read-only, so that takes a copy.
func buildPerses(ctx context.Context, dir string) error {
	dirs, err := download(ctx, dir, perses)
	if err != nil {
		return err
	}
	source := filepath.Join(dir, "source")
	if err := os.CopyFS(source, os.DirFS(dirs[perses.path])); err != nil {
		return err
	}
	if err := addUserInterface(filepath.Join(source, "ui")); err != nil {
		return err
	}
	// Not trimming paths lets the packages that Perses has in common with its client be compiled once for both.
	_, err = goTool(ctx, source, "build", "-buildvcs=false", "-ldflags", "-s -w -X "+versionFlag, "-o", dir, "./cmd/perses")
	if err != nil {
		return err
	}
	return os.RemoveAll(source)
}

// addUserInterface adds what is missing to the package ui of Perses' source, which lies in dir.
func addUserInterface(dir string) error {
	const embed = `package ui

import "embed"

//go:embed app/dist/index.html.gz
var embedFS embed.FS
`
	if err := os.WriteFile(filepath.Join(dir, "embed.go"), []byte(embed), 0o644); err != nil {
		return err
	}
	dist := filepath.Join(dir, "app", "dist")
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return err
	}
	page, err := os.Create(filepath.Join(dist, "index.html.gz"))
	if err != nil {
		return err
	}
	defer page.Close()
	zip := gzip.NewWriter(page)
	if _, err := io.WriteString(zip, "<!doctype html><title>Perses</title>This Perses is built for tests, without its user interface."); err != nil {
		return err
	}
	if err := zip.Close(); err != nil {
		return err
	}
	return page.Close()
}
