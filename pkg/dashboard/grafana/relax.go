package grafana

import (
	"regexp"
	"strconv"
)

// failure matches Perses' error for a migration that failed because of a panel (internal/api/plugin/migrate/panel.go).
var failure = regexp.MustCompile(`error migrating (.*?) panel ("(?:[^"\\]|\\.)*")`)

// Relax removes parts of the panel that made Perses' migration fail, more each time; with all, from all panels of its type.
// Otherwise one unusual panel would prevent the whole migration. It reports whether there was something to remove, so that it
// makes sense to try again.
func (s Source) Relax(reason string, all bool) bool {
	match := failure.FindStringSubmatch(reason)
	if match == nil {
		return false
	}
	title, err := strconv.Unquote(match[2])
	if err != nil {
		return false
	}
	blamed := func(p *panel) bool { return p.kind == match[1] && text(p.object["title"]) == title }
	level := len(relaxations) + 1
	for i := range s.panels {
		if p := &s.panels[i]; blamed(p) {
			level = min(level, p.relaxed+1)
		}
	}
	if level > len(relaxations) {
		return false
	}
	for i := range s.panels {
		for p := &s.panels[i]; p.relaxed < level && (blamed(p) || all && p.kind == match[1]); p.relaxed++ {
			relaxations[p.relaxed](s.lost, p)
		}
	}
	return true
}

// relaxations remove more and more of a panel.
var relaxations = []func(lost *notes, p *panel){
	func(lost *notes, p *panel) {
		if config, ok := p.object["fieldConfig"].(object); ok {
			delete(config, "overrides")
			if defaults, ok := config["defaults"].(object); ok {
				delete(defaults, "mappings")
			}
		}
		lost.add("value mappings and overrides, on which Perses' migration failed", p.name())
	},
	func(lost *notes, p *panel) {
		for key := range p.object {
			switch key {
			case "type", "title", "description", "targets", "gridPos", "links", "datasource", "repeat", "repeatDirection", "maxPerRow":
			default:
				delete(p.object, key)
			}
		}
		lost.add("all display options, on which Perses' migration failed", p.name())
	},
	func(_ *notes, p *panel) { delete(p.object, "type") }, // so that Perses makes a placeholder
}
