package sketch

import (
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// readRows reads the rows and their panels. A tab becomes a row. A panel that is shown several times belongs to the first
// row. Panels that are never shown, or whose key is invalid, remain in options.
func readRows(budget *work.Budget, s *Sketch, spec object) {
	panels := objectAt(spec, "panels")
	placed := map[string]bool{}
	var rows []Row
	for _, layout := range listAt(spec, "layouts") {
		grid := valueAt(layout, "spec")
		title := stringAt(grid, "display", "title")
		if tabs := listAt(grid, "tabs"); tabs != nil {
			for _, tab := range tabs {
				name := stringAt(tab, "name")
				if title != "" {
					name = title + " / " + name
				}
				rows = append(rows, Row{Title: name, Panels: s.readPanels(budget, listAt(tab, "items"), panels, placed)})
			}
			continue
		}
		rows = append(rows, Row{
			Title: title, Repeat: stringAt(grid, "repeatVariable"), Panels: s.readPanels(budget, listAt(grid, "items"), panels, placed),
			Collapsed: valueAt(grid, "display", "collapse", "open") == false,
		})
	}
	if len(rows) > 0 && len(rows[0].Panels) > 0 && rows[0].Title == "" && rows[0].Repeat == "" && !rows[0].Collapsed {
		s.Panels, rows = rows[0].Panels, rows[1:]
	}
	s.Rows = rows
	dropDefaultKeys(s)
}

func (s *Sketch) readPanels(budget *work.Budget, items []any, panels object, placed map[string]bool) []Panel {
	row := []Panel{}
	var places []dashboard.Place
	for _, item := range items {
		ref := stringAt(item, "content", "$ref")
		key, ok := panelKeyOf(ref)
		panel, exists := panels[key].(object)
		if !ok || !exists || placed[key] || !dashboard.IsKey(key) {
			continue
		}
		placed[key] = true // even on failure, which would only repeat
		p, _, err := readPanel(budget, panel, s.Datasource)
		if err != nil {
			continue
		}
		p.Key, p.Repeat = key, stringAt(item, "repeatVariable", "value")
		row = append(row, p)
		places = append(places, readPlace(item))
	}
	setLayout(budget, row, places)
	return row
}

func panelKeyOf(ref string) (key string, ok bool) {
	key, ok = strings.CutPrefix(ref, dashboard.PanelRef)
	return key, ok && key != ""
}

func readPlace(item any) (p dashboard.Place) {
	p.X, _ = intOf(valueAt(item, "x"))
	p.Y, _ = intOf(valueAt(item, "y"))
	p.Width, _ = intOf(valueAt(item, "width"))
	p.Height, _ = intOf(valueAt(item, "height"))
	return p
}

// dropDefaultKeys removes the keys that would be made from the titles anyway.
func dropDefaultKeys(s *Sketch) {
	seen := map[string]bool{}
	free := KeyMaker(func(key string) bool { return seen[key] })
	rows, _ := s.allRows()
	for _, row := range rows {
		for i := range row.Panels {
			p := &row.Panels[i]
			key := p.Key
			if free(p.Title) == key {
				p.Key = ""
			}
			seen[key] = true
		}
	}
}
