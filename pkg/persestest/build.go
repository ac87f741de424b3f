// Package persestest runs a real Perses with real plugin schemas for tests, and a real Prometheus for data.
//
// It builds the servers and assembles the plugins from their Go modules, so it needs only Go, and all versions are in one table.
// The results are cached in the user's cache folder and may be deleted at any time.
//
// A package whose tests need them has
//
//	func TestMain(m *testing.M) { persestest.Main(m) }
//
// Its tests call Shared or SharedAuth for Perses, NewProject for their own project in it, SharedPrometheus for Prometheus, and
// Prometheus.Write for their own data.
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

// Files are the paths of a Perses.
type Files struct {
	Binary  string // the executable
	Plugins string // a folder with one folder per plugin module; Perses needs a copy, because it writes to it
}

// Build returns the files of Perses, and builds those that are not cached. It writes progress messages, at least every ten
// seconds. A perses of this Version on the PATH is used instead of a new build.
//
// Several processes may call it at once, and it may be interrupted.
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

// versionFlag sets the version of Perses at link time, as Perses' own builds do.
var versionFlag = "github.com/prometheus/common/version.Version=" + strings.TrimPrefix(Version, "v")

// onPath finds a perses of this Version on the PATH.
//
// Perses has no flag that prints its version, so this reads the linker flags that Go records in the binary. A binary built with
// -trimpath lacks them; its version is unknown, and it is not used.
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

// buildPerses builds the executable in dir, from a copy of the module with a page in place of the user interface, which the
// module lacks.
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
	// Without -trimpath, the packages that Perses shares with its client are compiled once for both.
	_, err = goTool(ctx, source, "build", "-buildvcs=false", "-ldflags", "-s -w -X "+versionFlag, "-o", dir, "./cmd/perses")
	if err != nil {
		return err
	}
	return os.RemoveAll(source)
}

// addUserInterface adds the generated file that package ui in dir lacks, and the page that it embeds.
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
