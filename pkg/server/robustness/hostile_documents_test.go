package robustness_test

import (
	"fmt"
	"strings"
	"sync"
)

const (
	// maxHostile is the maximum size of documents and answers, in bytes.
	maxHostile = 4 << 20
	// maxStored and maxSent are the maximum numbers of values in a document from Perses and in one from a caller.
	maxStored, maxSent = 1 << 18, 100_000
)

type hostileText struct{ name, text string }

const smallDashboard = `{"kind":"Dashboard","metadata":{"name":"d","project":"p","version":1},"spec":{"duration":"1h","panels":{}}}`

// list returns up to n JSON values, separated by commas, as many as fit into a document from Perses.
func list(n int, value func(i int) string) string { return joined(n, maxStored, value) }

// sent is like list for a document from a caller.
func sent(n int, value func(i int) string) string { return joined(n, maxSent, value) }

// joined returns up to n JSON values, separated by commas, as many as fit into maxHostile bytes and maxValues values.
func joined(n, maxValues int, value func(i int) string) string {
	var b strings.Builder
	values := 1000 // for the rest of the document
	for i := range n {
		next := value(i)
		values += 1 + valuesIn(next)
		if b.Len()+len(next)+2000 > maxHostile || values > maxValues {
			break
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(next)
	}
	return b.String()
}

// valuesIn counts values like the server.
func valuesIn(text string) int {
	return strings.Count(text, ",") + strings.Count(text, "{") + strings.Count(text, "[")
}

// chained returns a query of about size bytes: terms joined by an operator.
func chained(term, operator string, size int) string {
	return term + strings.Repeat(operator+term, (size-len(term))/len(operator+term))
}

func board(spec string) string {
	return `{"kind":"Dashboard","metadata":{"name":"d","project":"p","version":1},"spec":{"duration":"1h",` + spec + `}}`
}

func panelWith(kind, spec, queries string) string {
	return fmt.Sprintf(`{"kind":"Panel","spec":{"display":{"name":"P"},"plugin":{"kind":%q,"spec":%s},"queries":[%s]}}`, kind, spec, queries)
}

func promQL(query string) string {
	return fmt.Sprintf(`{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":%q}}}}`, query)
}

// boardOf returns a dashboard with the panels p, p1, p2 and so on, each in its own row of a grid.
func boardOf(panels ...string) string {
	var keyed, items []string
	for i, panel := range panels {
		key := "p"
		if i > 0 {
			key = fmt.Sprintf("p%d", i)
		}
		keyed = append(keyed, fmt.Sprintf("%q:%s", key, panel))
		items = append(items, fmt.Sprintf(`{"x":0,"y":%d,"width":24,"height":4,"content":{"$ref":"#/spec/panels/%s"}}`, 4*i, key))
	}
	return board(`"panels":{` + strings.Join(keyed, ",") + `},"layouts":[{"kind":"Grid","spec":{"items":[` + strings.Join(items, ",") + `]}}]`)
}

// boardOfQueries returns a dashboard with a panel for each query.
func boardOfQueries(queries ...string) string {
	var panels []string
	for _, q := range queries {
		panels = append(panels, panelWith("TimeSeriesChart", "{}", promQL(q)))
	}
	return boardOf(panels...)
}

func times(n int, text string) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = text
	}
	return all
}

func staticVariable(name string, values int, width int) string {
	return fmt.Sprintf(`{"kind":"ListVariable","spec":{"name":%q,"allowAllValue":true,"allowMultiple":true,"defaultValue":"$__all","plugin":{"kind":"StaticListVariable","spec":{"values":[%s]}}}}`,
		name, list(values, func(i int) string { return fmt.Sprintf("%q", fmt.Sprintf("%0*d", width, i)) }))
}

