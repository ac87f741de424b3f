package panel

import (
	"testing"
	"time"
)

func TestSuggestedStep(t *testing.T) {
	start := time.Unix(1_700_000_000, 0)
	for _, c := range []struct {
		length time.Duration
		pixels int
		want   time.Duration
	}{
		{time.Hour, 715, 5 * time.Second},
		{time.Hour, 1440, 2 * time.Second},
		{6 * time.Hour, 715, 30 * time.Second},
		{24 * time.Hour, 715, 2 * time.Minute},
		{7 * day, 715, 20 * time.Minute}, // 846 s; the step of 15 minutes is never taken
		{30 * day, 715, time.Hour},
		{time.Second, 715, 10 * time.Millisecond},
		{0, 715, 10 * time.Millisecond},
		{time.Hour, 0, time.Hour},
		{10 * 365 * day, 1, 15 * time.Second}, // as in the UI, which has no step for that
	} {
		if got := suggestedStep(start, start.Add(c.length), c.pixels); got != c.want {
			t.Errorf("%v in %d pixels: got %v, want %v", c.length, c.pixels, got, c.want)
		}
	}
}

func TestAligned(t *testing.T) {
	at := func(text string) time.Time {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for _, c := range []struct {
		start, end         string
		minStep, suggested time.Duration
		want               string
	}{
		{"2026-01-02T03:04:05.6Z", "2026-01-02T04:04:05.6Z", 15 * time.Second, 5 * time.Second, "03:04:00 04:04:00 15s"},
		{"2026-01-02T03:04:05Z", "2026-01-02T04:04:05Z", 0, 2 * time.Minute, "03:04:00 04:04:00 2m0s"},
		{"2026-01-02T03:04:05Z", "2026-01-02T03:04:35Z", time.Minute, 10 * time.Millisecond, "03:04:00 03:05:00 1m0s"},
		{"2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z", 0, 10 * time.Millisecond, "03:04:05 03:04:05.01 10ms"},
		{"2026-01-01T00:00:00Z", "2026-01-09T00:00:00Z", time.Second, time.Second, "00:00:00 23:59:40 1m10s"}, // 691,200 s: 10,000 points would be 69.12 s apart
		{"1969-12-31T23:59:50Z", "1970-01-01T00:00:10Z", 15 * time.Second, 0, "23:59:45 00:00:00 15s"},
	} {
		r := aligned(at(c.start), at(c.end), c.minStep, c.suggested)
		const layout = "15:04:05.999"
		if got := r.Start.Format(layout) + " " + r.End.Format(layout) + " " + r.Step.String(); got != c.want {
			t.Errorf("%s to %s, at least %v, better %v: got %s, want %s", c.start, c.end, c.minStep, c.suggested, got, c.want)
		}
	}
}

func TestWidthOf(t *testing.T) {
	for columns, want := range map[int]int{24: 1440, 12: 715, 6: 353, 1: 50} {
		if got := widthOf(columns, 1440); got != want {
			t.Errorf("%d columns: got %d pixels, want %d", columns, got, want)
		}
	}
}
