package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

const (
	source  = "pkg/cmd/clients"
	scripts = source + "/node"
	// installed is the folder for packages, which "make clean" removes.
	installed = "bin/clients"
)

// install installs the npm packages of package-lock.json, unless they are installed, and adds them to the PATH. It copies the
// scripts to the packages, because Node.js searches for imports in the folders above a script.
func install(ctx context.Context) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("npm is not on the PATH: install Node.js")
	}
	if err := os.MkdirAll(installed, 0o755); err != nil {
		return err
	}
	for _, name := range []string{".npmrc", "package.json", "package-lock.json", "client.mjs", "conversation.mjs", "sdk.mjs"} {
		if err := copyFile(filepath.Join(scripts, name), filepath.Join(installed, name)); err != nil {
			return err
		}
	}
	if err := installPackages(ctx, npm); err != nil {
		return err
	}
	return addToPath()
}

// addToPath adds the installed programs to the PATH, first of all the Node.js that package.json has for some platforms.
func addToPath() error {
	// Some versions of npm do not link node in .bin.
	nodes, err := filepath.Glob(filepath.Join(installed, "node_modules", "node-*-*", "bin", "node"))
	if err != nil {
		return err
	}
	path := os.Getenv("PATH")
	for _, program := range append(nodes, filepath.Join(installed, "node_modules", ".bin", "conformance")) {
		dir, err := filepath.Abs(filepath.Dir(program))
		if err != nil {
			return err
		}
		path = dir + string(os.PathListSeparator) + path
	}
	return os.Setenv("PATH", path)
}

func installPackages(ctx context.Context, npm string) error {
	// A copy of the lock file of the installed packages.
	done := filepath.Join(installed, "node_modules", "installed-lock.json")
	lock := filepath.Join(installed, "package-lock.json")
	if same(lock, done) {
		return nil
	}
	fmt.Fprintln(os.Stderr, "Installing the clients from npm")
	// No package needs its install script.
	cmd := command(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	cmd.Dir = installed
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("npm ci: %w", err)
	}
	return copyFile(lock, done)
}

func copyFile(from, to string) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o644)
}

func same(a, b string) bool {
	first, err := os.ReadFile(a)
	if err != nil {
		return false
	}
	second, err := os.ReadFile(b)
	return err == nil && bytes.Equal(first, second)
}
