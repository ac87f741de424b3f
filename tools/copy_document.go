package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
)

// ownMetadata are the fields of a document's metadata that Perses sets itself.
var ownMetadata = []string{"createdAt", "updatedAt", "version"}

// moved returns a document under another name, in another project if it belongs to one. Beside that it is without what Perses
// sets itself, and byte for byte what it was.
func moved(document json.RawMessage, to perses.Ref) json.RawMessage {
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
		if key.Str != "name" && key.Str != "project" && !slices.Contains(ownMetadata, key.Str) {
			member(key.Str, []byte(value.Raw))
		}
		return true
	})
	end := metadata.Index + len(metadata.Raw)
	return slices.Concat(document[:metadata.Index], []byte("{"), changed.Bytes(), []byte("}"), document[end:])
}

// checkSecrets refuses a document whose secrets Perses does not give away: what would be written again in its place is the mask.
// doing is a participle, such as "copied".
func checkSecrets(r perses.Ref, document json.RawMessage, doing string) error {
	if r.Kind == modelv1.KindUser {
		return fmt.Errorf("a User is not %s: Perses shows no passwords, so the other one would have none. Create it with perses_apply_resource", doing)
	}
	if pointer := perses.FindMask(document); pointer != "" {
		return fmt.Errorf("%s is not %s: Perses shows %s where its secret is (%s), so the secret would be lost. Create the other one with perses_apply_resource and the real value", r, doing, perses.Mask, pointer)
	}
	return nil
}

// checkProject refuses a project that does not exist, which a dry run of Perses' would not notice.
func checkProject(call *Call, doing string, r perses.Ref) error {
	if r.Project == "" {
		return nil
	}
	_, err := call.Get(perses.Ref{Kind: modelv1.KindProject, Name: r.Project})
	if perses.IsForbidden(err) { // who may write into a project may not have the right to read its document
		return nil
	}
	return call.Explain(doing, r, err)
}
