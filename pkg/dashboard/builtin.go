package dashboard

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/perses/mcp-server/pkg/work"
)

// Builtins returns the built-in variables for a time range. They take precedence over other variables of the same name
// (dashboards/src/context/VariableProvider/VariableProvider.tsx and views/ViewDashboard/ViewDashboard.tsx).
func (d Dashboard) Builtins(start, end time.Time) Values {
	milliseconds := end.UnixMilli() - start.UnixMilli()
	return Values{
		"__dashboard": Single(d.Name),
		"__project":   Single(d.Project),
		"__from":      Single(strconv.FormatInt(start.UnixMilli(), 10)),
		"__to":        Single(strconv.FormatInt(end.UnixMilli(), 10)),
		"__range":     Single(FormatDuration(time.Duration(milliseconds) * time.Millisecond)),
		"__range_s":   Single(strconv.FormatFloat(float64(milliseconds)/1000, 'f', -1, 64)),
		"__range_ms":  Single(strconv.FormatInt(milliseconds, 10)),
	}
}

// ReplaceIntervals replaces the variables of a PromQL query that depend on the step and the minimum step: $__interval,
// $__interval_ms and $__rate_interval. The UI replaces them before all other variables
// (prometheus/src/plugins/prometheus-time-series-query/replace-prom-builtin-variables.ts).
func ReplaceIntervals(budget *work.Budget, promQL string, step, minStep time.Duration) string {
	for _, v := range []struct {
		name  string // longer names come before their prefixes
		value string
	}{
		{"__interval_ms", strconv.FormatFloat(float64(step)/float64(time.Millisecond), 'f', -1, 64)},
		{"__interval", FormatDuration(step)},
		{"__rate_interval", FormatDuration(max(step+minStep, 4*minStep))},
	} {
		promQL, _ = Single(v.value).replace(budget, promQL, v.name, "") // the value is too short for an error
	}
	return promQL
}

// FormatDuration formats a duration as Perses does, with units from years of 365 days down to milliseconds: 1d12h, 1m30s. A zero
// duration is the empty string (spec/ts/src/common/duration.ts).
func FormatDuration(d time.Duration) string {
	const day = 24 * time.Hour
	var b strings.Builder
	d = d.Round(time.Millisecond)
	for _, unit := range []struct {
		size   time.Duration
		symbol string
	}{{365 * day, "y"}, {7 * day, "w"}, {day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}, {time.Millisecond, "ms"}} {
		if count := d / unit.size; count != 0 {
			fmt.Fprintf(&b, "%d%s", count, unit.symbol)
			d -= count * unit.size
		}
	}
	return b.String()
}
