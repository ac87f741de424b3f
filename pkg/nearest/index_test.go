package nearest_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/agnivade/levenshtein"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/work"
)

// plain returns what Names returns, by the distances of all names.
func plain(name string, known []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	if len(name) > 200 {
		return nil
	}
	var near []candidate
	wanted := strings.ToLower(name)
	for _, k := range known {
		have := strings.ToLower(k)
		distance := levenshtein.ComputeDistance(wanted, have)
		contained := wanted != "" && have != "" && (strings.Contains(have, wanted) || strings.Contains(wanted, have))
		if contained || distance <= max(2, len(wanted)/3) {
			near = append(near, candidate{k, distance})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var names []string
	for _, c := range near[:min(len(near), 3)] {
		names = append(names, c.name)
	}
	return names
}

// randomName returns a name of some of the words, which is sometimes misspelt.
func randomName(r *rand.Rand, words []string, count int) string {
	var b strings.Builder
	for range 1 + r.IntN(count) {
		b.WriteString(words[r.IntN(len(words))])
	}
	name := []rune(b.String())
	for range r.IntN(4) {
		if at := r.IntN(len(name) + 1); at < len(name) {
			name[at] = []rune("aé_7Z")[r.IntN(5)]
		} else {
			name = append(name, 'x')
		}
	}
	return string(name)
}

func TestIndexFindsWhatComparingAllFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, words := range [][]string{
		{"a", "b", "ab", "_"},
		{"http_", "request", "_total", "seconds", "apiserver_", "duration_", "Bucket", "node_", "7"},
		{"grün", "straße", "日本", "語", "İ", "a"},
	} {
		for _, count := range []int{2, 5, 20, 60} {
			var known []string
			for range 300 {
				known = append(known, randomName(r, words, count))
			}
			known = append(known, "", "a", "\xff", "日")
			x := nearest.NewIndex(work.New(t.Context(), work.Max), known)
			for range 60 {
				name := randomName(r, words, count)
				want := plain(name, known)
				if got := nearest.Names(name, known); !slices.Equal(got, want) {
					t.Errorf("Names(%q) = %q, want %q", name, got, want)
				}
				budget := work.New(t.Context(), work.Max)
				if got := x.Names(budget, name); !slices.Equal(got, want) || !slices.Equal(x.Names(budget, name), want) {
					t.Errorf("the index has %q for %q, want %q", got, name, want)
				}
			}
		}
	}
}

func FuzzIndex(f *testing.F) {
	f.Add("up", "uo\nup_total\nİup\n\xff")
	f.Fuzz(func(t *testing.T, name, names string) {
		if len(name)*len(names) > 1<<16 { // the plain comparison takes as long
			return
		}
		known := strings.Split(names, "\n")
		budget := work.New(t.Context(), work.Max)
		got := nearest.NewIndex(budget, known).Names(budget, name)
		if want := plain(name, known); !slices.Equal(got, want) {
			t.Errorf("%q among %q: got %q, want %q", name, known, got, want)
		}
		if most := int64(1000 + 4*len(names) + 20*len(known)); budget.Used() > most {
			t.Errorf("%d units for %d bytes, want at most %d", budget.Used(), len(names), most)
		}
	})
}

// TestManyMissingNames has a dashboard that asks another datasource than it was made for: none of its metrics is among a
// hundred thousand names, or two hundred thousand long ones.
func TestManyMissingNames(t *testing.T) {
	const share = 5 // of the budget of a call, one part
	words := strings.Fields("http grpc request response duration seconds bytes total count bucket sum queue worker cache disk node pod container memory cpu network receive transmit error failure success latency pending active idle open closed limit usage ratio database query transaction connection pool client server proxy gateway")
	r := rand.New(rand.NewPCG(3, 4))
	name := func(count int) string {
		var of []string
		for range count {
			of = append(of, words[r.IntN(len(words))])
		}
		return strings.Join(of, "_")
	}
	for about, c := range map[string]struct {
		known  func(i int) string
		wanted func(i int) string
		count  int
	}{
		"words": {func(int) string { return name(4) }, func(int) string { return "old_" + name(4) }, 100_000},
		"numbers": {func(i int) string { return fmt.Sprintf("service_number_with_a_long_name_%06d_http_requests_total", i) }, func(i int) string {
			return fmt.Sprintf("service_number_with_a_long_nam_%06dx_http_requests_total", 3*i)
		}, 200_000},
		"numbers alone": {func(i int) string { return fmt.Sprintf("metric_%06d", i) }, func(i int) string { return fmt.Sprintf("gone_%d", i) }, 100_000},
		"none": {func(i int) string { return fmt.Sprintf("service_number_with_a_long_name_%06d_http_requests_total", i) }, func(i int) string {
			return fmt.Sprintf("container_network_receive_%d_bytes_of_another_exporter_total", i)
		}, 200_000},
	} {
		var known []string
		for i := range c.count {
			known = append(known, c.known(i))
		}
		budget := work.New(t.Context(), work.Max)
		x := nearest.NewIndex(budget, known)
		built := budget.Used()
		found := 0
		for i := range 60 {
			found += len(x.Names(budget, c.wanted(i)))
		}
		t.Logf("%s: %d found, %d units, of which %d for the index", about, found, budget.Used(), built)
		if budget.Used() > work.Max/share {
			t.Errorf("%s: %d units of %d are used", about, budget.Used(), work.Max)
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	var known []string
	for i := range 200_000 {
		known = append(known, fmt.Sprintf("service_number_with_a_long_name_%06d_http_requests_total", i))
	}
	b.Run("made", func(b *testing.B) {
		for b.Loop() {
			budget := work.New(b.Context(), 1<<40)
			nearest.NewIndex(budget, known)
			b.ReportMetric(float64(budget.Used()*10), "units-ns/op")
		}
	})
	for about, wanted := range map[string]string{"numbers": "service_number_with_a_long_nam_%06dx_http_requests_total", "none": "container_network_receive_%d_bytes_of_another_exporter_total"} {
		b.Run(about, func(b *testing.B) {
			budget := work.New(b.Context(), 1<<40)
			x := nearest.NewIndex(budget, known)
			before := budget.Used()
			i := 0
			for b.Loop() {
				x.Names(budget, fmt.Sprintf(wanted, i))
				i++
			}
			b.ReportMetric(float64(budget.Used()-before)*10/float64(i), "units-ns/op")
		})
	}
}

// TestIndexWithoutBudget searches with budgets that end while the index is made or searched: what is found by then is known.
func TestIndexWithoutBudget(t *testing.T) {
	known := make([]string, 1000)
	for i := range known {
		known[i] = fmt.Sprintf("kube_pod_%d", i)
	}
	for max := range int64(30_000) {
		if max%500 != 0 {
			continue
		}
		budget := work.New(t.Context(), max)
		for _, name := range nearest.NewIndex(budget, known).Names(budget, "kube_pd_1") {
			if !slices.Contains(known, name) {
				t.Fatalf("with %d units: got %q", max, name)
			}
		}
	}
}
