package unit_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/perses/mcp-server/pkg/unit"
)

func TestTicks(t *testing.T) {
	for _, c := range []struct {
		unit      string
		low, high float64
		most      int
		want      []string
	}{
		{"decimal", 0, 10, 5, []string{"0", "2", "4", "6", "8", "10"}},
		{"decimal", 0, 0.3, 3, []string{"0", "0.1", "0.2", "0.3"}},
		{"decimal", -3, 7.5, 6, []string{"-2", "0", "2", "4", "6"}},
		{"decimal", 12345, 98765, 5, []string{"20K", "40K", "60K", "80K"}},
		{"percent-decimal", 0, 1, 4, []string{"0%", "50%", "100%"}},
		{"bytes", 0, 3 << 20, 4, []string{"0 bytes", "1 MiB", "2 MiB", "3 MiB"}},
		{"bytes", 0, 900, 4, []string{"0 bytes", "256 bytes", "512 bytes", "768 bytes"}},
		{"decbytes", 0, 3e6, 4, []string{"0 bytes", "1 MB", "2 MB", "3 MB"}},
		{"bits/sec", 0, 10 << 10, 3, []string{"0 bits/sec", "4 Kib/s", "8 Kib/s"}},
		{"seconds", 0, 3600, 4, []string{"0s", "15m", "30m", "45m", "1h"}},
		{"milliseconds", 0, 90e3, 4, []string{"0s", "30s", "1m", "1.5m"}},
		{"seconds", 0, 0.004, 4, []string{"0s", "1ms", "2ms", "3ms", "4ms"}},
		{"hours", 0, 96, 4, []string{"0s", "1d", "2d", "3d", "4d"}},
		{"years", 0, 30, 3, []string{"0s", "10 years", "20 years", "30 years"}},
		{"decimal", 5, 5, 4, nil},
		{"decimal", 9, 5, 4, nil},
		{"decimal", 0, 1, 0, []string{"0", "1"}},
		{"decimal", 0, math.Inf(1), 4, nil},
		{"decimal", math.NaN(), 1, 4, nil},
	} {
		t.Run(fmt.Sprintf("%s %v to %v in %d", c.unit, c.low, c.high, c.most), func(t *testing.T) {
			f := unit.Format{Unit: c.unit}
			var got []string
			for _, tick := range f.Ticks(c.low, c.high, c.most) {
				got = append(got, f.Text(tick))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// FuzzTicks looks for spans that are cut into too many parts, or out of order.
func FuzzTicks(f *testing.F) {
	f.Add(0.0, 1.0, 5, "bytes")
	f.Add(1e300, 1e300+1e285, 5, "seconds")
	f.Add(-5e-324, 5e-324, 1, "decimal")
	f.Fuzz(func(t *testing.T, low, high float64, most int, name string) {
		most = min(most, 1000)
		ticks := unit.Format{Unit: name}.Ticks(low, high, most)
		if len(ticks) > max(most, 1)+1 {
			t.Errorf("%v to %v in %d: %d ticks", low, high, most, len(ticks))
		}
		if !slices.IsSorted(ticks) {
			t.Errorf("%v to %v: %v", low, high, ticks)
		}
	})
}
