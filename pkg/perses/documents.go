package perses

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/tidwall/gjson"
)

// Get returns a document as Perses sends it, neither decoded nor masked: decoding into the types of the
// client would lose what a newer Perses has added, and fails on documents that Perses itself accepts.
func (c *Client) Get(r Ref) (json.RawMessage, error) {
	if err := CheckName("name", r.Name); err != nil {
		return nil, err
	}
	return c.fetch(r, nil)
}

// List returns the documents of a kind whose name begins with prefix: those of r.Project, or those of all
// projects when it is empty. With metadataOnly, Perses leaves out their spec; datasources always come whole.
func (c *Client) List(r Ref, prefix string, metadataOnly bool) ([]json.RawMessage, error) {
	q := query{}
	if prefix != "" {
		q["name"] = []string{prefix}
	}
	if metadataOnly {
		q["metadata_only"] = []string{"true"}
	}
	all, err := c.fetch(Ref{Kind: r.Kind, Project: r.Project}, q)
	if err != nil {
		return nil, err
	}
	documents, err := elements(all)
	if r.Project == "" {
		documents = c.Projects.filter(r.Kind, documents)
	}
	return documents, err
}

// elements returns the elements of a list that is known to be JSON. They share its memory.
func elements(list json.RawMessage) (documents []json.RawMessage, err error) {
	parsed := gjson.ParseBytes(list)
	if !parsed.IsArray() {
		return nil, json.Unmarshal(list, &documents) // which says what it is instead
	}
	parsed.ForEach(func(_, element gjson.Result) bool {
		end := element.Index + len(element.Raw)
		documents = append(documents, list[element.Index:end:end])
		return true
	})
	return documents, nil
}

// Names returns the names of the documents of a kind, of r.Project if it is set.
func (c *Client) Names(r Ref, prefix string) ([]string, error) {
	documents, err := c.List(r, prefix, true)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(documents))
	for _, d := range documents {
		var h Head
		if json.Unmarshal(d, &h) == nil {
			names = append(names, h.Metadata.Name)
		}
	}
	return names, nil
}

var errUndecodable = errors.New(`the model of Perses cannot hold it; most often an item of a Grid lacks its "content":{"$ref":"#/spec/panels/KEY"}`)

// Guard calls f and turns a panic into an error: the types of the client panic on some documents, such as
// a dashboard with a grid item that has no content.
func Guard[T any](f func() (T, error)) (result T, err error) {
	defer func() {
		if recover() != nil {
			err = errUndecodable
		}
	}()
	return f()
}

// Marshal encodes a value as compact JSON. It does not escape <, > and &, because models read the text, which pay for each character.
func Marshal(value any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // only types without a JSON form fail, and no caller passes one
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
