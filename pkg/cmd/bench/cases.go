package main

import "fmt"

// subject is something to ask for: of Perses itself, of the forwarder, and of our server.
type subject struct {
	what            string
	path            string // of the direct GET, below Perses' /api/v1
	forwarder, ours message
	efforts         []effort
	bounds          bounds
}

// bounds are what must be kept to; 0 stands for none.
type bounds struct {
	overForwarder float64 // the most that a call of one caller may take, in times of the forwarder's
	overDirect    float64 // the same, in times of the direct GET
	rate          float64 // the least calls a second of 64 callers, in times of the forwarder's
	tail          float64 // the most that the 99th percentile of 64 callers may be, in times of the forwarder's
	bytes         int     // the most that an answer may have
}

// many is the number of callers for which rate and tail are meant.
const many = 64

func tool(name string, arguments object) message {
	return message{"tools/call", object{"name": name, "arguments": arguments}}
}

func forwarded(path string) message { return tool("get", object{"path": "/api/v1" + path}) }

func getMiddling() subject {
	path := "/projects/" + documents + "/dashboards/" + middling
	return subject{
		what: "get a dashboard of 32 KB", path: path, forwarder: forwarded(path),
		ours: tool("perses_get_dashboard_by_name", object{"project": documents, "dashboard": middling}),
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

// plan is a whole run.
type plan struct {
	subjects []subject
	largest  int // list
	starts   int // how often the start is measured
	calls    int // after which memory is looked at

	dataRounds int // in which the tools that ask datasources are measured
	wide       int // series, and points of each, of the largest range
	shelf      int // dashboards in each of the projects that are searched
}

func (p plan) lists() []int {
	if p.largest == made {
		return []int{made}
	}
	return []int{made, 1000, p.largest}
}

// full is the run whose figures count.
func full() plan {
	get, read := getMiddling(), readLarge()
	get.efforts = []effort{{1, 400, 1}, {8, 15, 10}, {many, 12, 5}}
	get.bounds = bounds{overForwarder: 1.15, rate: 0.9, tail: 2}
	read.efforts = []effort{{1, 60, 1}, {8, 5, 3}, {many, 3, 1}}
	read.bounds = bounds{overForwarder: 1.15, rate: 0.9, tail: 2}
	ten, thousand, tenThousand := list(made), list(1000), list(10000)
	ten.efforts = []effort{{1, 200, 1}, {8, 15, 10}, {many, 8, 5}}
	thousand.efforts = []effort{{1, 40, 1}, {8, 4, 3}, {many, 2, 1}}
	tenThousand.efforts = []effort{{1, 9, 1}, {8, 1, 1}, {many, 1, 1}}
	tenThousand.bounds = bounds{overDirect: 2, bytes: 40_000}
	return plan{subjects: []subject{get, read, ten, thousand, tenThousand}, largest: 10000, starts: 15, calls: 1000, dataRounds: 15, wide: 1000, shelf: 100}
}

// quick is a run that shows that all of it works.
func quick() plan {
	get, read, ten := getMiddling(), readLarge(), list(made)
	get.efforts = []effort{{1, 3, 1}, {4, 2, 2}}
	read.efforts = []effort{{1, 2, 1}}
	ten.efforts = []effort{{1, 2, 1}}
	return plan{subjects: []subject{get, read, ten}, largest: made, starts: 1, calls: 20, dataRounds: 1, wide: 30, shelf: 3}
}
