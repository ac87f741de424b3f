package tools

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"github.com/tidwall/gjson"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/perses"
)

// Args holds the checked arguments of a call as they were sent: numbers keep their digits, and documents the order of their keys.
type Args map[string]json.RawMessage

// Has reports whether an argument was given.
func (a Args) Has(name string) bool { _, ok := a[name]; return ok }

// Text returns a string argument, "" if it was not given.
func (a Args) Text(name string) string {
	var s string
	_ = json.Unmarshal(a[name], &s) // the schema guarantees the type
	return s
}

// Flag returns a boolean argument, false if it was not given.
func (a Args) Flag(name string) bool {
	var b bool
	_ = json.Unmarshal(a[name], &b)
	return b
}

// Count returns a whole number, 0 if it was not given.
func (a Args) Count(name string) uint64 {
	n, _ := count(a[name])
	return n
}

// count parses a whole number from 0. In JSON, 3, 3.0 and 3e0 are the same number.
func count(raw json.RawMessage) (n uint64, ok bool) {
	f, err := strconv.ParseFloat(string(raw), 64)
	if err != nil || f != math.Trunc(f) || f < 0 || f > 1<<53 {
		return 0, false
	}
	return uint64(f), true
}

// Document returns an argument that is an object or a list of objects, nil if it was not given.
func (a Args) Document(name string) json.RawMessage { return a[name] }

// Checker checks the arguments of one tool.
type Checker struct {
	tool   Tool
	schema func() (*jsonschema.Schema, error) // compiles it at the first call, so that the server starts faster
}

// NewChecker returns the checker of a tool's arguments. It is safe for concurrent use.
func NewChecker(t Tool) *Checker {
	return &Checker{t, sync.OnceValues(func() (*jsonschema.Schema, error) {
		parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(t.Schema()))
		if err != nil {
			return nil, err
		}
		compiler := jsonschema.NewCompiler()
		if err := compiler.AddResource(t.Name, parsed); err != nil {
			return nil, err
		}
		return compiler.Compile(t.Name)
	})}
}

// Check returns the arguments if they match the declaration of the tool. Its error names each argument that does not, with the
// accepted values. An argument that is null counts as not given.
func (c *Checker) Check(raw json.RawMessage) (Args, error) {
	args := Args{}
	if trimmed := bytes.TrimSpace(raw); len(trimmed) > 0 {
		if isLonger(gjson.ParseBytes(trimmed), maxArguments) {
			return nil, fmt.Errorf("there are more than %d arguments: %s takes at most %d", maxArguments, c.tool.Name, len(c.tool.Params))
		}
		if err := json.Unmarshal(trimmed, &args); err != nil {
			return nil, errors.New("the arguments must be a JSON object")
		}
	}
	for name, value := range args {
		if string(value) == "null" {
			delete(args, name)
		}
	}
	if err := c.unwrapDocuments(args); err != nil {
		return nil, err
	}
	for _, p := range c.tool.Params {
		if list := gjson.ParseBytes(args[p.Name]); list.IsArray() && isLonger(list, maxElements) {
			return nil, fmt.Errorf("%s: the list has more than %d elements", p.Name, maxElements)
		}
	}
	if err := c.validate(args); err != nil {
		return nil, err
	}
	for _, p := range c.tool.Params {
		if err := p.check(args); err != nil {
			return nil, err
		}
	}
	return args, nil
}

// maxArguments is far above the number of arguments of any tool. A message has room for a hundred thousand, which would take much
// memory to decode.
const maxArguments = 1000

// maxElements is the maximum number of elements of a list. The validation reports each wrong element: for a list of numbers that
// takes hundreds of times its size in memory.
const maxElements = 10_000

// isLonger reports whether an object has more than max members, or a list more than max elements. It reads no further.
func isLonger(value gjson.Result, max int) bool {
	count := 0
	value.ForEach(func(_, _ gjson.Result) bool {
		count++
		return count <= max
	})
	return count > max
}

// check checks what the schema does not say. Not every host reads patterns and bounds in a schema, and one host was seen to drop
// all tools because of a schema that it did not accept.
func (p Param) check(args Args) error {
	if !args.Has(p.Name) {
		return nil
	}
	switch p.Type {
	case Name:
		err := perses.CheckName(p.Name, args.Text(p.Name))
		if err != nil && p.Name == ofDashboard.Name { // it is often the title
			return fmt.Errorf("%w; perses_search_dashboards finds a dashboard by its title", err)
		}
		return err
	case Count:
		if _, ok := count(args[p.Name]); !ok {
			return fmt.Errorf("%s: want a whole number from 0, got %s", p.Name, args[p.Name])
		}
	}
	return nil
}

