package sketch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/unit"
)

// named returns the name that Perses has for a thing: one of known as it is, or what people call it.
func named(field, name string, known []string, called func(string) string) (string, error) {
	if slices.Contains(known, name) {
		return name, nil
	}
	if other := called(name); other != "" {
		return other, nil
	}
	if lower := strings.ToLower(strings.ReplaceAll(name, " ", "")); slices.Contains(known, lower) {
		return lower, nil
	}
	if field == "unit" { // of which there are many
		if dashboard.Suggest(name, known) == "" { // gbp is no nearer to mb than any other
			known = nil
		}
		return "", fmt.Errorf("%s: there is no %q%s", field, clip(name), orAll(name, known, commonUnits))
	}
	// The name that is nearest in letters may be another thing: no median is a mean.
	said := "; there are "
	if near := nearest.Names(name, known); len(near) > 0 {
		said = ". Nearest: " + near[0] + ", of "
	}
	return "", fmt.Errorf("%s: there is no %q%s%s", field, clip(name), said, strings.Join(known, ", "))
}

// commonUnits are those that a dashboard has most often.
var commonUnits = []string{"percent-decimal (0-1)", "percent (0-100)", "bytes", "bytes/sec", "bits/sec", "requests/sec", "ops/sec", "seconds", "milliseconds", "decimal and more"}

// unitNames and calculationNames are those of Perses.
var (
	unitNames        = unit.Names()
	calculationNames = namesOf(series.Calculations())
)

func unitOf(name string) (string, error) {
	return named("unit", name, unitNames, dashboard.UnitByAlias)
}

func calculationOf(name string) (string, error) {
	return named("calculation", name, calculationNames, dashboard.CalculationByAlias)
}

func sortOf(name string) (string, error) {
	return named("sort", name, dashboard.Sorts(), dashboard.SortByAlias)
}

func namesOf(calculations []series.Calculation) []string {
	var names []string
	for _, c := range calculations {
		names = append(names, string(c))
	}
	return names
}
