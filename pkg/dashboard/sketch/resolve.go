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

// resolve returns the name that Perses uses: one of the known names, or the one that an alias stands for.
func resolve(field, name string, known []string, byAlias func(string) string) (string, error) {
	if slices.Contains(known, name) {
		return name, nil
	}
	if other := byAlias(name); other != "" {
		return other, nil
	}
	if lower := strings.ToLower(strings.ReplaceAll(name, " ", "")); slices.Contains(known, lower) {
		return lower, nil
	}
	if field == "unit" { // there are too many units to list
		if dashboard.Suggest(name, known) == "" { // the nearest names would only mislead, such as mb for gbp
			known = nil
		}
		return "", fmt.Errorf("%s: there is no %q%s", field, clip(name), alternatives(name, known, commonUnits))
	}
	// List all names, because the one with the nearest spelling may mean something else: a median is not a mean.
	choices := "; use one of "
	if near := nearest.Names(name, known); len(near) > 0 {
		choices = ". Nearest: " + near[0] + "; use one of "
	}
	return "", fmt.Errorf("%s: there is no %q%s%s", field, clip(name), choices, strings.Join(known, ", "))
}

// commonUnits are the units that dashboards use most.
var commonUnits = []string{"percent-decimal (0-1)", "percent (0-100)", "bytes", "bytes/sec", "bits/sec", "requests/sec", "ops/sec", "seconds", "milliseconds", "decimal and more"}

// The names that Perses accepts.
var (
	unitNames        = unit.Names()
	calculationNames = namesOf(series.Calculations())
)

func unitOf(name string) (string, error) {
	return resolve("unit", name, unitNames, dashboard.UnitByAlias)
}

func calculationOf(name string) (string, error) {
	return resolve("calculation", name, calculationNames, dashboard.CalculationByAlias)
}

func sortOf(name string) (string, error) {
	return resolve("sort", name, dashboard.Sorts(), dashboard.SortByAlias)
}

func namesOf(calculations []series.Calculation) []string {
	var names []string
	for _, c := range calculations {
		names = append(names, string(c))
	}
	return names
}
