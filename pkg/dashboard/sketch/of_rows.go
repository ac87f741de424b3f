package sketch

import (
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// rowsOf reads the rows and their panels. A tab becomes a row. A panel stands where it is shown first; one that is shown
// nowhere, or has a key that none can have, is in no row, and so comes into the options.
func rowsOf(budget *work.Budget, s *Sketch, spec object) {
	panels := fields(spec, "panels")
	placed := map[string]bool{}
	var rows []Row
	for _, layout := range list(spec, "layouts") {
		grid := below(layout, "spec")
		title := text(grid, "display", "title")
		if tabs := list(grid, "tabs"); tabs != nil {
			for _, tab := range tabs {
				name := text(tab, "name")
				if title != "" {
					name = title + " / " + name
				}
				rows = append(rows, Row{Title: name, Panels: s.itemsOf(budget, list(tab, "items"), panels, placed)})
			}
			continue
		}
		rows = append(rows, Row{
			Title: title, Repeat: text(grid, "repeatVariable"), Panels: s.itemsOf(budget, list(grid, "items"), panels, placed),
			Collapsed: below(grid, "display", "collapse", "open") == false,
		})
	}
	if len(rows) > 0 && len(rows[0].Panels) > 0 && rows[0].Title == "" && rows[0].Repeat == "" && !rows[0].Collapsed {
		s.Panels, rows = rows[0].Panels, rows[1:]
	}
	s.Rows = rows
	withoutKeys(s)
}

func (s *Sketch) itemsOf(budget *work.Budget, items []any, panels object, placed map[string]bool) []Panel {
	row := []Panel{}
	var places []place
	for _, item := range items {
		ref := text(item, "content", "$ref")
		key, ok := cutRef(ref)
		panel, exists := panels[key].(object)
		if !ok || !exists || placed[key] || !dashboard.IsKey(key) {
			continue
		}
		placed[key] = true // also if it cannot be said: it cannot where it stands next either
		p, _, err := panelOf(budget, panel, s.Datasource)
		if err != nil {
			continue
		}
		p.Key, p.Repeat = key, text(item, "repeatVariable", "value")
		row = append(row, p)
		places = append(places, placeOf(item))
	}
	sizes(budget, row, places)
	return row
}

func cutRef(ref string) (key string, ok bool) {
	key, ok = strings.CutPrefix(ref, dashboard.PanelRef)
	return key, ok && key != ""
}

func placeOf(item any) (p place) {
	p.x, _ = integer(below(item, "x"))
	p.y, _ = integer(below(item, "y"))
	p.width, _ = integer(below(item, "width"))
	p.height, _ = integer(below(item, "height"))
	return p
}

// withoutKeys leaves out the keys that the titles give anyway.
func withoutKeys(s *Sketch) {
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
