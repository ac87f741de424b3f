package main

import "fmt"

// subject is the same request to Perses, the forwarder and our server.
type subject struct {
	what            string
	path            string // of the direct GET, below Perses' /api/v1
	forwarder, ours message
	efforts         []effort
	bounds          bounds
}

// bounds limit a subject; 0 means no limit. All but bytes are ratios of our server to another.
type bounds struct {
	overForwarder float64 // maximum p50 of one caller, relative to the forwarder
	overDirect    float64 // maximum p50 of one caller, relative to the direct GET
	rate          float64 // minimum calls per second of 64 callers, relative to the forwarder
	tail          float64 // maximum p99 of 64 callers, relative to the forwarder
	bytes         int     // maximum size of an answer
}

// many is the number of callers to which rate and tail apply.
const many = 64

func tool(name string, arguments object) message {
	return message{"tools/call", object{"name": name, "arguments": arguments}}
}

func forwarded(path string) message { return tool("get", object{"path": "/api/v1" + path}) }

func getMedium() subject {
	path := "/projects/" + documents + "/dashboards/" + medium
	return subject{
		what: "get a dashboard of 32 KB", path: path, forwarder: forwarded(path),
		ours: tool("perses_get_dashboard_by_name", object{"project": documents, "dashboard": medium}),
	}
}

func readLarge() subject {
	read := message{"resources/read", object{"uri": "perses://projects/" + documents + "/dashboards/" + large}}
	return subject{what: "read one of 1 MB as a resource", path: "/projects/" + documents + "/dashboards/" + large, forwarder: read, ours: read}
}

func list(n int) subject {
	path := "/projects/" + listed(n) + "/dashboards?metadata_only=true"
	return subject{
		what: fmt.Sprintf("list the first page of %d", n), path: path, forwarder: forwarded(path),
		ours: tool("perses_list_dashboards", object{"project": listed(n)}),
	}
}

// plan is the extent of a run.
type plan struct {
	subjects []subject
	largest  int // number of dashboards in the largest list
	starts   int // number of measured starts
	calls    int // number of calls before memory is measured

	dataRounds int // rounds for tools that query data
	wide       int // number of series, and of points of each, in the largest range
	perProject int // number of dashboards in each project that is searched
}

func (p plan) lists() []int {
	if p.largest == made {
		return []int{made}
	}
	return []int{made, 1000, p.largest}
}

// full is the run for measuring.
func full() plan {
	get, read := getMedium(), readLarge()
	get.efforts = []effort{{1, 400, 1}, {8, 15, 10}, {many, 12, 5}}
	get.bounds = bounds{overForwarder: 1.15, rate: 0.9, tail: 2}
	read.efforts = []effort{{1, 60, 1}, {8, 5, 3}, {many, 3, 1}}
	read.bounds = bounds{overForwarder: 1.15, rate: 0.9, tail: 2}
	ten, thousand, tenThousand := list(made), list(1000), list(10000)
	ten.efforts = []effort{{1, 200, 1}, {8, 15, 10}, {many, 8, 5}}
	thousand.efforts = []effort{{1, 40, 1}, {8, 4, 3}, {many, 2, 1}}
	tenThousand.efforts = []effort{{1, 9, 1}, {8, 1, 1}, {many, 1, 1}}
	tenThousand.bounds = bounds{overDirect: 2, bytes: 40_000}
	return plan{subjects: []subject{get, read, ten, thousand, tenThousand}, largest: 10000, starts: 15, calls: 1000, dataRounds: 15, wide: 1000, perProject: 100}
}

// quick is the run for testing the benchmark.
func quick() plan {
	get, read, ten := getMedium(), readLarge(), list(made)
	get.efforts = []effort{{1, 3, 1}, {4, 2, 2}}
	read.efforts = []effort{{1, 2, 1}}
	ten.efforts = []effort{{1, 2, 1}}
	return plan{subjects: []subject{get, read, ten}, largest: made, starts: 1, calls: 20, dataRounds: 1, wide: 30, perProject: 3}
}
