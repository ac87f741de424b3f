package telemetry

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
)

// isTracingEnabled reports whether the environment configures a collector for traces. It returns an error for invalid variables, which
// the exporter would ignore or only log. Errors name the variable without its value, which may be a secret.
func isTracingEnabled() (bool, error) {
	const prefix = "OTEL_EXPORTER_OTLP_"
	// Variables for traces take precedence over those for all signals.
	lookup := func(what string) (name, value string) {
		name, value = prefix+"TRACES_"+what, os.Getenv(prefix+"TRACES_"+what)
		if value == "" {
			name, value = prefix+what, os.Getenv(prefix+what)
		}
		return name, strings.TrimSpace(value)
	}
	name, endpoint := lookup("ENDPOINT")
	if endpoint == "" || strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || os.Getenv("OTEL_TRACES_EXPORTER") == "none" {
		return false, nil
	}
	if u, err := url.Parse(endpoint); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return false, fmt.Errorf("%s: want an http or https URL such as http://localhost:4318", name)
	}
	if exporter := cmp.Or(os.Getenv("OTEL_TRACES_EXPORTER"), "otlp"); exporter != "otlp" {
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER: want otlp or none")
	}
	if name, protocol := lookup("PROTOCOL"); protocol != "" && protocol != "http/protobuf" {
		return false, fmt.Errorf("%s: want http/protobuf, the only protocol that this server speaks", name)
	}
	name, headers := lookup("HEADERS")
	for header := range strings.SplitSeq(headers, ",") {
		if key, value, found := strings.Cut(header, "="); headers != "" {
			if _, err := url.PathUnescape(value); !found || strings.TrimSpace(key) == "" || err != nil {
				return false, fmt.Errorf("%s: want key=value, separated by commas, with values encoded as in a URL", name)
			}
		}
	}
	for _, what := range []string{"CERTIFICATE", "CLIENT_CERTIFICATE", "CLIENT_KEY"} {
		name, file := lookup(what)
		if _, err := os.ReadFile(file); err != nil && file != "" {
			return false, fmt.Errorf("%s: want a file that can be read", name)
		}
	}
	if name, timeout := lookup("TIMEOUT"); timeout != "" {
		if _, err := strconv.ParseUint(timeout, 10, 31); err != nil {
			return false, fmt.Errorf("%s: want a number of milliseconds", name)
		}
	}
	if sampler := strings.TrimSpace(os.Getenv("OTEL_TRACES_SAMPLER")); sampler != "" && !slices.Contains(samplers, strings.ToLower(sampler)) {
		return false, fmt.Errorf("OTEL_TRACES_SAMPLER: want one of %s", strings.Join(samplers, ", "))
	}
	return true, nil
}

var samplers = []string{"always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"}
