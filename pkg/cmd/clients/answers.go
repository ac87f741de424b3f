package main

import (
	"encoding/json"
	"errors"
	"reflect"
)

// read decodes a result of MCP: the names in a list, the values of a completion, or the JSON from a tool or resource. refused is
// the text of a tool's error.
func read(method string, result []byte) (answer any, refused string, err error) {
	var r struct {
		Tools             []struct{ Name string }
		Resources         []struct{ URI string }
		ResourceTemplates []struct{ URITemplate string }
		Contents          []struct{ Text string }
		Completion        struct{ Values []any }
		Content           []struct{ Text string }
		IsError           bool
	}
	if err := json.Unmarshal(result, &r); err != nil {
		return nil, "", err
	}
	names := []any{}
	switch method {
	case "tools/list":
		for _, t := range r.Tools {
			names = append(names, t.Name)
		}
		return names, "", nil
	case "resources/list":
		for _, resource := range r.Resources {
			names = append(names, resource.URI)
		}
		return names, "", nil
	case "resources/templates/list":
		for _, t := range r.ResourceTemplates {
			names = append(names, t.URITemplate)
		}
		return names, "", nil
	case "completion/complete":
		return r.Completion.Values, "", nil
	}
	texts := append(r.Content, r.Contents...) // of a tool, or of a resource
	if len(texts) != 1 {
		return nil, "", errors.New("want exactly one text")
	}
	if r.IsError {
		return nil, texts[0].Text, nil
	}
	err = json.Unmarshal([]byte(texts[0].Text), &answer)
	return answer, "", err
}

// contains reports whether got contains everything in want. Objects may have more fields, such as times.
func contains(got, want any) bool {
	switch want := want.(type) {
	case map[string]any:
		object, ok := got.(map[string]any)
		for key, value := range want {
			ok = ok && contains(object[key], value)
		}
		return ok
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			ok = ok && contains(list[i], want[i])
		}
		return ok
	}
	return reflect.DeepEqual(got, want)
}
