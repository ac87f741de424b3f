package tools

import (
	"encoding/json"
	"fmt"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
)

// confirm asks a person to agree to a change that cannot be undone, with a question of one sentence. It does not ask in a dry
// run. doing is a verb for the error. about holds the existing documents and the document to be written: the person's answer is
// valid only while they stay the same.
//
// A tool must not write before it calls confirm: the call ends while the person decides, and is repeated with their answer.
func (c *Call) confirm(doing string, r perses.Ref, question string, about ...json.RawMessage) error {
	if err := c.Projects.CheckWrite(r); err != nil {
		return c.Explain(doing, r, err)
	}
	if c.Confirm == nil || c.Flag(dryRun.Name) {
		return nil
	}
	return c.Confirm(question, about)
}

// confirmOverwrite asks before a document is overwritten. It does not ask a caller who gives the version, and so has seen the
// document, or about a preview, which Perses deletes anyway. verb begins the question.
func (c *Call) confirmOverwrite(doing string, r perses.Ref, existing, document json.RawMessage, verb string) error {
	if c.Has(version.Name) || r.Kind == modelv1.KindEphemeralDashboard {
		return nil
	}
	return c.confirm(doing, r, fmt.Sprintf("%s %s (version %d)?", verb, r, versionOf(existing)), existing, document)
}
