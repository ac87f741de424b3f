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

// readable refuses a document whose secrets Perses does not give away: what would be written again in its place is the mask.
// doing is a participle, such as "copied".
func readable(r perses.Ref, document json.RawMessage, doing string) error {
	if r.Kind == modelv1.KindUser {
		return fmt.Errorf("a User is not %s: Perses shows no passwords, so the other one would have none. Create it with perses_apply_resource", doing)
	}
	if pointer := perses.FindMask(document); pointer != "" {
		return fmt.Errorf("%s is not %s: Perses shows %s where its secret is (%s), so the secret would be lost. Create the other one with perses_apply_resource and the real value", r, doing, perses.Mask, pointer)
	}
	return nil
}

// place stores a document byte for byte under its name, over the existing one if that is not nil. With dry_run it only asks
// Perses whether it would take it. doing is what a person is asked about the existing one: "Replace", "Change".
func (k Kind) place(call *Call, r perses.Ref, document, existing json.RawMessage, doing string) (effect, error) {
	version := versionOf(existing)
	answer := effect{Kind: r.Kind, Project: r.Project, Name: r.Name, Version: version, URL: call.Page(r)}
	what, verb, send := "created", "create", call.Create
	if existing != nil {
		what, verb, send = "updated", "update", call.Replace
		if same, err := seenSame(call, existing, document); err != nil || same {
			answer.Effect = "unchanged"
			return answer, err
		}
	}
	if !call.Flag("dry_run") {
		if existing != nil {
			if err := call.confirmOver(verb, r, existing, document, doing); err != nil {
				return effect{}, err
			}
		}
		stored, err := send(r, document)
		if err != nil {
			return effect{}, call.Explain(verb, r, err)
		}
		return draft{kind: k, ref: r}.done(call, what, stored), nil
	}
	answer.WouldBe, answer.Checked = what, "client"
	if perses.CanValidate(r.Kind) {
		answer.Checked = "perses"
		if err := call.CheckDocument(r.Kind, document); err != nil {
			return effect{}, call.Explain("validate", r, err)
		}
	}
	return answer, nil
}

// hasProject refuses a project that does not exist, which a dry run of Perses' would not notice.
func hasProject(call *Call, doing string, r perses.Ref) error {
	if r.Project == "" {
		return nil
	}
	_, err := call.Get(perses.Ref{Kind: modelv1.KindProject, Name: r.Project})
	if perses.IsForbidden(err) { // who may write into a project may not have the right to read its document
		return nil
	}
	return call.Explain(doing, r, err)
}
