package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// step is a request of MCP and its expected answer, which is one of Answer, Refused and Error.
type step struct {
	Method string         `json:"method"`
	Params map[string]any `json:"params,omitempty"`

	Answer  any    `json:"answer,omitempty"`  // what the answer must contain, see read and contains
	Refused string `json:"refused,omitempty"` // the text of a tool's error
	Error   string `json:"error,omitempty"`   // part of a protocol error, which each client words differently
}

// readConversation reads the conversation and repeats the steps for each kind.
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

// toolNames returns the names in the pinned list of tools, in order.
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

// fill replaces each string "{name}" in a template by the value with that name. Fields without a value are removed, such as the
// project of a global kind.
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

// unsupported is the error of a step that a client cannot make. Such steps are skipped.
const unsupported = "unsupported by this client"

// compare returns a summary, or an error for the first answer that is not as expected.
func compare(steps []step, answers []answer, persesURL string) (summary string, err error) {
	if len(answers) != len(steps) {
		return "", fmt.Errorf("%d answers to %d requests", len(answers), len(steps))
	}
	var skipped []string
	for i, s := range steps {
		if answers[i].Error == unsupported {
			skipped = append(skipped, s.Method)
			continue
		}
		if err := s.check(answers[i], persesURL); err != nil {
			request, _ := json.Marshal(s.Params)
			return "", fmt.Errorf("step %d: %s %s\n%w", i+1, s.Method, request, err)
		}
	}
	summary = fmt.Sprintf("%d answers as expected", len(steps)-len(skipped))
	if len(skipped) > 0 {
		summary += ", skipped: " + strings.Join(slices.Compact(skipped), ", ")
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
	// The address of Perses differs between runs.
	got, refused, err := read(s.Method, []byte(strings.ReplaceAll(string(a.Result), persesURL, "PERSES")))
	if err != nil {
		return fmt.Errorf("%w in %s", err, a.Result)
	}
	if refused != s.Refused {
		return fmt.Errorf("refused with %q, want %q", refused, s.Refused)
	}
	if s.Refused == "" && !contains(got, s.Answer) {
		have, _ := json.Marshal(got)
		want, _ := json.Marshal(s.Answer)
		return fmt.Errorf(" got %s\nwant %s", have, want)
	}
	return nil
}
