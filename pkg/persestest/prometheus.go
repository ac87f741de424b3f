package persestest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// PrometheusOptions configure a Prometheus.
type PrometheusOptions struct {
	// Targets are scraped every second, in addition to Prometheus itself.
	Targets []Target
	// Log receives the log of Prometheus, if not nil. Errors show its end in any case.
	Log io.Writer
}

// Target is something that Prometheus scrapes.
type Target struct {
	Job     string
	Address string            // host:port
	Path    string            // of the metrics; "" means /metrics
	Labels  map[string]string // of its series, in addition to job and instance
}

// Prometheus is a running Prometheus that accepts native histograms and listens on loopback. Its own metrics have the job
// "prometheus".
type Prometheus struct {
	URL string // such as http://127.0.0.1:34567

	targets []Target
	*process
}

// prometheusListens matches the log line in which Prometheus says where it listens.
var prometheusListens = regexp.MustCompile(`msg="Listening on".* address=(127\.0\.0\.1:\d+)\D`)

// scrapeInterval is short so that tests and the demo get data quickly.
const scrapeInterval = "1s"

// history is the maximum age of a written sample, so that tests can write at fixed dates.
const history = "20y"

// StartPrometheus starts a Prometheus and returns when it accepts queries and samples. It builds Prometheus first if necessary,
// with progress on os.Stderr (see BuildPrometheus). Scraping begins about five seconds later; use WaitFor. ctx bounds only the
// start. Errors include the end of the log.
func StartPrometheus(ctx context.Context, o PrometheusOptions) (*Prometheus, error) {
	binary, err := BuildPrometheus(ctx, os.Stderr)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "prometheus-")
	if err != nil {
		return nil, err
	}
	p := &Prometheus{process: newProcess("Prometheus", dir, prometheusListens, o.Log), targets: o.Targets}
	if err = p.configure(nil); err == nil {
		err = p.run(binary,
			"--config.file", p.configFile(),
			"--storage.tsdb.path", filepath.Join(dir, "data"),
			"--storage.tsdb.retention.time", history,
			"--web.enable-remote-write-receiver", // for Write
			"--web.enable-lifecycle",             // to reload the configuration
			// The proxy of Perses v0.54.0 opens a connection for each request and keeps it open for 90 seconds, which soon
			// exceeds the default of 512.
			"--web.max-connections", "100000",
			"--enable-feature", "native-histograms",
			"--web.listen-address", "127.0.0.1:0") // the log has the port
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("start Prometheus: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := p.waitUntilReady(ctx); err != nil {
		_ = p.Stop() // its error would repeat err
		return nil, fmt.Errorf("start Prometheus: %w\nIts log ends with:\n%s", err, p.log)
	}
	return p, nil
}

func (p *Prometheus) configFile() string { return filepath.Join(p.dir, "config.yaml") }

// configure writes the configuration for scraping the targets.
func (p *Prometheus) configure(targets []Target) error {
	jobs := []object{} // nil would become null
	for _, t := range targets {
		job := object{
			"job_name":       t.Job,
			"static_configs": []object{{"targets": []string{t.Address}, "labels": t.Labels}},
		}
		if t.Path != "" {
			job["metrics_path"] = t.Path
		}
		jobs = append(jobs, job)
	}
	text, err := json.Marshal(object{ // JSON is valid YAML
		"global":         object{"scrape_interval": scrapeInterval},
		"storage":        object{"tsdb": object{"out_of_order_time_window": history}},
		"scrape_configs": jobs,
	})
	if err != nil {
		return err
	}
	return writeFile(p.configFile(), text)
}

// waitUntilReady returns when Prometheus is ready, or an error if it will not be.
func (p *Prometheus) waitUntilReady(ctx context.Context) error {
	var err error
	if p.URL, err = p.waitUntilListening(ctx); err != nil {
		return err
	}
	err = p.waitFor(ctx, func(ctx context.Context) error {
		_, err := send(ctx, http.MethodGet, p.URL+"/-/ready", http.Header{}, nil)
		return err
	})
	if err != nil {
		return err
	}
	// The address for scraping itself is known only now.
	itself := Target{Job: "prometheus", Address: strings.TrimPrefix(p.URL, "http://")}
	if err := p.configure(append([]Target{itself}, p.targets...)); err != nil {
		return err
	}
	if _, err := send(ctx, http.MethodPost, p.URL+"/-/reload", http.Header{}, nil); err != nil {
		return err
	}
	// Prometheus compacts everything from its first sample on, even twenty years. Write the first one now, so that older ones are
	// out of order and not compacted.
	return p.Write(ctx, Series{Name: "persestest_start", Samples: Samples(time.Now(), 0, 1)})
}

// WaitFor waits until the PromQL query has a value. It returns an error if there is none within two minutes, ctx ends, Prometheus
// ends, or the query is invalid.
func (p *Prometheus) WaitFor(ctx context.Context, query string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	var refused error
	err := p.waitFor(ctx, func(ctx context.Context) error {
		var answer struct {
			Data struct{ Result []json.RawMessage }
		}
		err := p.get(ctx, "/api/v1/query", url.Values{"query": {query}}, &answer)
		if e, ok := errors.AsType[*apiError](err); ok && e.Status == http.StatusBadRequest {
			refused = err // do not repeat it
			return nil
		}
		if err == nil && len(answer.Data.Result) == 0 {
			err = errors.New("no value for " + query)
		}
		return err
	})
	return errors.Join(refused, err)
}

// get decodes a response of Prometheus' HTTP API.
func (p *Prometheus) get(ctx context.Context, path string, parameters url.Values, answer any) error {
	received, err := send(ctx, http.MethodGet, p.URL+path+"?"+parameters.Encode(), http.Header{}, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(received, answer)
}

// Datasource returns the spec of a default datasource for this Prometheus, through Perses' proxy.
func (p *Prometheus) Datasource() map[string]any {
	return object{
		"default": true,
		"plugin": object{
			"kind": "PrometheusDatasource",
			"spec": object{
				"proxy":          object{"kind": "HTTPProxy", "spec": object{"url": p.URL}},
				"scrapeInterval": scrapeInterval,
			},
		},
	}
}
