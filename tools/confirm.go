package tools

import (
	"encoding/json"
	"fmt"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
)

// confirm has a person agree, in answer to a question of one sentence, to what is about to be done to a document and cannot be
// undone. A dry run does nothing, so it asks nothing. doing is a verb, for the error. about holds the documents that the
// question is about, those that exist and the one to be written: the answer counts only as long as they are the same.
//
// Whoever calls it has only read so far: while the person thinks, the call ends, and begins again with their answer.
func (c *Call) confirm(doing string, r perses.Ref, question string, about ...json.RawMessage) error {
	if err := c.Projects.CheckWrite(r); err != nil {
		return c.Explain(doing, r, err)
	}
	if c.Confirm == nil || c.Flag(dryRun.Name) {
		return nil
	}
	return c.Confirm(question, about)
}

// confirmOverwrite is confirm for a document that is overwritten. Who gives its version has seen what is there, and is not asked;
// nor is anybody about a preview, which ends by itself. The answer counts only for the document that is written, too: what it is
// copied from may change meanwhile.
func (c *Call) confirmOverwrite(doing string, r perses.Ref, existing, written json.RawMessage, what string) error {
	if c.Has(version.Name) || r.Kind == modelv1.KindEphemeralDashboard {
		return nil
	}
	return c.confirm(doing, r, fmt.Sprintf("%s %s (version %d)?", what, r, versionOf(existing)), existing, written)
}
