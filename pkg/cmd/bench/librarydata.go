package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/perses/mcp-server/pkg/persestest"
)

// The dashboards that are searched are in so many projects, and have so many panels: about 10 KB.
const (
	libraries     = 10
	libraryPanels = 10
)

// library is the name of a project whose dashboards are searched.
func library(i int) string { return fmt.Sprintf("library-%d", i) }

// startLibraries starts a Perses that has nothing but these dashboards, so many in each project.
func startLibraries(ctx context.Context, database string, each int) (*persestest.Perses, error) {
	p, err := persestest.Start(ctx, persestest.Options{Dir: database})
	if err != nil {
		return nil, err
	}
	err = fillLibraries(ctx, p.URL+"/api/v1/projects")
	if stopped := p.Stop(); err == nil {
		err = stopped
	}
	if err == nil {
		err = copyLibraries(filepath.Join(database, "dashboards"), each)
	}
	if err != nil {
		return nil, err
	}
	return persestest.Start(ctx, persestest.Options{Dir: database})
}

// fillLibraries makes the projects in a running Perses, with one dashboard that all others are copies of.
func fillLibraries(ctx context.Context, url string) error {
	for i := range libraries {
		if err := post(ctx, url, object{"kind": "Project", "metadata": object{"name": library(i)}}); err != nil {
			return err
		}
	}
	return post(ctx, url+"/"+library(0)+"/dashboards", dashboard(library(0), nameOf(0), libraryPanels))
}

// copyLibraries fills the folders of the projects, in that of all dashboards, with so many copies each that have names, titles
// and metrics of their own.
func copyLibraries(dashboards string, each int) error {
	stored, err := os.ReadFile(filepath.Join(dashboards, library(0), nameOf(0)+".json"))
	if err != nil {
		return err
	}
	for p := range libraries {
		folder := filepath.Join(dashboards, library(p))
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return err
		}
		for i := range each {
			n := p*each + i
			text := strings.NewReplacer(library(0), library(p), nameOf(0), nameOf(n), `up{`, fmt.Sprintf("up_%03d{", n)).Replace(string(stored))
			if err := os.WriteFile(filepath.Join(folder, nameOf(n)+".json"), []byte(text), 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}
