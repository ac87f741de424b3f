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

// PrometheusOptions are how a Prometheus differs from the one that most tests want.
type PrometheusOptions struct {
	// Targets are what it scrapes every second beside itself.
	Targets []Target
	// Log receives Prometheus' own log, if not nil. Its end is shown in errors in any case.
	Log io.Writer
}

// Target is something that Prometheus scrapes.
type Target struct {
	Job     string
	Address string            // host:port
	Path    string            // of the metrics; the empty string stands for /metrics
	Labels  map[string]string // that its series get in addition to job and instance
}

// Prometheus is a running Prometheus, which also takes native histograms. Its own metrics have the job "prometheus". It
// listens on the loopback interface only.
type Prometheus struct {
	URL string // such as http://127.0.0.1:34567

	targets []Target
	*process
}

// prometheusListens matches the line in which Prometheus says where it listens.
var prometheusListens = regexp.MustCompile(`msg="Listening on".* address=(127\.0\.0\.1:\d+)\D`)

// scrapeInterval is short, so that tests and the demo need not wait for data.
const scrapeInterval = "1s"

// history is how old a written sample may be. It is long enough for tests that write at fixed dates.
const history = "20y"

// StartPrometheus starts a Prometheus, which it builds first if need be (see BuildPrometheus; progress is shown on
// os.Stderr), and returns when it takes queries and samples. It scrapes only some five seconds later, for which WaitFor waits:
// Prometheus lets its list of targets settle for that long. ctx bounds the start alone. The error of a Prometheus that didn't
// start has the end of its log.
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
			// The proxy of Perses opens a connection for each request, and leaves it open for 90 seconds: of 512, which
			// is the default here, a test soon has them all.
			"--web.max-connections", "100000",
			"--enable-feature", "native-histograms",
			"--web.listen-address", "127.0.0.1:0") // its log has the port that it got
	}
	if err != nil {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("start Prometheus: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := p.waitUntilReady(ctx); err != nil {
		_ = p.Stop() // its error would say again what err does
		return nil, fmt.Errorf("start Prometheus: %w\nIts log ends with:\n%s", err, p.log)
	}
	return p, nil
}

func (p *Prometheus) configFile() string { return filepath.Join(p.dir, "config.yaml") }

// configure writes the configuration, with which the targets are scraped.
func (p *Prometheus) configure(targets []Target) error {
	jobs := []object{} // not null, which would be no list
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
	text, err := json.Marshal(object{ // Prometheus reads YAML, of which JSON is a part
		"global":         object{"scrape_interval": scrapeInterval},
		"storage":        object{"tsdb": object{"out_of_order_time_window": history}},
		"scrape_configs": jobs,
	})
	if err != nil {
		return err
	}
	return writeFile(p.configFile(), text)
}

// waitUntilReady returns when Prometheus can be used, or with the reason why it never will.
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
	// Only now it is known where it can scrape itself.
	itself := Target{Job: "prometheus", Address: strings.TrimPrefix(p.URL, "http://")}
	if err := p.configure(append([]Target{itself}, p.targets...)); err != nil {
		return err
	}
	if _, err := send(ctx, http.MethodPost, p.URL+"/-/reload", http.Header{}, nil); err != nil {
		return err
	}
	// Prometheus takes its first sample for the beginning of its time, and compacts all that lies between that and the next,
	// be it twenty years. So let the first one be of now, and all older ones be out of order.
	return p.Write(ctx, Series{Name: "persestest_start", Samples: Samples(time.Now(), 0, 1)})
}

// WaitFor returns when the PromQL query has a value now, or with an error: when it has none for two minutes, ctx is done,
// Prometheus has ended, or the query is none.
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
			refused = err // and will be again
			return nil
		}
		if err == nil && len(answer.Data.Result) == 0 {
			err = errors.New("no value for " + query)
		}
		return err
	})
	return errors.Join(refused, err)
}

// get decodes what Prometheus' HTTP API answers.
func (p *Prometheus) get(ctx context.Context, path string, parameters url.Values, answer any) error {
	received, err := send(ctx, http.MethodGet, p.URL+path+"?"+parameters.Encode(), http.Header{}, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(received, answer)
}

// Datasource returns the spec of a datasource of Perses that is the default one and leads to this Prometheus through
// Perses' proxy.
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
