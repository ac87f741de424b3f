package grafana

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// The placeholders of Perses' migration (internal/api/plugin/migrate/panel.go and variable.go, and
// prometheus/schemas/prometheus-promql/migrate).
const (
	unsupportedPanel = "**Migration from Grafana not supported !**"
	unsupportedQuery = "migration_from_grafana_not_supported"
)

var unsupportedVariable = []any{"grafana", "migration", "not", "supported"}

// Report describes the result of a migration for people.
type Report struct {
	Panels, Variables int      // the numbers of those that work as before
	NotMigrated       []string // panels, queries and variables that are placeholders or cannot work
	Fixed             []string // what Perses' migration alone gets wrong or leaves out
	Lost              []string // what is missing from the migrated dashboard
}

// Available is what the migrated dashboard can use in Perses.
type Available struct {
	Plugins   []string
	Variables []string // of the project and global ones
}

// migration is the state of fixing a migrated dashboard.
type migration struct {
	Source
	spec   object
	chosen map[string]Target
	Available
	datasourceVariables map[string]bool // the variables that choose a datasource, as ${name}
	referenced          map[string]bool // the variables that the migrated dashboard refers to
	failed              map[string]bool // the keys of panels that do not work as before
	notMigrated, fixed  *notes
}

// Fix adds to a dashboard that Perses has migrated what its migration left out or got wrong, and reports on the result. chosen
// is the result of MapDatasources. The document keeps the name and project that Perses gave it.
func (s Source) Fix(budget *work.Budget, migrated json.RawMessage, chosen map[string]Target, available Available) (json.RawMessage, Report, error) {
	if !budget.Spend(perByte * len(migrated)) {
		return nil, Report{}, budgetError(budget)
	}
	root, _ := decoded(migrated).(object)
	spec, ok := root["spec"].(object)
	if !ok {
		return nil, Report{}, errors.New("the result of Perses' migration is not a dashboard")
	}
	m := &migration{Source: s, spec: spec, chosen: chosen, Available: available, failed: map[string]bool{}, notMigrated: &notes{}, fixed: &notes{}}
	m.datasourceVariables = m.migratedDatasourceVariables()
	panels, _ := spec["panels"].(object)
	for _, p := range s.panels {
		made, ok := at(panels, p.key, "spec").(object)
		if !ok {
			m.notMigrated.add("panels that Perses' migration left out", p.name())
			m.failed[p.key] = true
			continue
		}
		m.panel(p, made)
	}
	variables := m.fixVariables()
	m.settings()
	m.repeats()
	m.places()
	document, err := json.Marshal(root)
	return document, Report{
		Panels: len(s.panels) - len(m.failed), Variables: variables,
		NotMigrated: m.notMigrated.lines(), Fixed: m.fixed.lines(), Lost: m.lost.lines(),
	}, err
}

// has reports whether all of these plugins are available.
func (m *migration) has(plugins ...string) bool {
	return !slices.ContainsFunc(plugins, func(p string) bool { return !slices.Contains(m.Plugins, p) })
}

// fail notes that a panel does not work as before, and why.
func (m *migration) fail(p panel, why string) {
	m.notMigrated.add(why, p.name())
	m.failed[p.key] = true
}

// settings migrates the settings of the dashboard as a whole, and notes what is lost.
func (m *migration) settings() {
	display, ok := m.spec["display"].(object)
	if !ok {
		display = object{}
	}
	if description := text(m.root["description"]); description != "" && display["description"] == nil {
		display["description"] = description
		m.fixed.add("description kept", "")
	}
	if text(display["name"]) != "" || display["description"] != nil {
		m.spec["display"] = display
	}
	from, to := text(at(m.root, "time", "from")), text(at(m.root, "time", "to"))
	duration, ok := strings.CutPrefix(from, "now-")
	if parsed, valid := dashboard.ParseDuration(duration); ok && valid && parsed > 0 && to == "now" {
		m.spec["duration"] = duration
		m.fixed.add("time range set: "+duration, "")
	} else if from != "" || to != "" {
		m.lost.add(fmt.Sprintf("time range %q to %q, because Perses supports only time ranges that end now; it is %v", clip(from), clip(to), m.spec["duration"]), "")
	}
	if refresh := text(m.root["refresh"]); refresh != "" {
		if parsed, valid := dashboard.ParseDuration(refresh); valid && parsed > 0 {
			m.spec["refreshInterval"] = refresh
			m.fixed.add("refresh set: "+refresh, "")
		} else {
			m.lost.add(fmt.Sprintf("refresh %q", clip(refresh)), "")
		}
	}
	if zone := text(m.root["timezone"]); zone != "" && zone != "browser" {
		if zone == "utc" {
			zone = "UTC"
		}
		m.spec["timezone"] = zone
		m.fixed.add("time zone set: "+clip(zone), "")
	}
	for _, a := range objectsOf(at(m.root, "annotations", "list")) {
		if builtIn := a["builtIn"]; builtIn == nil || builtIn == json.Number("0") {
			m.lost.add("annotations", fmt.Sprintf("%q", clip(text(a["name"]))))
		}
	}
	for _, link := range objectsOf(m.root["links"]) {
		if text(link["url"]) == "" {
			m.lost.add("links to dashboards by tag", fmt.Sprintf("%q", clip(text(link["title"]))))
		}
	}
}
