package chart

import (
	"slices"
	"testing"
	"time"
)

func TestTimeTicks(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	kolkata, err := time.LoadLocation("Asia/Kolkata")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name       string
		start, end time.Time
		count      int
		want       []string
	}{
		{"an hour", noon.Add(-time.Hour), noon, 6, []string{"11:00", "11:10", "11:20", "11:30", "11:40", "11:50", "12:00"}},
		{"an hour that begins anywhere", noon.Add(-64 * time.Minute), noon.Add(-4 * time.Minute), 4, []string{"11:00", "11:15", "11:30", "11:45"}},
		{"half an hour off", noon.Add(-6 * time.Hour).In(kolkata), noon.In(kolkata), 6, []string{"12:00", "13:00", "14:00", "15:00", "16:00", "17:00"}},
		{"across midnight", noon.Add(-18 * time.Hour), noon, 6, []string{"18:00", "21:00", "03/12", "03:00", "06:00", "09:00", "12:00"}},
		{"seconds", noon.Add(-50 * time.Second), noon, 5, []string{"11:59:10", "11:59:20", "11:59:30", "11:59:40", "11:59:50", "12:00"}},
		{"milliseconds", noon.Add(-time.Second), noon, 2, []string{"11:59:59", "11:59:59.500", "12:00"}},
		{"the clock set forward", time.Date(2025, 3, 30, 0, 0, 0, 0, berlin), time.Date(2025, 3, 30, 6, 0, 0, 0, berlin), 6,
			[]string{"03/30", "01:00", "03:00", "04:00", "05:00", "06:00"}},
		{"the clock set back", time.Date(2025, 10, 26, 0, 0, 0, 0, berlin), time.Date(2025, 10, 26, 5, 0, 0, 0, berlin), 6,
			[]string{"10/26", "01:00", "02:00", "03:00", "04:00", "05:00"}},
		{"three days", noon.AddDate(0, 0, -3), noon, 6, []string{"03/09 12:00", "03/10 00:00", "03/10 12:00", "03/11 00:00", "03/11 12:00", "03/12 00:00", "03/12 12:00"}},
		{"three weeks", noon.AddDate(0, 0, -21), noon, 5, []string{"02/21", "02/25", "03/01", "03/05", "03/09"}},
		{"two months", noon.AddDate(0, -2, 0), noon, 5, []string{"01/15", "02/01", "02/15", "03/01"}},
		{"a year", noon.AddDate(-1, 0, 0), noon, 6, []string{"May", "Jul", "Sep", "Nov", "Jan 2025", "Mar"}},
		{"four years", noon.AddDate(-4, 0, 0), noon, 8, []string{"Jul 2021", "Jan 2022", "Jul 2022", "Jan 2023", "Jul 2023", "Jan 2024", "Jul 2024", "Jan 2025"}},
		{"a century", noon.AddDate(-100, 0, 0), noon, 5, []string{"1940", "1960", "1980", "2000", "2020"}},
		{"no time", noon, noon, 5, nil},
		{"no room", noon.Add(-time.Hour), noon, 0, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, tick := range timeTicks(c.start, c.end, c.count) {
				got = append(got, tick.label)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// FuzzTimeTicks looks for ticks that are many, outside or out of order.
func FuzzTimeTicks(f *testing.F) {
	zones := []string{"UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "America/Sao_Paulo"}
	f.Add(int64(1741780800), int64(3600), uint8(6), uint8(1))
	f.Add(int64(1325152800), int64(6*86400), uint8(6), uint8(4))
	f.Add(int64(1539399600), int64(2*86400), uint8(12), uint8(5))
	f.Fuzz(func(t *testing.T, start, seconds int64, count, zone uint8) {
		location, err := time.LoadLocation(zones[int(zone)%len(zones)])
		if err != nil {
			t.Fatal(err)
		}
		from := time.Unix(start%(1<<33), 0).In(location)
		to := from.Add(time.Duration(seconds%(1<<32)) * time.Second)
		ticks := timeTicks(from, to, int(count%20))
		if len(ticks) > 3*int(count%20)+3 {
			t.Errorf("%v to %v: %d ticks", from, to, len(ticks))
		}
		last := from.Add(-1)
		for _, tick := range ticks {
			if !tick.at.After(last) || tick.at.After(to) {
				t.Errorf("%v to %v: %v after %v", from, to, tick.at, last)
			}
			last = tick.at
		}
	})
}
