package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/perses/mcp-server/pkg/persestest"
)

// project is the project of the demo's dashboards.
const project = "demo"

// dashboards are two from Perses' own development data: one that exceeds the result limit, and one that does not. Perses
// lowercases their names.
var dashboards = []string{"nodeexporter", "benchmark"}

// datasource is the name that one of the dashboards uses for its Prometheus.
const datasource = "PrometheusDemo"

// document is any document of Perses.
type document struct {
	Kind     string          `json:"kind"`
	Metadata metadata        `json:"metadata"`
	Spec     json.RawMessage `json:"spec,omitempty"`
}

type metadata struct {
	Name    string `json:"name"`
	Project string `json:"project,omitempty"`
}

// fillPerses creates the project, a datasource for Prometheus, and the dashboards in the Perses at url.
func fillPerses(ctx context.Context, url string, prometheus *persestest.Prometheus) error {
	spec, err := json.Marshal(prometheus.Datasource())
	if err != nil {
		return err
	}
	boards, err := readDashboards(ctx)
	if err != nil {
		return err
	}
	if err := post(ctx, url+"/api/v1/projects", document{Kind: "Project", Metadata: metadata{Name: project}}); err != nil {
		return err
	}
	global := document{Kind: "GlobalDatasource", Metadata: metadata{Name: datasource}, Spec: spec}
	if err := post(ctx, url+"/api/v1/globaldatasources", global); err != nil {
		return err
	}
	for _, board := range boards {
		board.Metadata.Project = project
		if err := post(ctx, url+"/api/v1/projects/"+project+"/dashboards", board); err != nil {
			return fmt.Errorf("dashboard %s: %w", board.Metadata.Name, err)
		}
	}
	return nil
}

// readDashboards reads the dashboards from Perses' Go module.
func readDashboards(ctx context.Context) ([]document, error) {
	var module struct{ Dir string }
	out, err := exec.CommandContext(ctx, "go", "mod", "download", "-json", "github.com/perses/perses").Output()
	if err == nil {
		err = json.Unmarshal(out, &module)
	}
	if err != nil {
		return nil, fmt.Errorf("find the Go module of Perses: %w", err)
	}
	content, err := os.ReadFile(filepath.Join(module.Dir, "dev", "data", "9-dashboard.json"))
	if err != nil {
		return nil, err
	}
	var all []document
	if err := json.Unmarshal(content, &all); err != nil {
		return nil, err
	}
	var found []document
	for _, name := range dashboards {
		for _, board := range all {
			if strings.EqualFold(board.Metadata.Name, name) {
				found = append(found, board)
			}
		}
	}
	if len(found) != len(dashboards) {
		return nil, fmt.Errorf("the Go module of Perses %s lacks one of the dashboards %v", persestest.Version, dashboards)
	}
	return found, nil
}

// withoutUI is on the only page of a Perses that was built from its Go module.
const withoutUI = "without its user interface"

// hasUI reports whether Perses has a user interface.
func hasUI(ctx context.Context, url string) bool {
	page, err := send(ctx, http.MethodGet, url, nil)
	return err == nil && !bytes.Contains(page, []byte(withoutUI))
}

// web is the HTTP client for Perses and Prometheus.
var web = &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}

func get(ctx context.Context, url string) error {
	_, err := send(ctx, http.MethodGet, url, nil)
	return err
}

func post(ctx context.Context, url string, body any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	_, err = send(ctx, http.MethodPost, url, encoded)
	return err
}

func send(ctx context.Context, method, url string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := web.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %s %s", method, url, response.Status, answer)
	}
	return answer, err
}
