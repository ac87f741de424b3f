package tools

import (
	"encoding/json"
	"errors"
	"fmt"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
)

// prepare returns a document as it is to be written, after all checks that need no request. It sets the kind, and the project
// of the call if that is not "". A document of another kind or project is refused.
func (k Kind) prepare(call *Call, raw json.RawMessage, project string) (r perses.Ref, document json.RawMessage, err error) {
	raw, err = complete(raw, k.Kind, project)
	if err != nil {
		return r, nil, err
	}
	head, err := perses.HeadOf(raw)
	if err != nil {
		return r, nil, err
	}
	if k.inProject() && head.Metadata.Project == "" {
		return r, nil, fmt.Errorf("metadata.project is missing: a %s belongs to a project", k.Kind)
	}
	r = k.ref(head.Metadata.Project, head.Metadata.Name)
	if pointer := mask.Find(raw); pointer != "" {
		return r, nil, fmt.Errorf("%s is not written: %s holds %s, which stands for a secret that was not shown. Put the real value there, or leave the field out", r, pointer, mask.Secret)
	}
	document, err = k.normalize(raw)
	if err != nil {
		return r, nil, fmt.Errorf("%s is not valid: %w", r, err)
	}
	lost, err := lostFields(call.Work, raw, document)
	if err != nil {
		return r, nil, fmt.Errorf("%s is not written, because checking it for fields that Perses' model of a %s would drop did not finish: %w", r, k.Kind, err)
	}
	if len(lost) > 0 {
		return r, nil, fmt.Errorf("%s is not written: Perses' model of a %s cannot hold %s and would drop or change it (names of keys are case-sensitive)", r, k.Kind, someOf(lost, 10))
	}
	return r, document, nil
}

// complete sets the kind and the project of a document. A document that has others is refused.
func complete(raw json.RawMessage, kind perses.Kind, project string) (json.RawMessage, error) {
	var document, metadata map[string]json.RawMessage
	if err := json.Unmarshal(raw, &document); err != nil || document == nil {
		return nil, errors.New("the document must be a JSON object")
	}
	if err := json.Unmarshal(document["metadata"], &metadata); err != nil || metadata == nil {
		if kind == modelv1.KindDashboard && document["spec"] == nil && document["panels"] != nil {
			return nil, errors.New("this is not a Perses document; perses_migrate_grafana_dashboard takes a Grafana dashboard, perses_build_dashboard a sketch")
		}
		return nil, errors.New(`the document needs "metadata":{"name":…}`)
	}
	if err := fill(document, "kind", string(kind)); err != nil {
		return nil, err
	}
	if project != "" {
		if err := fill(metadata, "project", project); err != nil {
			return nil, fmt.Errorf("metadata.%w", err)
		}
	}
	document["metadata"] = perses.Marshal(metadata)
	return perses.Marshal(document), nil
}

// fill sets a key that is missing or empty. Any other value than the wanted one is an error.
func fill(object map[string]json.RawMessage, key, wanted string) error {
	var have string
	if raw, ok := object[key]; ok && json.Unmarshal(raw, &have) != nil {
		return fmt.Errorf("%s: want a string", key)
	}
	if have != "" && have != wanted {
		return fmt.Errorf("%s is %q, but the call says %q", key, have, wanted)
	}
	object[key] = perses.Marshal(wanted)
	return nil
}

// kindOf returns the kind of a document, "" if it has none.
func kindOf(document json.RawMessage) string {
	var members map[string]json.RawMessage // not a struct: unlike Perses, Go would accept "Kind" for "kind"
	_ = json.Unmarshal(document, &members)
	var kind string
	_ = json.Unmarshal(members["kind"], &kind)
	return kind
}
