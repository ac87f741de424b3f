package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/perses/problem"
)

// serverMetadata lists the fields of a document's metadata that Perses sets.
var serverMetadata = []string{"createdAt", "updatedAt", "version"}

// withRef returns a document with another name, and with another project if its kind belongs to one. The fields that Perses sets
// are removed. All other bytes stay the same.
func withRef(document json.RawMessage, to perses.Ref) json.RawMessage {
	metadata := gjson.GetBytes(document, "metadata")
	if !metadata.IsObject() {
		return document
	}
	var changed bytes.Buffer
	member := func(key string, value []byte) {
		if changed.Len() > 0 {
			changed.WriteByte(',')
		}
		changed.Write(perses.Marshal(key))
		changed.WriteByte(':')
		changed.Write(value)
	}
	member("name", perses.Marshal(to.Name))
	if to.Project != "" {
		member("project", perses.Marshal(to.Project))
	}
	metadata.ForEach(func(key, value gjson.Result) bool {
		if key.Str != "name" && key.Str != "project" && !slices.Contains(serverMetadata, key.Str) {
			member(key.Str, []byte(value.Raw))
		}
		return true
	})
	end := metadata.Index + len(metadata.Raw)
	return slices.Concat(document[:metadata.Index], []byte("{"), changed.Bytes(), []byte("}"), document[end:])
}

// checkSecrets refuses a document with secrets that Perses does not return, because the copy would hold the mask instead. doing is
// a participle, such as "copied".
func checkSecrets(r perses.Ref, document json.RawMessage, doing string) error {
	if r.Kind == modelv1.KindUser {
		return fmt.Errorf("a User cannot be %s: Perses does not return passwords, so the new user would have none. Create it with perses_apply_resource", doing)
	}
	if pointer := mask.Find(document); pointer != "" {
		return fmt.Errorf("%s cannot be %s: Perses returns %s instead of its secret (%s), so the secret would be lost. Create the new document with perses_apply_resource and the real value", r, doing, mask.Secret, pointer)
	}
	return nil
}

// checkProject refuses a project that does not exist. Perses' validation in a dry run does not check it. doing is a verb for the
// error.
func checkProject(call *Call, doing string, r perses.Ref) error {
	if r.Project == "" {
		return nil
	}
	_, err := call.Get(perses.Ref{Kind: modelv1.KindProject, Name: r.Project})
	if problem.IsForbidden(err) { // the right to write into a project does not include the right to read its document
		return nil
	}
	return call.Explain(doing, r, err)
}
