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
	// installed is where packages go: beside the server's binary, so that "make clean" removes them, and no check of
	// this repository's own files meets them.
	installed = "bin/clients"
)

// install installs the npm packages of package-lock.json, unless they are there, and puts them on the PATH.
//
// The scripts are copied to the packages, since Node looks for what a script imports in the folders above it.
func install(ctx context.Context) error {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return errors.New("this needs npm, which comes with Node.js: it is not on the PATH")
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

// addToPath lets what is installed be found by its name, and its Node.js before an older one of this machine. There is one
// for the machines that package.json names in optionalDependencies.
func addToPath() error {
	// Not every npm links this one to the other programs in .bin.
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
	// The lock under which the packages that are there were installed.
	done := filepath.Join(installed, "node_modules", "installed-lock.json")
	lock := filepath.Join(installed, "package-lock.json")
	if same(lock, done) {
		return nil
	}
	fmt.Fprintln(os.Stderr, "Installing the clients from npm")
	// None of these packages needs its scripts: what would fetch a Node.js is a package of its own here.
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
