package server

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/mark3labs/mcp-go/mcp"
	mcpserver "github.com/mark3labs/mcp-go/server"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/server/mcpgo"
	"github.com/perses/mcp-server/tools"
)

// Confirm sets when the server asks the person before it deletes or overwrites something.
type Confirm string

const (
	// ConfirmAuto asks if the host supports questions.
	ConfirmAuto Confirm = "auto"
	// ConfirmAlways asks, and refuses the call if the host does not support questions.
	ConfirmAlways Confirm = "always"
	// ConfirmNever never asks.
	ConfirmNever Confirm = "never"
)

const (
	// confirmKey is the key of the question, and of the field with the answer.
	confirmKey = "confirm"
	// maxQuestions is the maximum number of questions in one call. A call asks again if a document has changed in the meantime.
	maxQuestions = 5
)

// question is a question without an answer. A tool returns it as an error.
type question struct{ text, state string }

func (q *question) Error() string { return "the person must be asked: " + q.text }

// result returns the question as a tool result. Hosts of MCP 2026-07-28 answer it by calling the tool again.
func (q *question) result() *mcp.CallToolResult {
	return mcpserver.NewInputRequestBuilder(q.state).Elicit(confirmKey, mcp.ElicitationParams{
		Message: q.text,
		RequestedSchema: map[string]any{
			"type":       "object",
			"properties": map[string]any{confirmKey: map[string]any{"type": "boolean", "title": "Yes, do it"}},
			"required":   []string{confirmKey},
		},
	}).ToolResult()
}

// confirmation returns the function with which a tool asks the person, or nil if it must not ask.
//
// An answer counts only together with the state that the host received with the question, see stateOf. The state ensures that an
// honest answer counts only for what the person has seen. It is not signed, so any replica can check it without a key: a host that
// forges states could as well forge the answer.
func (s *Server) confirmation(client *perses.Client, t tools.Tool, args tools.Args, request mcp.CallToolRequest) func(string, []json.RawMessage) error {
	ctx := client.Context()
	if s.Confirm == ConfirmNever || t.Effect == tools.Reads {
		return nil
	}
	if err := checkElicitation(ctx); err != nil {
		if s.Confirm != ConfirmAlways {
			return nil
		}
		return func(string, []json.RawMessage) error {
			return fmt.Errorf("nothing was changed: a person must confirm this (--confirm=always), but cannot be asked: %w", err)
		}
	}
	return func(text string, about []json.RawMessage) error {
		text = mask.Message(text)
		state := stateOf(client, t.Name, args, text, about)
		answer := mcpserver.ElicitationResponse(request.Params.InputResponses, confirmKey)
		if answer == nil || request.Params.RequestState != state {
			return &question{text, state}
		}
		return checkAnswer(text, answer)
	}
}

// stateOf returns a digest of everything that an answer is bound to: the tool, its arguments, the question, the name of the caller in
// Perses, and the documents. The metadata of a document has the times of its creation and last change, so a document that was deleted
// and created again has another state.
func stateOf(client *perses.Client, tool string, args tools.Args, text string, about []json.RawMessage) string {
	caller := ""
	if client.Passthrough() {
		caller, _ = client.WhoAmI() // a Perses without logins has no names
	}
	digest := sha256.New()
	digest.Write(perses.Marshal([]any{tool, args, text, caller}))
	for _, document := range about {
		sum := sha256.Sum256(document)
		digest.Write(sum[:])
	}
	return hex.EncodeToString(digest.Sum(nil))
}

// checkAnswer returns nil if the answer to a question is yes.
func checkAnswer(text string, answer *mcp.ElicitationResult) error {
	content, _ := answer.Content.(map[string]any)
	switch yes, _ := content[confirmKey].(bool); {
	case answer.Action == mcp.ElicitationResponseActionAccept && yes:
		return nil
	case answer.Action == mcp.ElicitationResponseActionCancel:
		return fmt.Errorf("nothing was changed: the person was asked %q and did not answer. Ask them before you try again", text)
	}
	return fmt.Errorf("nothing was changed: the person was asked %q and said no. Do not try again unless they want it", text)
}

// checkElicitation returns an error if the host of a call cannot ask the person.
func checkElicitation(ctx context.Context) error {
	if !mcpgo.CanElicit(ctx) {
		return errors.New("over HTTP this takes a host that speaks MCP 2026-07-28")
	}
	var can mcp.ClientCapabilities
	if mcpserver.IsModernRequest(ctx) {
		if declared := mcpserver.RequestProtocolInfoFromContext(ctx).ClientCapabilities; declared != nil {
			can = *declared
		}
	} else if session, ok := mcpserver.ClientSessionFromContext(ctx).(mcpserver.SessionWithClientInfo); ok {
		can = session.GetClientCapabilities()
	}
	// The first version of elicitation had forms only, so a host that declares no mode supports forms.
	if can.Elicitation == nil || can.Elicitation.Form == nil && can.Elicitation.URL != nil {
		return errors.New("this host does not support elicitation")
	}
	return nil
}

// answerQuestions asks the questions of a tool for hosts before MCP 2026-07-28, during the call, and runs the tool again with the
// answer. The time that the person takes does not count towards the timeout of the call.
func (s *Server) answerQuestions(call mcpserver.ToolHandlerFunc) mcpserver.ToolHandlerFunc {
	return func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		for range maxQuestions {
			result, err := call(ctx, request)
			if err != nil || !result.NeedsInput() || mcpserver.IsModernRequest(ctx) {
				return result, err
			}
			answer, err := s.mcp.RequestElicitation(ctx, mcp.ElicitationRequest{Params: *result.InputRequests[confirmKey].Elicitation})
			if err != nil || answer == nil {
				return mcp.NewToolResultError(s.publicError(ctx, fmt.Errorf("nothing was changed: a person must confirm this, but the host did not ask: %w", cmp.Or(err, errors.New("no answer")))).Error()), nil
			}
			request.Params.MultiRoundTripParams = mcp.MultiRoundTripParams{
				InputResponses: mcp.InputResponses{confirmKey: mcp.NewElicitationInputResponse(*answer)}, RequestState: result.RequestState,
			}
		}
		return mcp.NewToolResultError("nothing was changed: somebody else changed the document each time the person was asked. Get it again"), nil
	}
}
