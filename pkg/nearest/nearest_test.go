package nearest_test

import (
	"slices"
	"testing"

	"github.com/perses/mcp-server/pkg/nearest"
)

func TestNames(t *testing.T) {
	known := []string{"project", "prefix", "cursor", "node-exporter", "node-exporter-full"}
	for _, c := range []struct {
		name string
		want []string
	}{
		{"projct", []string{"project"}},
		{"Prefix", []string{"prefix"}},
		{"exporter", []string{"node-exporter", "node-exporter-full"}},
		{"zzzzzzzz", nil},
		{"", nil},
	} {
		if got := nearest.Names(c.name, known); !slices.Equal(got, c.want) {
			t.Errorf("Names(%q) = %q, want %q", c.name, got, c.want)
		}
	}
}
