package grafana

import (
	"regexp"
	"strconv"
)

// failure is how Perses says which panel its whole migration has failed on (internal/api/plugin/migrate/panel.go).
var failure = regexp.MustCompile(`error migrating (.*?) panel ("(?:[^"\\]|\\.)*")`)

// Relax takes away from the panels that a failure of Perses' migration is about what it may have failed on, a bit more each
// time: with all, from all panels of that type. One panel of an odd form would otherwise cost the whole dashboard. It reports
// whether there was something to take away, and so whether to try again.
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

// relaxations are what is taken away from a panel, one after the other.
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
	func(_ *notes, p *panel) { delete(p.object, "type") }, // so that a placeholder stands in its place
}
