package uses

import "fmt"

// Where puts a place into words: panel cpu (CPU), queries[0]. It counts from 0, as edits do.
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

// String names the panel by its key and, if it has one, its title.
func (p Panel) String() string {
	if p.Title == "" {
		return p.Key
	}
	return p.Key + " (" + p.Title + ")"
}
