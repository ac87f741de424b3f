package uses

import "fmt"

// Where describes a place, as in "panel cpu (CPU), queries[0]". Indexes start at 0, as in edits.
func (d *Dashboard) Where(p Place) string {
	switch p.Part {
	case OfPanel:
		words := "panel " + d.Panels[p.Index].String()
		if p.Query > 0 {
			words += fmt.Sprintf(", queries[%d]", p.Query-1)
		}
		return words
	case OfVariable:
		return "variable " + d.Variables[p.Index]
	case OfDatasource:
		return "datasource " + d.Datasources[p.Index]
	case OfAnnotation:
		return "annotation " + d.Annotations[p.Index]
	case OfRow:
		if title := d.Rows[p.Index]; title != "" {
			return "row " + title
		}
		return fmt.Sprintf("rows[%d]", p.Index)
	case OfLink:
		return fmt.Sprintf("links[%d]", p.Index)
	}
	return "its title or description"
}

// String returns the key of the panel, followed by its title if it has one.
func (p Panel) String() string {
	if p.Title == "" {
		return p.Key
	}
	return p.Key + " (" + p.Title + ")"
}
