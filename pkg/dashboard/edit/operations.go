package edit

import "strings"

// operation is a kind of edit: its name, the fields that it accepts, and the function that applies it.
type operation struct {
	name   string
	fields []fieldSpec
	do     func(*editor, fields) error
	note   string // what the names of its fields do not tell, for Operations
}

// Operations describes all operations but those of JSON Patch for a model: their names and fields, a line for each kind of target.
func Operations() string {
	var b strings.Builder
	before := ""
	for _, o := range operations() {
		if o.fields[0].name == "path" {
			continue
		}
		_, target, _ := strings.Cut(o.name, "_")
		if before != "" && target == before {
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
	spot := []fieldSpec{optional(typeWhole, "x"), optional(typeWhole, "y"), optional(typeWhole, "width"), optional(typeWhole, "height")}
	path, value := required(typeString, "path"), required(typeAny, "value")
	with := func(more []fieldSpec, fields ...fieldSpec) []fieldSpec { return append(fields, more...) }
	return []operation{
		{"add_panel", with(spot, required(typeObject, "panel"), key, inRow, after), (*editor).addPanel, ""},
		{"change_panel", with(nil, panel, set), (*editor).changePanel, ""},
		{"replace_panel", with(nil, panel, required(typeObject, "with")), (*editor).replacePanel, ""},
		{"rename_panel", with(nil, panel, title, key), (*editor).renamePanel, ""},
		{"move_panel", with(spot, panel, inRow, after), (*editor).movePanel, ""},
		{"clone_panel", with(spot, panel, title, key, inRow, after, optional(typeObject, "set")), (*editor).clonePanel, ""},
		{"remove_panel", with(nil, panel), (*editor).removePanel, ""},
		{"add_row", with(nil, required(typeString, "title"), optional(typeObjects, "panels"), optional(typeRow, "after"), optional(typeBool, "collapsed"), optional(typeString, "repeat")), (*editor).addRow, ""},
		{"change_row", with(nil, row, set), (*editor).changeRow, ""},
		{"move_row", with(nil, row, optional(typeRow, "after")), (*editor).moveRow, ""},
		{"remove_row", with(nil, row), (*editor).removeRow, " (with its panels)"},
		{"add_variable", with(nil, required(typeObject, "variable")), (*editor).addVariable, ""},
		{"change_variable", with(nil, variable, set), (*editor).changeVariable, ""},
		{"rename_variable", with(nil, variable, required(typeString, "to")), (*editor).renameVariable, " (everywhere)"},
		{"move_variable", with(nil, variable, after), (*editor).moveVariable, ""},
		{"remove_variable", with(nil, variable), (*editor).removeVariable, ""},
		{"add_query", with(nil, panel, required(typeQuery, "query")), (*editor).addQuery, ""},
		{"change_query", with(nil, panel, index, set), (*editor).changeQuery, ""},
		{"remove_query", with(nil, panel, index), (*editor).removeQuery, ""},
		{"add_threshold", with(nil, panel, required(typeNumber, "value"), optional(typeString, "color")), (*editor).addThreshold, ""},
		{"remove_threshold", with(nil, panel, required(typeNumber, "value")), (*editor).removeThreshold, ""},
		{"add_link", with(nil, required(typeObject, "link")), (*editor).addLink, " (link: url, name?)"},
		{"change_link", with(nil, required(typeString, "link"), set), (*editor).changeLink, ""},
		{"remove_link", with(nil, required(typeString, "link")), (*editor).removeLink, " (by name or URL)"},
		{"set", with(nil, nullable(typeString, "title"), nullable(typeString, "description"), optional(typeString, "duration"), nullable(typeString, "refresh"), nullable(typeString, "timezone"),
			nullable(typeStrings, "tags"), optional(typeStrings, "add_tags"), optional(typeStrings, "remove_tags"), optional(typeString, "datasource")), (*editor).set, " (datasource of all that name none)"},
		{"replace_datasource", with(nil, required(typeString, "from"), required(typeString, "to")), (*editor).replaceDatasource, " (everywhere)"},
		{"add", with(nil, path, value), (*editor).patchAdd, ""},
		{"remove", with(nil, path), (*editor).patchRemove, ""},
		{"replace", with(nil, path, value), (*editor).patchReplace, ""},
		{"move", with(nil, path, required(typeString, "from")), (*editor).patchMove, ""},
		{"copy", with(nil, path, required(typeString, "from")), (*editor).patchCopy, ""},
		{"test", with(nil, path, value), (*editor).patchTest, ""},
	}
}
