package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// step is a request of MCP and what is to be answered to it, one of:
type step struct {
	Method string         `json:"method"`
	Params map[string]any `json:"params,omitempty"`

	Answer  any    `json:"answer,omitempty"`  // what the answer holds at least, see read and holds
	Refused string `json:"refused,omitempty"` // the text of a tool that failed, all of it
	Error   string `json:"error,omitempty"`   // a part of an error of the protocol, which each client words its own way
}

// readConversation reads the conversation, with the steps for each kind repeated for every kind.
func readConversation() ([]step, error) {
	var c struct {
		Before  []step
		Kinds   []map[string]any
		PerKind []step `json:"for each kind"`
		After   []step
	}
	if err := readJSON(source+"/conversation.json", &c); err != nil {
		return nil, err
	}
	names, err := toolNames()
	if err != nil {
		return nil, err
	}
	var steps []step
	add := func(templates []step, values map[string]any) {
		for _, s := range templates {
			s.Params, _ = fill(s.Params, values).(map[string]any)
			s.Answer = fill(s.Answer, values)
			steps = append(steps, s)
		}
	}
	add(c.Before, map[string]any{"tools": names})
	for _, kind := range c.Kinds {
		for short, long := range map[string]string{"shown": "spec", "shown changed": "changed"} {
			if _, given := kind[short]; !given {
				kind[short] = kind[long]
			}
		}
		add(c.PerKind, kind)
	}
	add(c.After, nil)
	return steps, nil
}

// toolNames are the names of the list of tools that is pinned for the tests, in its order.
func toolNames() ([]any, error) {
	var tools []struct{ Name string }
	err := readJSON("tools/testdata/tools-list.json", &tools)
	var names []any
	for _, t := range tools {
		names = append(names, t.Name)
	}
	return names, err
}

func readJSON(file string, into any) error {
	content, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(content, into)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// fill replaces each string "{name}" in a template by the value of that name. What has none is left out of the object
// that it stands in, as the project of a kind that belongs to none.
func fill(template any, values map[string]any) any {
	switch t := template.(type) {
	case string:
		if name, ok := placeholder(t); ok {
			return values[name]
		}
	case []any:
		filled := []any{}
		for _, element := range t {
			filled = append(filled, fill(element, values))
		}
		return filled
	case map[string]any:
		filled := map[string]any{}
		for key, value := range t {
			if f := fill(value, values); f != nil {
				filled[key] = f
			}
		}
		return filled
	}
	return template
}

func placeholder(s string) (name string, ok bool) {
	name, opened := strings.CutPrefix(s, "{")
	name, closed := strings.CutSuffix(name, "}")
	return name, opened && closed
}

// notOffered is the error of a step for which a client has no means. It is left out of its conversation.
const notOffered = "this client cannot ask that"

// compare returns how many answers were as expected, or the first that was not.
func compare(steps []step, answers []answer, persesURL string) (summary string, err error) {
	if len(answers) != len(steps) {
		return "", fmt.Errorf("%d answers to %d requests", len(answers), len(steps))
	}
	var leftOut []string
	for i, s := range steps {
		if answers[i].Error == notOffered {
			leftOut = append(leftOut, s.Method)
			continue
		}
		if err := s.check(answers[i], persesURL); err != nil {
			request, _ := json.Marshal(s.Params)
			return "", fmt.Errorf("step %d: %s %s\n%w", i+1, s.Method, request, err)
		}
	}
	summary = fmt.Sprintf("%d answers as expected", len(steps)-len(leftOut))
	if len(leftOut) > 0 {
		summary += ", left out: " + strings.Join(slices.Compact(leftOut), ", ")
	}
	return summary, nil
}

func (s step) check(a answer, persesURL string) error {
	if s.Error != "" || a.Error != "" {
		if s.Error == "" || !strings.Contains(a.Error, s.Error) {
			return fmt.Errorf("got the error %q, want one with %q", a.Error, s.Error)
		}
		return nil
	}
	// The address of Perses is another in each run.
	got, refused, err := read(s.Method, []byte(strings.ReplaceAll(string(a.Result), persesURL, "PERSES")))
	if err != nil {
		return fmt.Errorf("%w in %s", err, a.Result)
	}
	if refused != s.Refused {
		return fmt.Errorf("refused with %q, want %q", refused, s.Refused)
	}
	if s.Refused == "" && !holds(got, s.Answer) {
		have, _ := json.Marshal(got)
		want, _ := json.Marshal(s.Answer)
		return fmt.Errorf(" got %s\nwant %s", have, want)
	}
	return nil
}
