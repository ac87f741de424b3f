package edit

// operation is a sort of edit: its name, the fields that it has, and what it does.
type operation struct {
	name   string
	fields []field
	do     func(*editor, fields) error
}

// names returns the names of all operations.
func names() []string {
	var all []string
	for _, o := range operations() {
		all = append(all, o.name)
	}
	return all
}

// operations returns the table of all operations: first those that speak of what a dashboard has, then those of JSON Patch
// (RFC 6902).
func operations() []operation {
	panel, row, variable, index := needs(text, "panel"), needs(place, "row"), needs(text, "variable"), takes(whole, "index")
	inRow, after, key, title, set := takes(place, "row"), takes(text, "after"), takes(text, "key"), takes(text, "title"), needs(object, "set")
	spot := []field{takes(whole, "x"), takes(whole, "y"), takes(whole, "width"), takes(whole, "height")}
	path, value := needs(text, "path"), needs(anything, "value")
	with := func(more []field, fields ...field) []field { return append(fields, more...) }
	return []operation{
		{"add_panel", with(spot, needs(object, "panel"), key, inRow, after), (*editor).addPanel},
		{"change_panel", with(nil, panel, set), (*editor).changePanel},
		{"replace_panel", with(nil, panel, needs(object, "with")), (*editor).replacePanel},
		{"rename_panel", with(nil, panel, title, key), (*editor).renamePanel},
		{"move_panel", with(spot, panel, inRow, after), (*editor).movePanel},
		{"clone_panel", with(spot, panel, title, key, inRow, after, takes(object, "set")), (*editor).clonePanel},
		{"remove_panel", with(nil, panel), (*editor).removePanel},
		{"add_row", with(nil, needs(text, "title"), takes(objects, "panels"), takes(place, "after"), takes(flag, "collapsed"), takes(text, "repeat")), (*editor).addRow},
		{"change_row", with(nil, row, set), (*editor).changeRow},
		{"move_row", with(nil, row, takes(place, "after")), (*editor).moveRow},
		{"remove_row", with(nil, row), (*editor).removeRow},
		{"add_variable", with(nil, needs(object, "variable")), (*editor).addVariable},
		{"change_variable", with(nil, variable, set), (*editor).changeVariable},
		{"rename_variable", with(nil, variable, needs(text, "to")), (*editor).renameVariable},
		{"move_variable", with(nil, variable, after), (*editor).moveVariable},
		{"remove_variable", with(nil, variable), (*editor).removeVariable},
		{"add_query", with(nil, panel, needs(asked, "query")), (*editor).addQuery},
		{"change_query", with(nil, panel, index, set), (*editor).changeQuery},
		{"remove_query", with(nil, panel, index), (*editor).removeQuery},
		{"add_threshold", with(nil, panel, needs(number, "value"), takes(text, "color")), (*editor).addThreshold},
		{"remove_threshold", with(nil, panel, needs(number, "value")), (*editor).removeThreshold},
		{"add_link", with(nil, needs(object, "link")), (*editor).addLink},
		{"change_link", with(nil, needs(text, "link"), set), (*editor).changeLink},
		{"remove_link", with(nil, needs(text, "link")), (*editor).removeLink},
		{"set", with(nil, resets(text, "title"), resets(text, "description"), takes(text, "duration"), resets(text, "refresh"), resets(text, "timezone"),
			resets(texts, "tags"), takes(texts, "add_tags"), takes(texts, "remove_tags"), takes(text, "datasource")), (*editor).set},
		{"replace_datasource", with(nil, needs(text, "from"), needs(text, "to")), (*editor).replaceDatasource},
		{"add", with(nil, path, value), (*editor).patchAdd},
		{"remove", with(nil, path), (*editor).patchRemove},
		{"replace", with(nil, path, value), (*editor).patchReplace},
		{"move", with(nil, path, needs(text, "from")), (*editor).patchMove},
		{"copy", with(nil, path, needs(text, "from")), (*editor).patchCopy},
		{"test", with(nil, path, value), (*editor).patchTest},
	}
}
