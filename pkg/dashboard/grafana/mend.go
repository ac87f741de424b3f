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

// What Perses' migration puts where it knows nothing better (internal/api/plugin/migrate/panel.go and variable.go, and
// prometheus/schemas/prometheus-promql/migrate).
const (
	unsupportedPanel = "**Migration from Grafana not supported !**"
	unsupportedQuery = "migration_from_grafana_not_supported"
)

var unsupportedVariable = []any{"grafana", "migration", "not", "supported"}

// Report is what became of a dashboard, for a person.
type Report struct {
	Panels, Variables int      // that work as they did
	NotMigrated       []string // panels, queries and variables in whose place there is a placeholder, or what cannot work
	Mended            []string // what Perses alone would have left wrong or out
	Lost              []string // what is not there any more
}

// Here is what there is in the Perses that has migrated a dashboard.
type Here struct {
	Plugins   []string // their names
	Variables []string // the names of those outside of the dashboard that it can use
}

// mending is one migrated dashboard on its way to what it should be.
type mending struct {
	Source
	spec   object
	chosen map[string]Target
	Here
	choosing                map[string]bool // the variables that choose a datasource there, as ${name}
	named                   map[string]bool // the variables that texts of the migrated dashboard name
	failed                  map[string]bool // the keys of panels that do not work as they did
	notMigrated, fixed, out *notes
}

// Mend puts into the dashboard that Perses' migration has made what it left out or got wrong, and says what became of all.
// chosen is what Choose says of the datasources. The document keeps the name and project that Perses gave it.
func (s Source) Mend(budget *work.Budget, migrated json.RawMessage, chosen map[string]Target, here Here) (json.RawMessage, Report, error) {
	if !budget.Spend(ofByte * len(migrated)) {
		return nil, Report{}, unread(budget)
	}
	root, _ := decoded(migrated).(object)
	spec, ok := root["spec"].(object)
	if !ok {
		return nil, Report{}, errors.New("what Perses made of it is no dashboard")
	}
	m := &mending{Source: s, spec: spec, chosen: chosen, Here: here, failed: map[string]bool{}, notMigrated: &notes{}, fixed: &notes{}, out: s.lost}
	m.choosing = m.migratedChoices()
	panels, _ := spec["panels"].(object)
	for _, p := range s.panels {
		made, ok := at(panels, p.key, "spec").(object)
		if !ok {
			m.notMigrated.add("panels that Perses left out", p.name())
			m.failed[p.key] = true
			continue
		}
		m.panel(p, made)
	}
	variables := m.mendVariables()
	m.general()
	m.repeats()
	m.places()
	document, err := json.Marshal(root)
	return document, Report{
		Panels: len(s.panels) - len(m.failed), Variables: variables,
		NotMigrated: m.notMigrated.lines(), Mended: m.fixed.lines(), Lost: m.out.lines(),
	}, err
}

// has tells whether the Perses has all of these plugins.
func (m *mending) has(plugins ...string) bool {
	return !slices.ContainsFunc(plugins, func(p string) bool { return !slices.Contains(m.Plugins, p) })
}

// fail notes that a panel does not work as it did, and why.
func (m *mending) fail(p panel, why string) {
	m.notMigrated.add(why, p.name())
	m.failed[p.key] = true
}

// general sets what Perses takes of the dashboard as a whole, and notes what it does not.
func (m *mending) general() {
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
		m.out.add(fmt.Sprintf("time range %q to %q: Perses has only durations until now; it is %v", clip(from), clip(to), m.spec["duration"]), "")
	}
	if refresh := text(m.root["refresh"]); refresh != "" {
		if parsed, valid := dashboard.ParseDuration(refresh); valid && parsed > 0 {
			m.spec["refreshInterval"] = refresh
			m.fixed.add("refresh set: "+refresh, "")
		} else {
			m.out.add(fmt.Sprintf("refresh %q", clip(refresh)), "")
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
			m.out.add("annotations", fmt.Sprintf("%q", clip(text(a["name"]))))
		}
	}
	for _, link := range objectsOf(m.root["links"]) {
		if text(link["url"]) == "" {
			m.out.add("links to dashboards by tag", fmt.Sprintf("%q", clip(text(link["title"]))))
		}
	}
}
