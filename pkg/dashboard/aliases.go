package dashboard

import (
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/unit"
)

// unitAliases are the names that people and Grafana use for units (for Grafana's, see shared/cue/common/migrate/mapping.cue).
// They are looked up as written first, since Bps are bytes and bps are bits.
var unitAliases = map[string]string{
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

// calculationAliases are the names that people use for calculations.
var calculationAliases = map[string]string{
	"avg": "mean", "average": "mean", "mean()": "mean", "latest": "last-number", "lastvalue": "last-number", "current": "last-number", "lastnotnull": "last-number", "now": "last-number", "firstnotnull": "first-number",
	"total": "sum", "minimum": "min", "maximum": "max", "lastnumber": "last-number", "firstnumber": "first-number",
}

// sortAliases are the names that people use for the orders of variable values.
var sortAliases = map[string]string{
	"asc": "alphabetical-asc", "desc": "alphabetical-desc", "alphabetical": "alphabetical-asc", "alpha": "alphabetical-asc", "az": "alphabetical-asc", "a-z": "alphabetical-asc",
	"numerical": "numerical-asc", "numeric": "numerical-asc", "disabled": "none",
}

// fieldAliases are the names that other tools use for fields of plugin specs.
var fieldAliases = map[string]string{
	"expr": "query", "expression": "query", "legendformat": "seriesNameFormat", "legend_format": "seriesNameFormat", "interval": "minStep", "step": "minStep",
	"label": "labelName", "content": "text", "unit": "format.unit", "decimals": "format.decimalPlaces",
}

// panelAliases are the names that other tools use for panel kinds.
var panelAliases = map[string]string{
	"graph": "TimeSeriesChart", "linechart": "TimeSeriesChart", "line": "TimeSeriesChart", "singlestat": "StatChart", "text": "Markdown",
}

// Sorts returns the orders of variable values (spec/go/dashboard/variable/list.go).
func Sorts() []string {
	return []string{"none", "alphabetical-asc", "alphabetical-desc", "numerical-asc", "numerical-desc", "alphabetical-ci-asc", "alphabetical-ci-desc"}
}

// UnitByAlias returns the unit for an alias, "" if there is none.
func UnitByAlias(name string) string { return byAlias(unitAliases, name) }

// CalculationByAlias returns the calculation for an alias, "" if there is none.
func CalculationByAlias(name string) string { return byAlias(calculationAliases, name) }

// SortByAlias returns the order of variable values for an alias, "" if there is none.
func SortByAlias(name string) string { return byAlias(sortAliases, name) }

// FieldByAlias returns the field of a plugin spec for an alias, "" if there is none.
func FieldByAlias(name string) string { return byAlias(fieldAliases, name) }

// byAlias looks up a name as written, then without spaces, then in lower case as well.
func byAlias(names map[string]string, name string) string {
	plain := strings.ReplaceAll(name, " ", "")
	for _, as := range []string{name, plain, strings.ToLower(plain)} {
		if other := names[as]; other != "" {
			return other
		}
	}
	return ""
}

// Suggest returns the known name that an unknown one probably means: the one that it is an alias for, or else the one with the
// most similar spelling; "" if there is none.
func Suggest(name string, known []string) string {
	for _, names := range []map[string]string{unitAliases, calculationAliases, sortAliases, fieldAliases, panelAliases} {
		if other := byAlias(names, name); other != "" && slices.Contains(known, other) {
			return other
		}
	}
	return nearest.Meant(name, known)
}
