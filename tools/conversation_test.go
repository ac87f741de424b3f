package tools_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

var update = flag.Bool("update", false, "write what the server answers into conversations and golden files")

func TestMain(m *testing.M) { persestest.Main(m) }

// TestConversations holds the conversations in testdata with a server in front of a real Perses: a call,
// then its exact answer. What differs from run to run stands there under a name: PERSES is its address,
// TIME a time.
//
//	call TOOL 'ARGUMENTS'  calls a tool, as a host does
//	read URI               reads a resource
//	answer 'TEXT'          the last one gave exactly this
//	refused 'TEXT'         the last one was refused in exactly these words
//	with LIMIT             from here on the answers of tools have so many bytes at the most
//	fence PROJECT…         from here on there are only these projects
//	as WHO [PASSWORD]      from here on the Perses with logins, as its admin, as a user of it, as nobody, or
//	                       with garbage for a token; or again the one without logins, as anyone
//
// Files can be imported from testdata/import.
func TestConversations(t *testing.T) {
	paths, err := filepath.Glob("testdata/conversations/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatal("no conversations", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			c := &conversation{t: t}
			c.as([]string{"anyone"})
			testscript.RunT(scriptT{t}, testscript.Params{Files: []string{path}, Cmds: c.commands()})
			if *update {
				c.write(path)
			}
		})
	}
}

// scriptT lets a script run as the test that it is called from, not as one of its own in parallel.
type scriptT struct{ *testing.T }

func (t scriptT) Run(_ string, f func(testscript.T)) { f(t) }
func (t scriptT) Parallel()                          {}
func (t scriptT) Verbose() bool                      { return testing.Verbose() }

type conversation struct {
	t       *testing.T
	host    servertest.Host
	address string
	// prometheus is its address, once it has been named.
	prometheus string
	text       string // of the last answer
	failed     bool
	answers    []string // all of them, as the script would have them
}

func (c *conversation) commands() map[string]func(*testscript.TestScript, bool, []string) {
	commands := map[string]func(args []string){
		"as": c.as,
		"with": func(args []string) {
			limit, err := strconv.Atoi(args[0])
			if err != nil {
				c.t.Fatal(err)
			}
			c.connect(servertest.Options{ResultLimit: limit})
		},
		"fence": func(args []string) { c.connect(servertest.Options{Projects: args}) },
		"call": func(args []string) {
			arguments := json.RawMessage("{}")
			if len(args) > 1 {
				arguments = json.RawMessage(c.named(args[1]))
			}
			c.text, c.failed = c.host.Call(args[0], arguments)
		},
		"read": func(args []string) {
			text, err := c.host.Read(args[0])
			if c.text, c.failed = text, err != nil; err != nil {
				c.text = err.Error()
			}
		},
	}
	scripted := map[string]func(*testscript.TestScript, bool, []string){
		"answer":  func(ts *testscript.TestScript, _ bool, args []string) { c.compare(ts, false, args) },
		"refused": func(ts *testscript.TestScript, _ bool, args []string) { c.compare(ts, true, args) },
	}
	for name, do := range commands {
		scripted[name] = func(_ *testscript.TestScript, _ bool, args []string) { do(args) }
	}
	return scripted
}

func (c *conversation) as(args []string) {
	if args[0] == "anyone" {
		c.address = persestest.Shared(c.t).URL
		c.connect(servertest.Options{})
		return
	}
	p := persestest.SharedAuth(c.t)
	c.address = p.URL
	user, password := args[0], ""
	switch user {
	case "nobody":
		c.connect(servertest.Options{})
		return
	case "garbage":
		c.connect(servertest.Options{Token: "garbage"})
		return
	case "admin":
		user, password = persestest.AdminName, persestest.AdminPassword
	default:
		password = args[1]
	}
	token, err := p.Login(c.t.Context(), user, password)
	if err != nil {
		c.t.Fatal(err)
	}
	c.connect(servertest.Options{Token: token})
}

func (c *conversation) connect(o servertest.Options) {
	o.Tools.ImportDir = "testdata/import"
	c.host = servertest.Connect(c.t, servertest.New(c.t, c.address, o))
}

// named replaces the names of addresses in what a script says by the addresses.
func (c *conversation) named(text string) string {
	if strings.Contains(text, "PROMETHEUS") {
		c.prometheus = withSamples(c.t).URL
		text = strings.ReplaceAll(text, "PROMETHEUS", c.prometheus)
	}
	return strings.ReplaceAll(text, "NOWHERE", nowhere)
}

// nowhere is an address at which nothing answers.
const nowhere = "http://127.0.0.1:1"

var times = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z|\b\d{13}\b`)

func (c *conversation) compare(ts *testscript.TestScript, refused bool, args []string) {
	want := strings.Join(args, " ") // one text, or none that is yet to be written
	got := strings.ReplaceAll(times.ReplaceAllString(c.text, "TIME"), c.address, "PERSES")
	if c.prometheus != "" {
		got = strings.ReplaceAll(got, c.prometheus, "PROMETHEUS")
	}
	verb := "answer"
	if c.failed {
		verb = "refused"
	}
	c.answers = append(c.answers, verb+" '"+strings.ReplaceAll(got, "'", "''")+"'")
	if !*update && (got != want || c.failed != refused) {
		ts.Fatalf("\n got: %s %s\nwant: %s", verb, got, want)
	}
}

// write puts what the server answered into the script.
func (c *conversation) write(path string) {
	script, err := os.ReadFile(path)
	if err != nil {
		c.t.Fatal(err)
	}
	lines := strings.Split(string(script), "\n")
	answers := c.answers
	for i, line := range lines {
		if strings.HasPrefix(line, "answer") || strings.HasPrefix(line, "refused") {
			lines[i], answers = answers[0], answers[1:]
		}
	}
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o644); err != nil {
		c.t.Fatal(err)
	}
}
