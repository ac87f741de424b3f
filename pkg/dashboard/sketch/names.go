package sketch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/unit"
)

// units are the names that people, and Grafana, have for units (shared/cue/common/migrate/mapping.cue has Grafana's). Upper and
// lower case are told apart, for Bps are bytes and bps bits, and only if there is none, the one in lower case is tried, without
// spaces.
var units = map[string]string{
	"": "", "none": unit.Decimal, "short": unit.Decimal, "number": unit.Decimal, "count": unit.Decimal, "int": unit.Decimal, "locale": unit.Decimal,

	"%": "percent", "percent(0-100)": "percent", "0-100": "percent", "pct": "percent", "percentage": "percent",
	"percent(0-1)": "percent-decimal", "percent(0.0-1.0)": "percent-decimal", "percentunit": "percent-decimal", "ratio": "percent-decimal", "fraction": "percent-decimal", "0-1": "percent-decimal",

	"ns": "nanoseconds", "us": "microseconds", "µs": "microseconds", "μs": "microseconds", "ms": "milliseconds", "msec": "milliseconds", "millis": "milliseconds",
	"s": "seconds", "sec": "seconds", "secs": "seconds", "second": "seconds", "m": "minutes", "min": "minutes", "mins": "minutes", "minute": "minutes",
	"h": "hours", "hr": "hours", "hour": "hours", "d": "days", "day": "days", "dtdurations": "seconds", "dtdurationms": "milliseconds",

	"B": "bytes", "b": "bits", "byte": "bytes", "bytes(iec)": "bytes", "KiB": "bytes", "MiB": "bytes", "GiB": "bytes", "TiB": "bytes",
	"bytes(si)": "decbytes", "kB": "decbytes", "KB": "decbytes", "MB": "decbytes", "GB": "decbytes", "TB": "decbytes", "bit": "bits",
	"B/s": "bytes/sec", "Bps": "bytes/sec", "binBps": "bytes/sec", "bytes/s": "bytes/sec", "KiB/s": "bytes/sec", "MiB/s": "bytes/sec", "GiB/s": "bytes/sec",
	"kB/s": "decbytes/sec", "KB/s": "decbytes/sec", "MB/s": "decbytes/sec", "GB/s": "decbytes/sec",
	"b/s": "bits/sec", "bps": "bits/sec", "bit/s": "bits/sec", "bits/s": "bits/sec", "kbps": "decbits/sec", "Kbps": "decbits/sec", "Mbps": "decbits/sec", "Gbps": "decbits/sec", "binbps": "bits/sec",

	"req/s": "requests/sec", "reqps": "requests/sec", "rps": "requests/sec", "reqs/s": "requests/sec", "requests/s": "requests/sec", "qps": "requests/sec", "queries/s": "requests/sec",
	"ops": "ops/sec", "ops/s": "ops/sec", "iops": "ops/sec", "cps": "counts/sec", "count/s": "counts/sec", "counts/s": "counts/sec", "c/s": "counts/sec", "events/s": "events/sec", "eps": "events/sec",
	"msg/s": "messages/sec", "mps": "messages/sec", "messages/s": "messages/sec", "packets/s": "packets/sec", "pps": "packets/sec",
	"reads/s": "reads/sec", "writes/s": "writes/sec", "wps": "writes/sec", "rows/s": "rows/sec", "rowsps": "rows/sec", "records/s": "records/sec", "recps": "records/sec",

	"$": "usd", "dollar": "usd", "currencyUSD": "usd", "€": "eur", "euro": "eur", "currencyEUR": "eur", "£": "gbp", "currencyGBP": "gbp", "¥": "jpy", "currencyJPY": "jpy",
	"°C": "celsius", "C": "celsius", "°F": "fahrenheit", "F": "fahrenheit",
	"datetime": "datetime-local", "dateTimeAsIso": "datetime-iso", "date": "date-local", "iso": "datetime-iso", "fromnow": "relative-time", "dateTimeFromNow": "relative-time", "timestamp": "unix-timestamp",
}

// calculations are the names that people have for the ways to make one number of a series.
var calculations = map[string]string{
	"avg": "mean", "average": "mean", "latest": "last-number", "current": "last-number", "lastnotnull": "last-number", "now": "last-number", "firstnotnull": "first-number",
	"total": "sum", "minimum": "min", "maximum": "max", "lastnumber": "last-number", "firstnumber": "first-number",
}

// sorts are those of lists of values (spec/go/dashboard/variable), and what people call them.
var (
	sortNames = []string{"none", "alphabetical-asc", "alphabetical-desc", "numerical-asc", "numerical-desc", "alphabetical-ci-asc", "alphabetical-ci-desc"}
	sorts     = map[string]string{
		"asc": "alphabetical-asc", "desc": "alphabetical-desc", "alphabetical": "alphabetical-asc", "alpha": "alphabetical-asc", "az": "alphabetical-asc", "a-z": "alphabetical-asc",
		"numerical": "numerical-asc", "numeric": "numerical-asc", "disabled": "none",
	}
)

// named returns the name that Perses has for a thing: one of known as it is, or what people call it.
func named(field, name string, known []string, people map[string]string) (string, error) {
	if slices.Contains(known, name) {
		return name, nil
	}
	lower := strings.ToLower(strings.ReplaceAll(name, " ", ""))
	for _, other := range []string{people[name], people[strings.ReplaceAll(name, " ", "")], people[lower]} {
		if other != "" {
			return other, nil
		}
	}
	if slices.Contains(known, lower) {
		return lower, nil
	}
	all := known
	if field == "unit" { // of which there are many
		all = []string{"percent-decimal (0-1)", "percent (0-100)", "bytes", "bytes/sec", "bits/sec", "requests/sec", "ops/sec", "seconds", "milliseconds", "decimal and more"}
	}
	return "", fmt.Errorf("%s: there is no %q%s", field, clip(name), orAll(name, known, all))
}

// unitNames and calculationNames are those of Perses.
var (
	unitNames        = unit.Names()
	calculationNames = namesOf(series.Calculations())
)

func unitOf(name string) (string, error) { return named("unit", name, unitNames, units) }

func calculationOf(name string) (string, error) {
	return named("calculation", name, calculationNames, calculations)
}

func sortOf(name string) (string, error) { return named("sort", name, sortNames, sorts) }

func namesOf(calculations []series.Calculation) []string {
	var names []string
	for _, c := range calculations {
		names = append(names, string(c))
	}
	return names
}
