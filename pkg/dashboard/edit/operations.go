package edit

import "strings"

// operation is a kind of edit: its name, the fields that it accepts, and the function that applies it.
type operation struct {
	name   string
	fields []fieldSpec
	do     func(*editor, fields) error
	note   string // added by Operations: what the field names do not say
}

// Operations lists our own operations and their fields for the description of a tool, one line for each kind of target.
func Operations() string {
	var b strings.Builder
	before := ""
	for _, o := range operations() {
		if o.fields[0].name == "path" {
			continue
		}
		_, target, _ := strings.Cut(o.name, "_")
		if target != "" && target == before {
			b.WriteByte(' ')
		} else if b.Len() > 0 {
			b.WriteByte('\n')
		}
		before = target
		b.WriteString(o.name)
		for i, f := range o.fields {
			b.WriteByte("{,"[min(i, 1)])
			b.WriteString(f.name)
			if !f.required {
				b.WriteByte('?')
			}
		}
		b.WriteString("}" + o.note)
	}
	return b.String()
}

func operationNames() []string {
	var all []string
	for _, o := range operations() {
		all = append(all, o.name)
	}
	return all
}

// operations returns the table of operations: first our own, then those of JSON Patch (RFC 6902).
func operations() []operation {
	panel, row, variable, index := required(typeString, "panel"), required(typeRow, "row"), required(typeString, "variable"), optional(typeWhole, "index")
	inRow, after, key, title, set := optional(typeRow, "row"), optional(typeString, "after"), optional(typeString, "key"), optional(typeString, "title"), required(typeObject, "set")
	position := []fieldSpec{optional(typeWhole, "x"), optional(typeWhole, "y"), optional(typeWhole, "width"), optional(typeWhole, "height")}
	path, value := required(typeString, "path"), required(typeAny, "value")
	specs := func(fields ...fieldSpec) []fieldSpec { return fields }
	return []operation{
		{"add_panel", append(specs(required(typeObject, "panel"), key, inRow, after), position...), (*editor).addPanel, ""},
		{"change_panel", specs(panel, set), (*editor).changePanel, ""},
		{"replace_panel", specs(panel, required(typeObject, "with")), (*editor).replacePanel, ""},
		{"rename_panel", specs(panel, title, key), (*editor).renamePanel, ""},
		{"move_panel", append(specs(panel, inRow, after), position...), (*editor).movePanel, ""},
		{"clone_panel", append(specs(panel, title, key, inRow, after, optional(typeObject, "set")), position...), (*editor).clonePanel, ""},
		{"remove_panel", specs(panel), (*editor).removePanel, ""},
		{"add_row", specs(required(typeString, "title"), optional(typeObjects, "panels"), optional(typeRow, "after"), optional(typeBool, "collapsed"), optional(typeString, "repeat")), (*editor).addRow, ""},
		{"change_row", specs(row, set), (*editor).changeRow, ""},
		{"move_row", specs(row, optional(typeRow, "after")), (*editor).moveRow, ""},
		{"remove_row", specs(row), (*editor).removeRow, " (with its panels)"},
		{"add_variable", specs(required(typeObject, "variable")), (*editor).addVariable, ""},
		{"change_variable", specs(variable, set), (*editor).changeVariable, ""},
		{"rename_variable", specs(variable, required(typeString, "to")), (*editor).renameVariable, " (everywhere)"},
		{"move_variable", specs(variable, after), (*editor).moveVariable, ""},
		{"remove_variable", specs(variable), (*editor).removeVariable, ""},
		{"add_query", specs(panel, required(typeQuery, "query")), (*editor).addQuery, ""},
		{"change_query", specs(panel, index, set), (*editor).changeQuery, ""},
		{"remove_query", specs(panel, index), (*editor).removeQuery, ""},
		{"add_threshold", specs(panel, required(typeNumber, "value"), optional(typeString, "color")), (*editor).addThreshold, ""},
		{"remove_threshold", specs(panel, required(typeNumber, "value")), (*editor).removeThreshold, ""},
		{"add_link", specs(required(typeObject, "link")), (*editor).addLink, " (link: url, name?)"},
		{"change_link", specs(required(typeString, "link"), set), (*editor).changeLink, ""},
		{"remove_link", specs(required(typeString, "link")), (*editor).removeLink, " (by name or URL)"},
		{"set", specs(nullable(typeString, "title"), nullable(typeString, "description"), optional(typeString, "duration"), nullable(typeString, "refresh"), nullable(typeString, "timezone"),
			nullable(typeStrings, "tags"), optional(typeStrings, "add_tags"), optional(typeStrings, "remove_tags"), optional(typeString, "datasource")), (*editor).set, " (datasource of all that name none)"},
		{"replace_datasource", specs(required(typeString, "from"), required(typeString, "to")), (*editor).replaceDatasource, " (everywhere)"},
		{"add", specs(path, value), (*editor).patchAdd, ""},
		{"remove", specs(path), (*editor).patchRemove, ""},
		{"replace", specs(path, value), (*editor).patchReplace, ""},
		{"move", specs(path, required(typeString, "from")), (*editor).patchMove, ""},
		{"copy", specs(path, required(typeString, "from")), (*editor).patchCopy, ""},
		{"test", specs(path, value), (*editor).patchTest, ""},
	}
}
