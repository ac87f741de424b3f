package plugin

import (
	"path"
	"slices"
	"strings"
	"unicode"
)

// Plugin is a plugin as Perses lists it.
type Plugin struct {
	Name        string // as documents name it: PrometheusTimeSeriesQuery
	Kind        string // Panel, TimeSeriesQuery, Variable, …
	Module      string // Prometheus
	SchemasPath string // the folder of its module in which schemas lie; schemas if empty
}

func (p Plugin) schemas() string {
	if p.SchemasPath == "" {
		return "schemas"
	}
	return strings.Trim(path.Clean(p.SchemasPath), "./")
}

// suffixes are those that a plugin's name may have and its file lack.
var suffixes = []string{"Chart", "Panel", "Query", "Variable", "Datasource"}

// Short returns a plugin's name without what it has in common with others of its kind: TimeSeries of TimeSeriesChart.
func Short(name string) string {
	for _, suffix := range suffixes {
		if short, cut := strings.CutSuffix(name, suffix); cut && short != "" {
			return short
		}
	}
	return name
}

// candidates returns where the schema of a plugin may lie in its module, the likeliest first. Perses takes any file below
// the folder of schemas and lists none; these are the places that the modules of github.com/perses/plugins use:
//
//	time-series.cue, table.cue, logstable.cue
//	prometheus-label-names/prometheus-label-names.cue, alert-table/alert-table.cue
//	tempo-trace-query/query.cue, queries/loki-log-query/query.cue
//	datasource/prometheus.cue, datasources/loki.cue, datasources/loki-datasource/loki-datasource.cue
//	variables/loki-logql/loki-logql.cue, variables/label-names/victorialogs-label-names.cue, panels/canvas/canvas.cue
func (p Plugin) candidates() []string {
	var stems []string
	for _, name := range []string{Short(p.Name), p.Name} {
		for _, stem := range []string{kebab(name), p.kebabAfterModule(name), strings.ToLower(name)} {
			if !slices.Contains(stems, stem) {
				stems = append(stems, stem)
			}
		}
	}
	kind := strings.ToLower(p.Kind)
	folders := []string{"", kind + "s"}
	switch {
	case strings.HasSuffix(p.Kind, "Query"):
		folders = []string{"", "queries"}
	case p.Kind == "Datasource":
		folders = []string{"datasource", "datasources"}
	}
	var files []string
	for _, stem := range stems {
		for _, folder := range folders {
			files = append(files, path.Join(folder, stem, stem+".cue"), path.Join(folder, stem+".cue"))
			if strings.HasSuffix(p.Kind, "Query") {
				files = append(files, path.Join(folder, stem, "query.cue"))
			}
			if short, cut := strings.CutPrefix(stem, strings.ToLower(p.Module)+"-"); cut {
				files = append(files, path.Join(folder, short, stem+".cue"))
			}
		}
	}
	// A module of one plugin names its file as it likes, and a folder for each is what most have.
	slices.SortStableFunc(files, func(a, b string) int { return likelier(p, a) - likelier(p, b) })
	for i, file := range files {
		files[i] = path.Join(p.schemas(), file)
	}
	return slices.DeleteFunc(files, func(file string) bool { return !isPath(file) })
}

// isPath tells whether a file is one below the folder of the module. The names that it is made of come from files of
// the module and may be anything.
func isPath(file string) bool {
	return file != "" && len(file) <= 300 && path.Clean("/"+file) == "/"+file &&
		!strings.ContainsFunc(file, func(r rune) bool { return r != '/' && r != '_' && r != '.' && r != '-' && !isLetter(r) })
}

func isLetter(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

// likelier ranks a candidate by the shape that plugins of its kind mostly have.
func likelier(p Plugin, file string) int {
	switch inFolder := strings.Contains(file, "/"); {
	case p.Kind == "Panel" && !inFolder, p.Kind == "Datasource", strings.HasSuffix(file, "/query.cue"):
		return 0
	case p.Kind == "Variable" && inFolder:
		return 0
	}
	return 1
}

// kebab writes a name as names of files are: its words in lower case, with hyphens between. Capitals in a row belong to
// the word before them, as PromQL and GreptimeDB are written.
func kebab(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		begins := i > 0 && unicode.IsUpper(r) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if begins {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// kebabAfterModule is kebab with the name of the module as one word: victorialogs-label-names.
func (p Plugin) kebabAfterModule(name string) string {
	rest, cut := strings.CutPrefix(name, p.Module)
	if !cut || rest == "" {
		return kebab(name)
	}
	return strings.ToLower(p.Module) + "-" + kebab(rest)
}

// folders returns where the package of an import path lies in the module of a plugin: among its own schemas, or with
// what it brings along of others.
func (p Plugin) folders(imported string) []string {
	vendored := path.Join("cue.mod", "pkg", imported)
	if at := strings.Index(imported+"/", "/"+p.schemas()+"/"); at >= 0 {
		return []string{imported[at+1:], vendored}
	}
	return []string{vendored}
}

// filesOf returns the files of the package in a folder that may declare a name, the likeliest first: those named like it,
// like its first words, or like the folder.
func (p Plugin) filesOf(folder, name string) []string {
	name = strings.TrimLeft(name, "_#")
	var stems []string
	words := strings.Split(kebab(name), "-")
	for n := len(words); n > 0 && name != ""; n-- {
		joined := strings.Join(words[:n], "")
		if size := len(joined); size <= len(name) { // as it is written, but for the first letter
			stems = append(stems, strings.ToLower(name[:1])+name[1:size])
		}
		stems = append(stems, joined, strings.TrimSuffix(joined, "s"))
	}
	base := path.Base(folder)
	stems = append(stems, base, strings.ToLower(p.Module), "common", "query")
	var files []string
	add := func(file string) {
		if isPath(file) && !slices.Contains(files, file) {
			files = append(files, file)
		}
	}
	for _, stem := range stems {
		add(path.Join(folder, stem+".cue"))
	}
	// Those generated from Go come with a second file that says what Go could not.
	for _, stem := range stems {
		add(path.Join(folder, stem+"_patch.cue"))
		add(path.Join(folder, stem+"_go_gen.cue"))
	}
	return files
}