// unwrapDocuments parses documents that some models send as strings of JSON.
func (c *Checker) unwrapDocuments(args Args) error {
	for _, p := range c.tool.Params {
		var text string
		if !p.Type.isJSON() || json.Unmarshal(args[p.Name], &text) != nil {
			continue
		}
		var document json.RawMessage
		if err := json.Unmarshal([]byte(text), &document); err != nil {
			return fmt.Errorf("%s: want a JSON %s, got a string that is not JSON (%w)", p.Name, jsonTypes[p.Type], err)
		}
		args[p.Name] = document
	}
	return nil
}

func (c *Checker) validate(args Args) error {
	schema, err := c.schema()
	if err != nil {
		return fmt.Errorf("the schema of %s: %w", c.tool.Name, err)
	}
	shallow := make(Args, len(args))
	for name, value := range args {
		shallow[name] = withoutMembers(value)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(perses.Marshal(shallow)))
	if err != nil {
		return err
	}
	var invalid *jsonschema.ValidationError
	if err := schema.Validate(value); !errors.As(err, &invalid) {
		return err
	}
	words := c.describe(invalid)
	if more := len(words) - maxWrong; more > 0 {
		words = append(words[:maxWrong], fmt.Sprintf("and %d more", more))
	}
	return errors.New(strings.Join(words, "; "))
}

// withoutMembers returns an argument with empty objects. The schemas of the tools do not describe the members of documents, so
// that validating a document of some megabytes need not decode it.
func withoutMembers(argument json.RawMessage) json.RawMessage {
	switch value := gjson.ParseBytes(argument); {
	case value.IsObject():
		return json.RawMessage("{}")
	case value.IsArray():
		elements := []json.RawMessage{}
		value.ForEach(func(_, element gjson.Result) bool {
			raw := json.RawMessage(element.Raw)
			if element.IsObject() {
				raw = json.RawMessage("{}")
			}
			elements = append(elements, raw)
			return true
		})
		return perses.Marshal(elements)
	}
	return argument
}

const (
	maxWrong   = 20 // wrong arguments and elements that an error names
	maxUnknown = 10 // unknown arguments that an error names
)

var english = message.NewPrinter(language.English)

// describe describes the leaves of a validation error, one for each wrong argument.
func (c *Checker) describe(invalid *jsonschema.ValidationError) []string {
	var words []string
	for _, cause := range invalid.Causes {
		words = append(words, c.describe(cause)...)
	}
	where := argumentAt(invalid.InstanceLocation)
	switch k := invalid.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		for _, name := range k.Properties[:min(len(k.Properties), maxUnknown)] {
			words = append(words, c.unknown(name))
		}
		if more := len(k.Properties) - maxUnknown; more > 0 {
			words = append(words, fmt.Sprintf("and %d more unknown arguments", more))
		}
	case *kind.Required:
		words = append(words, "missing: "+strings.Join(k.Missing, ", "))
	case *kind.Type:
		word := fmt.Sprintf("%s: want %s, got %s", where, strings.Join(k.Want, " or "), k.Got)
		if k.Got == "object" && slices.Contains(k.Want, "array") {
			word += "; put it into a list: [{…}]"
		}
		words = append(words, word)
	case *kind.Enum:
		words = append(words, notAccepted(where, fmt.Sprint(k.Got), texts(k.Want)))
	default:
		if len(invalid.Causes) == 0 {
			words = append(words, where+": "+invalid.ErrorKind.LocalizedString(english))
		}
	}
	return words
}

// argumentAt formats the location of a value in the arguments, such as edits[0].
func argumentAt(location []string) string {
	var b strings.Builder
	for i, key := range location {
		switch _, err := strconv.Atoi(key); {
		case i == 0:
			b.WriteString(key)
		case err == nil:
			b.WriteString("[" + key + "]")
		default:
			b.WriteString("." + key)
		}
	}
	return b.String()
}

// notAccepted describes a wrong value with the accepted values nearest to it, or with all accepted values.
func notAccepted(where, got string, accepted []string) string {
	if near := nearest.Names(got, accepted); len(near) > 0 {
		accepted = near
	}
	return fmt.Sprintf("%s: %q is not accepted; want %s", where, clip(got), strings.Join(accepted, " or "))
}

func texts(values []any) []string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return texts
}

func (c *Checker) unknown(name string) string {
	var known []string
	for _, p := range c.tool.Params {
		known = append(known, p.Name)
	}
	if near := nearest.Names(name, known); len(near) > 0 {
		return fmt.Sprintf("unknown argument %q: did you mean %s?", clip(name), strings.Join(near, " or "))
	}
	if len(known) == 0 {
		return fmt.Sprintf("unknown argument %q: the tool takes none", clip(name))
	}
	slices.Sort(known)
	return fmt.Sprintf("unknown argument %q: there are %s", clip(name), strings.Join(known, ", "))
}
