package dashboard_test

import (
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestBuiltins(t *testing.T) {
	d := dashboard.Dashboard{Project: "shop", Name: "cpu"}
	start := time.UnixMilli(1_700_000_000_250)
	got := replaced(t, d.Builtins(start, start.Add(90*time.Minute+1500*time.Millisecond)),
		"$__project/$__dashboard $__from $__to $__range $__range_s $__range_ms $__interval")
	if want := "shop/cpu 1700000000250 1700005401750 1h30m1s500ms 5401.5 5401500 $__interval"; got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

func TestReplaceIntervals(t *testing.T) {
	const query = `rate(x[$__rate_interval]) + y[$__interval] ${__interval} $__interval_ms ${__interval_ms} $__range`
	for _, c := range []struct {
		step, minStep time.Duration
		want          string
	}{
		{15 * time.Second, 15 * time.Second, "rate(x[1m]) + y[15s] 15s 15000 15000 $__range"},
		{5 * time.Minute, time.Minute, "rate(x[6m]) + y[5m] 5m 300000 300000 $__range"},
		{90 * time.Second, 30 * time.Second, "rate(x[2m]) + y[1m30s] 1m30s 90000 90000 $__range"},
		{500 * time.Millisecond, 0, "rate(x[500ms]) + y[500ms] 500ms 500 500 $__range"},
	} {
		if got := dashboard.ReplaceIntervals(worktest.Budget(), query, c.step, c.minStep); got != c.want {
			t.Errorf("step %v of at least %v:\n got %s\nwant %s", c.step, c.minStep, got, c.want)
		}
	}
}

func TestFormatDuration(t *testing.T) {
	const day = 24 * time.Hour
	for d, want := range map[time.Duration]string{
		0: "", time.Hour: "1h", 36 * time.Hour: "1d12h", 90 * day: "12w6d", 366 * day: "1y1d", 1250 * time.Millisecond: "1s250ms",
		3661 * time.Second: "1h1m1s",
	} {
		if got := dashboard.FormatDuration(d); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
		if back, ok := dashboard.ParseDuration(want); ok && back != d {
			t.Errorf("%q is read as %v", want, back)
		}
	}
}
