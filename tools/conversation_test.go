package tools_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

var update = flag.Bool("update", false, "write what the server answers into conversations and golden files")

func TestMain(m *testing.M) { persestest.Main(m) }

// TestConversations replays the conversations in testdata with a server in front of a real Perses: a call, then its exact
// answer. Values that differ from run to run have names there: PERSES is the address of Perses, TIME is a time.
//
//	call TOOL ARGUMENTS    calls a tool, as a host does
//	read URI               reads a resource
//	answer TEXT            is the exact answer to the last call
//	refused TEXT           is the exact error of the last call
//	limit BYTES            sets the maximum size of the answers that follow
//	projects PROJECT…      limits the server to these projects
//	as USER [PASSWORD]     switches to the Perses with logins: as admin, as another user, as anonymous, or as garbage,
//	                       which sends an invalid token; as anyone switches back to the Perses without logins
//
// A JSON object may span lines until its closing brace. The rest is comments (#) and empty lines. Files can be imported from
// testdata/import. With -update the answers of the server replace those in the scripts.
func TestConversations(t *testing.T) {
	paths, err := filepath.Glob("testdata/conversations/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("no conversations", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			script, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			c := &conversation{t: t}
			c.as([]string{"anyone"})
			var replayed strings.Builder
			for _, statement := range statements(string(script)) {
				replayed.WriteString(c.run(path, statement))
			}
			if !*update {
				return
			}
			if err := os.WriteFile(path, []byte(replayed.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// statements splits a script into statements. A line that is indented or closes an object or a list belongs to the line before.
func statements(script string) (all []string) {
	for line := range strings.Lines(script) {
		if strings.ContainsAny(line[:1], " }]") {
			all[len(all)-1] += line
			continue
		}
		all = append(all, line)
	}
	return all
}

type conversation struct {
	t          *testing.T
	host       servertest.Host
	address    string // of Perses
	prometheus string // the address of Prometheus, once a script has used it
	call       string // the last statement that was answered
	text       string // the answer to it
	failed     bool
}

// run executes one statement and returns it as it stands in an updated script.
func (c *conversation) run(path, statement string) string {
	c.t.Helper()
	verb, rest, _ := strings.Cut(strings.TrimSuffix(statement, "\n"), " ")
	switch verb {
	case "", "#":
		return statement
	case "answer", "refused":
		got := c.answer()
		if !*update && got != statement {
			c.t.Fatalf("%s: after %s%s", path, c.call, diff.Diff("want", []byte(statement), "got", []byte(got)))
		}
		return got
	case "call":
		c.call = statement
		tool, arguments, given := strings.Cut(rest, " ")
		if given {
			c.call = indented("call "+tool+" ", arguments)
		}
		c.text, c.failed = c.host.Call(tool, json.RawMessage(cmp.Or(c.named(arguments), "{}")))
		return c.call
	case "read":
		text, err := c.host.Read(rest)
		if c.text, c.failed = text, err != nil; err != nil {
			c.text = err.Error()
		}
		c.call = statement
	case "as":
		c.as(strings.Fields(rest))
	case "projects":
		c.connect(servertest.Options{Projects: strings.Fields(rest)})
	case "limit":
		limit, err := strconv.Atoi(rest)
		if err != nil {
			c.t.Fatal(err)
		}
		c.connect(servertest.Options{ResultLimit: limit})
	default:
		c.t.Fatalf("%s: unknown statement: %s", path, statement)
	}
	return statement
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
	case "anonymous":
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

// named replaces the names of addresses in a script with the addresses.
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

// answer returns the last answer as a statement.
func (c *conversation) answer() string {
	var compact bytes.Buffer
	if json.Compact(&compact, []byte(c.text)) == nil && compact.String() != c.text {
		c.t.Errorf("%s is answered with JSON that is not compact: %s", c.call, c.text)
	}
	text := strings.ReplaceAll(times.ReplaceAllString(c.text, "TIME"), c.address, "PERSES")
	if c.prometheus != "" {
		text = strings.ReplaceAll(text, c.prometheus, "PROMETHEUS")
	}
	if c.failed {
		return indented("refused ", text)
	}
	return indented("answer ", text)
}

// indented returns a text behind the keyword of its statement. An object that is longer than a line is indented.
func indented(keyword, text string) string {
	if !json.Valid([]byte(text)) {
		return keyword + text + "\n"
	}
	var b strings.Builder
	b.WriteString(keyword)
	writeIndented(&b, gjson.Parse(text), "", len(keyword))
	return b.String() + "\n"
}

// writeIndented writes JSON: on one line if that ends before column 130, else with a line for each member or element.
// It changes spaces only. column is where the value begins.
func writeIndented(b *strings.Builder, value gjson.Result, indent string, column int) {
	if column+len(value.Raw) <= 130 || !value.IsObject() && !value.IsArray() {
		b.WriteString(value.Raw)
		return
	}
	separator, inner := value.Raw[:1], indent+"  "
	value.ForEach(func(key, member gjson.Result) bool {
		begin := inner
		if value.IsObject() {
			begin += key.Raw + ": "
		}
		b.WriteString(separator + "\n" + begin)
		writeIndented(b, member, inner, len(begin))
		separator = ","
		return true
	})
	b.WriteString("\n" + indent + value.Raw[len(value.Raw)-1:])
}
