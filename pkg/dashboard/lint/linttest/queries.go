package linttest

// Query is a query with a part of the finding about it, and the fixed query; "-" means none.
type Query struct{ Text, Finding, Fixed string }

// Queries returns correct and wrong queries, for a dashboard with a time range of an hour.
func Queries() []Query {
	return []Query{
		{`up`, "-", "-"},
		{`sum by (job) (rate(a_total{job=~"$team"}[$__rate_interval]))`, "-", "-"},
		{`sum(rate(a_total[5m])`, "unclosed left parenthesis", `sum(rate(a_total[5m]))`},
		{`rate(a_total{b="$team"})`, "needs a range", `rate(a_total{b="$team"}[$__rate_interval])`},
		{`rate(sum(a_total[5m]) by (job))`, "Apply the rate first", `sum (rate(a_total[5m])) by (job)`},
		{`a && b`, "&& is written and", "a and b"},
		{`a $operator b`, "$operator is not defined", "-"},
		{`rate(sum(a_total{x="$team"})[$__rate_interval:])`, "the restart of one process", `sum(rate(a_total{x="$team"}[$__rate_interval]))`},
		{`rate(sum by (x) (a_total)[5m:1m]) * 2`, "the restart of one process", `sum by (x) (rate(a_total[5m])) * 2`},
		{`max_over_time(sum(up)[5m:])`, "-", "-"},
		{`histogram_quantile(0.9, sum(rate(a_bucket[5m])))`, "the label le", `histogram_quantile(0.9, sum by (le) (rate(a_bucket[5m])))`},
		{`histogram_quantile(0.9, sum by (job) (rate(a_bucket[5m])))`, "the label le", `histogram_quantile(0.9, sum by (le, job) (rate(a_bucket[5m])))`},
		{`histogram_quantile(0.9, sum(rate(a_bucket[5m])) by (job))`, "the label le", `histogram_quantile(0.9, sum(rate(a_bucket[5m])) by (le, job))`},
		{`histogram_quantile(0.9, sum by ($team) (rate(a_bucket[5m])))`, "-", "-"},
		{`histogram_quantile(0.9, sum without (le) (rate(a_bucket[5m])))`, "the label le", "-"},
		{`histogram_quantile(0.9, sum by (job) (rate(a_seconds[5m])))`, "-", "-"}, // a native histogram
		{`histogram_quantile(0.9, a_bucket)`, "without rate", `histogram_quantile(0.9, rate(a_bucket[$__rate_interval]))`},
		{`histogram_quantile(95, rate(a_bucket[5m]))`, "95 is not a quantile", `histogram_quantile(0.95, rate(a_bucket[5m]))`},
		{`histogram_quantile($team, rate(a_bucket[5m]))`, "-", "-"},
		{`quantile(1.5, a)`, "1.5 is not a quantile", `quantile(0.015, a)`},
		{`quantile(-1, a)`, "-1 is not a quantile", "-"},
		{`rate(up[5m])`, "up is a gauge", `deriv(up[5m])`},
		{`increase(kube_pod_container_status_restarts_total[1h])`, "-", "-"},
		{`increase(node_memory_Active_bytes{a="$team"}[1h])`, "is a gauge", `delta(node_memory_Active_bytes{a="$team"}[1h])`},
		{`sum(a_total)`, "which only increases", `sum(rate(a_total[$__rate_interval]))`},
		{`count(a_total)`, "-", "-"},
		{`a_total / b_total`, "-", "-"},
		{`a_total - a_total offset 1h`, "-", "-"},
		{`increase(a_total[1h])`, "-", "-"},
		{`rate(a_total[20s])`, "one every 15s", `rate(a_total[$__rate_interval])`},
		{`rate(a_total[$interval])`, "$interval is not defined", "-"},
		{`sum by (a) (x) / sum(y)`, "never match", `sum by (a) (x) / on () group_left () sum(y)`},
		{`sum(x) > bool sum by (a) (y)`, "never match", `sum(x) > bool on () group_right () sum by (a) (y)`},
		{`sum by (a) (x) / sum by (b) (y)`, "never match", "-"},
		{`sum by (a) (x) / on () group_left () sum(y)`, "-", "-"},
		{`sum by (a) (x) / sum by (a) (y)`, "-", "-"},
		{`sum(x) and sum by (a) (y)`, "-", "-"},
		{`topk(3, sum by (a) (x)) / sum by (a) (y)`, "-", "-"},
		{`up{job=~"api"}`, "does not need a regular expression", `up{job="api"}`},
		{`up{job!~'api'}`, "does not need a regular expression", `up{job!='api'}`},
		{`up{job=~"api"} - up{job=~"api"}`, "does not need a regular expression", `up{job="api"} - up{job="api"}`},
		{`up{job=~"api|web", x=~"$team", y=~""}`, "-", "-"},
	}
}