// markdown is a panel without queries, placed puts it into a grid, and panelsOfOne is the part of a dashboard with only this panel.
var (
	markdown    = panelWith("Markdown", `{"text":"hi"}`, "")
	placed      = `{"x":0,"y":0,"width":24,"height":1,"content":{"$ref":"#/spec/panels/p"}}`
	panelsOfOne = `"panels":{"p":` + markdown + `}`
)

// hostileDashboards are valid or almost valid dashboards. Each makes the server do a lot of work.
var hostileDashboards = sync.OnceValue(func() []hostileText {
	same := func(s string) func(int) string { return func(int) string { return s } }
	variable := func(i int) string {
		return fmt.Sprintf(`{"kind":"TextVariable","spec":{"name":"v%d","value":"$v%d"}}`, i, i+1)
	}
	chain := func(i int) string {
		return fmt.Sprintf(`{"kind":"ListVariable","spec":{"name":"v%d","plugin":{"kind":"PrometheusPromQLVariable","spec":{"expr":"up{a=\"$v%d\"}","labelName":"a"}}}}`, i, i+1)
	}
	return []hostileText{
		{"a query that doubles", boardOfQueries(chained("up", "*100", 242))},
		{"a query that doubles on the right", boardOfQueries(strings.Repeat("100*(", 60) + "up" + strings.Repeat(")", 60))},
		{"a query of divisions", boardOfQueries(times(5, chained("up", "/up", 15_000))...)},
		{"a query of sums", boardOfQueries(times(5, chained("up", "+up", 15_000))...)},
		{"a query nested to the left", boardOfQueries(strings.Repeat("(", 2400) + "up" + strings.Repeat("+up)", 2400))},
		{"a query of aggregations", boardOfQueries(chained("sum by(a,b,c,d) (up)", "+", 20_000), chained("sum by(a,b,c,d) (up)", "+sum by(a,b,c,d) ", 20_000), strings.Repeat("sum(", 5000)+"up"+strings.Repeat(")", 5000))},
		{"a query of parentheses", boardOfQueries(strings.Repeat("(", 2_000_000) + "up" + strings.Repeat(")", 2_000_000))},
		{"a query of signs", boardOfQueries(strings.Repeat("-", 4_000_000) + "up")},
		{"a query of 4 MB", boardOfQueries(chained("up", "+up", 4_000_000))},
		{"a query of regular expressions", boardOfQueries(chained(`up{a=~"(a|b|c){1,50}(a|b|c){1,50}(a|b|c){1,50}"}`, "+", 900_000), `up{a=~"`+strings.Repeat("(a*)*", 200_000)+`"}`)},
		{"a query of many labels", boardOfQueries(`up{`+strings.TrimSuffix(strings.Repeat(`a="b",`, 300_000), ",")+`}`, `sum by(`+strings.TrimSuffix(strings.Repeat("a,", 200_000), ",")+`) (up)`)},
		{"many queries", boardOf(panelWith("TimeSeriesChart", "{}", list(20_000, same(promQL("up*100*100*100")))))},
		{"many unlike queries", boardOf(panelWith("TimeSeriesChart", "{}", list(20_000, func(i int) string { return promQL(fmt.Sprintf("rate(m%d_total[1m])/m%d", i, i+1)) })))},
		{"many panels", board(`"panels":{` + list(14_000, func(i int) string { return fmt.Sprintf(`"p%d":%s`, i, panelWith("StatChart", "{}", promQL("up"))) }) + `}`)},
		{"many panels in rows", board(`"panels":{` + list(6_000, func(i int) string {
			return fmt.Sprintf(`"p%d":%s`, i, panelWith("StatChart", "{}", promQL(fmt.Sprintf("m%d", i))))
		}) + `},"layouts":[` + list(6_000, func(i int) string {
			return fmt.Sprintf(`{"kind":"Grid","spec":{"items":[{"x":0,"y":0,"width":24,"height":4,"content":{"$ref":"#/spec/panels/p%d"}}]}}`, i)
		}) + `]`)},
		{"panels in one place", board(panelsOfOne + `,"layouts":[{"kind":"Grid","spec":{"items":[` + list(18_000, same(placed)) + `]}}]`)},
		{"8000 items at one place", board(panelsOfOne + `,"layouts":[{"kind":"Grid","spec":{"items":[` + list(8_000, same(placed)) + `]}}]`)},
		{"panels far apart", board(panelsOfOne + `,"layouts":[{"kind":"Grid","spec":{"items":[` + list(30_000, func(i int) string {
			return fmt.Sprintf(`{"x":%d,"y":%d,"width":%d,"height":1000000000,"content":{"$ref":"#/spec/panels/q%d"}}`, i%30, i*100_000_000, i%40, i)
		}) + `]}}]`)},
		{"many rows", board(panelsOfOne + `,"layouts":[` + list(50_000, same(`{"kind":"Grid","spec":{"items":[]}}`)) + `]`)},
		{"repeated rows", board(panelsOfOne + `,"variables":[` + staticVariable("a", 100_000, 5) + `],"layouts":[` + list(50, same(`{"kind":"Grid","spec":{"repeatVariable":"a","items":[`+placed+`]}}`)) + `]`)},
		{"a repeated row of large panels", board(`"panels":{"p":` + panelWith("Markdown", fmt.Sprintf(`{"text":%q}`, strings.Repeat("# $a\n", 300_000)), "") + `},"variables":[` + staticVariable("a", 50_000, 20) + `],"layouts":[{"kind":"Grid","spec":{"repeatVariable":"a","items":[` + placed + `]}}]`)},
		{"many text variables", board(panelsOfOne + `,"variables":[` + list(40_000, variable) + `]`)},
		{"many list variables", board(panelsOfOne + `,"variables":[` + list(20_000, chain) + `]`)},
		{"variables of one name", board(panelsOfOne + `,"variables":[` + list(40_000, same(`{"kind":"TextVariable","spec":{"name":"v","value":"$v ${v:csv} $v"}}`)) + `]`)},
		{"a variable that is used often", board(`"variables":[` + staticVariable("a", 20_000, 20) + `],"panels":{` + list(20, func(i int) string {
			return fmt.Sprintf(`"p%d":%s`, i, panelWith("TimeSeriesChart", "{}", promQL(`up{a=~"`+strings.Repeat("$a", 8000)+`"}`)))
		}) + `}`)},
		{"many unknown variables", boardOf(panelWith("Markdown", fmt.Sprintf(`{"text":%q}`, manyReferences(1000, 150)), ""))[:len(boardOf(panelWith("Markdown", fmt.Sprintf(`{"text":%q}`, manyReferences(1000, 150)), "")))-2] +
			`,"variables":[` + list(1000, func(i int) string {
			return fmt.Sprintf(`{"kind":"TextVariable","spec":{"name":"%s%d","value":"x"}}`, strings.Repeat("k", 66), 1000+i)
		}) + `]}}`},
		{"many dollars", boardOf(panelWith("Markdown", fmt.Sprintf(`{"text":%q}`, strings.Repeat("${", 1_000_000)), ""), panelWith("Markdown", fmt.Sprintf(`{"text":%q}`, strings.Repeat("$a", 900_000)), ""))},
		{"a long Markdown text", boardOf(panelWith("Markdown", fmt.Sprintf(`{"text":%q}`, strings.Repeat("*_`[x](", 130_000)+strings.Repeat("> ", 300_000)+strings.Repeat("- a\n  ", 100_000)+strings.Repeat("|a", 400_000)), ""))},
		{"many thresholds and mappings", boardOf(panelWith("StatChart", `{"thresholds":{"steps":[`+list(10_000, func(i int) string { return fmt.Sprintf(`{"value":%d,"color":"red"}`, i) })+`]},"mappings":[`+list(10_000, func(i int) string {
			return fmt.Sprintf(`{"kind":"Regex","spec":{"pattern":"(a|b){1,%d}","result":{"value":"x"}}}`, i%1000)
		})+`]}`, promQL("up")))},
		{"many columns", boardOf(panelWith("Table", `{"columnSettings":[`+list(30_000, func(i int) string { return fmt.Sprintf(`{"name":"c%d","header":"h"}`, i) })+`]}`, promQL("up")))},
		{"many datasources", board(panelsOfOne + `,"datasources":{` + list(20_000, func(i int) string {
			return fmt.Sprintf(`"d%d":{"default":true,"plugin":{"kind":"PrometheusDatasource","spec":{"proxy":{"kind":"HTTPProxy","spec":{"url":"http://u:p@h"}}}}}`, i)
		}) + `}`)},
		{"many references to datasources", boardOf(panelWith("TimeSeriesChart", "{}", list(13_000, func(i int) string {
			return fmt.Sprintf(`{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"up","datasource":{"kind":"PrometheusDatasource","name":"prometheus-%d"}}}}}`, i)
		})))},
		{"deep JSON", boardOf(panelWith("Markdown", `{"text":"x","x":`+strings.Repeat(`{"a":[`, 4500)+"1"+strings.Repeat(`]}`, 4500)+`}`, ""))},
		{"deeper JSON than is decoded", boardOf(panelWith("Markdown", `{"text":"x","x":`+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+`}`, ""))},
		{"many links, tags and annotations", board(panelsOfOne + `,"links":[` + list(20_000, same(`{"url":"http://u:p@h/$v","name":"$w"}`)) + `],"annotations":[` + list(20_000, same(`{"display":{"name":"a"},"plugin":{"kind":"PrometheusPromQLAnnotation","spec":{"expr":"up"}}}`)) + `]`)},
		{"secrets and URLs", board(panelsOfOne + `,"x":[` + list(20_000, same(`{"password":"p","url":"http://u:p@h/http://u:p@h/","token":"\u0040"}`)) + `]`)},
		{"the start of a URL, repeated", boardOf(panelWith("Markdown", fmt.Sprintf(`{"text":%q}`, strings.Repeat("://a", 900_000)+"@"), ""))},
		{"long names", board(`"panels":{` + list(3, func(i int) string { return fmt.Sprintf(`"%s%d":%s`, strings.Repeat("p", 1_000_000), i, markdown) }) + `}`)},
		{"one key again and again", board(`"panels":{` + list(20_000, same(`"p":`+markdown)) + `}`)},
		{"metrics that differ by a letter", boardOfQueries(list(1, same(strings.Join(func() (all []string) {
			for i := range 2_000 {
				all = append(all, fmt.Sprintf("container_memory_working_set_bytes_of_a_rather_long_name_%d", i))
			}
			return all
		}(), "+"))))},
	}
})

// manyReferences returns a text with references to n variables, whose names have width characters.
func manyReferences(n, width int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "$%s%d ", strings.Repeat("u", width-4), 1000+i)
	}
	return b.String()
}

// hostileDocuments are documents of any kind.
var hostileDocuments = sync.OnceValue(func() []hostileText {
	head := func(spec string) string {
		return `{"kind":"Dashboard","metadata":{"name":"d","project":"p","version":1},"spec":` + spec + `}`
	}
	return []hostileText{
		{"any: deep", head(strings.Repeat(`{"a":[`, 4900) + "1" + strings.Repeat(`]}`, 4900))},
		{"any: a long list", head(`{"x":[` + list(maxStored, func(int) string { return `""` }) + `]}`)},
		{"any: a long map", head(`{` + list(maxStored, func(i int) string { return fmt.Sprintf(`"k%d":"http://u:p@h"`, i) }) + `}`)},
		{"any: a long text", head(`{"display":{"name":"` + strings.Repeat("x@y://", 680_000) + `"}}`)},
		{"any: no document", "[" + list(100_000, func(int) string { return `[{}]` }) + "]"},
	}
})
