package persestest

import (
	"context"
	"encoding/json"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// assemblePlugins creates the folders of all plugins in dir: what a released plugin contains, without its user interface.
func assemblePlugins(ctx context.Context, dir string) error {
	dirs, err := download(ctx, dir, pluginModules()...)
	if err != nil {
		return err
	}
	for _, p := range plugins {
		if err := assemblePlugin(filepath.Join(dir, p.name), p.name, p.version, dirs[p.path], dirs); err != nil {
			return err
		}
	}
	return nil
}

// assemblePlugin creates the folder of a plugin from its module in source. dirs has the folders of the other modules.
func assemblePlugin(folder, name, version, source string, dirs map[string]string) error {
	for _, sub := range []string{"schemas", "cue.mod"} {
		if err := os.CopyFS(filepath.Join(folder, sub), os.DirFS(filepath.Join(source, sub))); err != nil {
			return err
		}
	}
	description, err := os.ReadFile(filepath.Join(source, "package.json"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, "package.json"), description, 0o644); err != nil {
		return err
	}
	if err := writeManifest(filepath.Join(folder, "mf-manifest.json"), name, version); err != nil {
		return err
	}
	return vendorCUE(filepath.Join(folder, "cue.mod"), dirs)
}

// writeManifest writes the manifest from which Perses reads the name and version of a plugin. A build of the user interface would
// write it.
func writeManifest(file, name, version string) error {
	manifest, err := json.Marshal(map[string]any{
		"id":   name,
		"name": name,
		"metaData": map[string]any{
			"buildInfo": map[string]any{"buildName": name, "buildVersion": strings.TrimPrefix(version, "v")},
		},
	})
	if err != nil {
		return err
	}
	return os.WriteFile(file, manifest, 0o644)
}

// cueDeps matches the dependencies in a module.cue.
var cueDeps = regexp.MustCompile(`(?ms)^deps: \{.*?^\}\n`)

// vendorCUE copies the CUE that the schemas import to their cue.mod folder. It removes the list of dependencies, because Perses
// would download them.
func vendorCUE(cueMod string, dirs map[string]string) error {
	for _, m := range cueModules {
		vendored := filepath.Join(cueMod, "pkg", filepath.FromSlash(path.Join(m.path, "cue")))
		if err := os.CopyFS(vendored, os.DirFS(filepath.Join(dirs[m.path], "cue"))); err != nil {
			return err
		}
	}
	file := filepath.Join(cueMod, "module.cue")
	module, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	return os.WriteFile(file, cueDeps.ReplaceAll(module, nil), 0o644)
}
