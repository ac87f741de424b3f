package uses

import "fmt"

// Where puts a place into words: panel cpu (CPU): query 1.
func (d *Dashboard) Where(p Place) string {
	switch p.Part {
	case OfPanel:
		words := "panel " + d.Panels[p.Index].String()
		if p.Query > 0 {
			words += fmt.Sprintf(": query %d", p.Query)
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
		return fmt.Sprintf("row %d", p.Index+1)
	case OfLink:
		return fmt.Sprintf("link %d", p.Index+1)
	}
	return "its title or description"
}

// String names the panel by its key and, if it has one, its title.
func (p Panel) String() string {
	if p.Title == "" {
		return p.Key
	}
	return p.Key + " (" + p.Title + ")"
}
