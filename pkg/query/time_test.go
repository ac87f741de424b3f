package query

import (
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"now": "2026-03-01T12:00:00Z", " now ": "2026-03-01T12:00:00Z", "now-1h": "2026-03-01T11:00:00Z", "now - 1d": "2026-02-28T12:00:00Z",
		"now+5m": "2026-03-01T12:05:00Z", "30m": "2026-03-01T11:30:00Z", "1h30m": "2026-03-01T10:30:00Z", "1w": "2026-02-22T12:00:00Z", "15m ago": "2026-03-01T11:45:00Z",
		"2026-02-28T10:00:00Z": "2026-02-28T10:00:00Z", "2026-02-28T10:00:00.5+02:00": "2026-02-28T08:00:00.5Z",
		"1767225600": "2026-01-01T00:00:00Z", "1767225600.25": "2026-01-01T00:00:00.25Z", "1767225600000": "2026-01-01T00:00:00Z", "0": "1970-01-01T00:00:00Z",
	} {
		got, err := ParseTime(text, now)
		if err != nil || FormatTime(got) != want {
			t.Errorf("%q: got %s, %v, want %s", text, FormatTime(got), err, want)
		}
	}
	for _, text := range []string{"", "yesterday", "now-", "now*1h", "now-1", "now-1h ago", "ago", "-1h", "1 hour", "NaN", "1e300", "-1", "2026-02-30T00:00:00Z", "12:00", strings.Repeat("9", 500)} {
		if got, err := ParseTime(text, now); err == nil || !strings.Contains(err.Error(), "now-1h") || len(err.Error()) > 400 {
			t.Errorf("%q: got %s, %v, want an error that says what is accepted", text, got, err)
		}
	}
}

func FuzzParseTime(f *testing.F) {
	for _, text := range []string{"now-1h", "2026-02-28T10:00:00Z", "1767225600.25", "1e12", "30m"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseTime(text, now)
		if err != nil {
			return
		}
		again, err := ParseTime(FormatTime(got), now)
		if err != nil || !again.Equal(got.Truncate(time.Millisecond)) {
			t.Errorf("%q is %s, which is read as %s, %v", text, FormatTime(got), again, err)
		}
	})
}

func TestNewRange(t *testing.T) {
	for _, c := range []struct {
		length, step, scrape, want time.Duration
	}{
		{time.Hour, 0, 15 * time.Second, 15 * time.Second},
		{time.Hour, 0, time.Minute, time.Minute},
		{24 * time.Hour, 0, time.Minute, 10 * time.Minute},
		{5 * time.Minute, 0, time.Minute, 30 * time.Second},
		{365 * 24 * time.Hour, 0, time.Minute, 2 * 24 * time.Hour},
		{time.Hour, 7 * time.Second, time.Minute, 7 * time.Second},
		{time.Second, 0, time.Minute, time.Second},
		{11_000 * time.Second, time.Second + time.Millisecond, 0, time.Second + time.Millisecond},
	} {
		r, err := NewRange(now.Add(-c.length), now, c.step, c.scrape)
		if err != nil || r.Step != c.want {
			t.Errorf("%s, step %s, scraped every %s: got %s, %v, want %s", c.length, c.step, c.scrape, r.Step, err, c.want)
		}
	}
	for _, c := range []struct {
		start time.Time
		step  time.Duration
		want  string
	}{
		{now, 0, "start (2026-03-01T12:00:00Z) is not before end (2026-03-01T12:00:00Z)"},
		{now.Add(time.Hour), 0, "start (2026-03-01T13:00:00Z) is not before end (2026-03-01T12:00:00Z)"},
		{now.Add(-1_000_000 * time.Second), time.Millisecond, "step: 1ms from 2026-02-17T22:13:20Z to 2026-03-01T12:00:00Z makes 1000000001 points of each series, more than the 11000 that there can be: take a step of 2m or more, or leave it out"},
	} {
		if _, err := NewRange(c.start, now, c.step, time.Minute); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestParseStep(t *testing.T) {
	for text, want := range map[string]time.Duration{"30s": 30 * time.Second, "5m": 5 * time.Minute, "15": 15 * time.Second, "0.5": 500 * time.Millisecond, "1h30m": 90 * time.Minute} {
		if got, err := ParseStep(text); err != nil || got != want {
			t.Errorf("%q: got %s, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "0s", "-1", "NaN", "1e99", "soon", "0.0001"} {
		if got, err := ParseStep(text); err == nil {
			t.Errorf("%q: got %s, want an error", text, got)
		}
	}
}
