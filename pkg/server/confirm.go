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
	"github.com/perses/mcp-server/tools"
)

// Confirm says whether a person is asked before something is deleted or overwritten.
type Confirm string

const (
	// ConfirmAuto asks where the host can.
	ConfirmAuto Confirm = "auto"
	// ConfirmAlways asks, and refuses where nobody can be asked.
	ConfirmAlways Confirm = "always"
	// ConfirmNever asks nobody.
	ConfirmNever Confirm = "never"
)

const (
	// confirmKey names the question, and in its answer the field that says yes or no.
	confirmKey = "confirm"
	// maxQuestions is how often one call may ask: each time, what it is about has changed in the meantime.
	maxQuestions = 5
)

// question is a question that has no answer yet, as the error with which a tool leaves off.
type question struct{ text, state string }

func (q *question) Error() string { return "a person is asked: " + q.text }

// result asks the question: a host of 2026-07-28 answers it by calling again.
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

// confirmation returns how a call of a tool asks a person: nil if nobody is asked.
//
// An answer counts only together with the state that went to the host with the question, see stateOf. The state is not
// signed: any replica can check it without a key, and a host that makes up states might as well make up the answer. The host is
// trusted to have asked. What the state prevents is that an honest answer counts for something else than the person saw.
func (s *Server) confirmation(client *perses.Client, t tools.Tool, args tools.Args, request mcp.CallToolRequest) func(string, []json.RawMessage) error {
	ctx := client.Context()
	if s.Confirm == ConfirmNever || t.Effect == tools.Reads {
		return nil
	}
	if err := canAsk(ctx); err != nil {
		if s.Confirm != ConfirmAlways {
			return nil
		}
		return func(string, []json.RawMessage) error {
			return fmt.Errorf("nothing was changed: a person has to agree to this (--confirm=always), and nobody can be asked: %w", err)
		}
	}
	return func(text string, about []json.RawMessage) error {
		text = perses.MaskMessage(text)
		state := stateOf(client, t.Name, args, text, about)
		answer := mcpserver.ElicitationResponse(request.Params.InputResponses, confirmKey)
		if answer == nil || request.Params.RequestState != state {
			return &question{text, state}
		}
		return agreed(text, answer)
	}
}

// stateOf returns a digest of all that an answer is bound to: the tool, its arguments, the question, the caller by the name that
// Perses knows them by, and the documents. Their metadata has the times of creation and of the last change, so the state of
// a document that was deleted and created anew is another one.
func stateOf(client *perses.Client, tool string, args tools.Args, text string, about []json.RawMessage) string {
	caller := ""
	if client.Passthrough() {
		caller, _ = client.WhoAmI() // a Perses without logins knows no names
	}
	digest := sha256.New()
	digest.Write(perses.Marshal([]any{tool, args, text, caller}))
	for _, document := range about {
		sum := sha256.Sum256(document)
		digest.Write(sum[:])
	}
	return hex.EncodeToString(digest.Sum(nil))
}

// agreed returns nil if the answer to a question is yes.
func agreed(text string, answer *mcp.ElicitationResult) error {
	content, _ := answer.Content.(map[string]any)
	switch yes, _ := content[confirmKey].(bool); {
	case answer.Action == mcp.ElicitationResponseActionAccept && yes:
		return nil
	case answer.Action == mcp.ElicitationResponseActionCancel:
		return fmt.Errorf("nothing was changed: the person was asked %q and gave no answer. Ask them before you try again", text)
	}
	return fmt.Errorf("nothing was changed: the person was asked %q and said no. Do not try again unless they want it", text)
}

// canAsk returns why nobody can be asked in a call, or nil.
func canAsk(ctx context.Context) error {
	session := mcpserver.ClientSessionFromContext(ctx)
	var can mcp.ClientCapabilities
	if mcpserver.IsModernRequest(ctx) {
		if declared := mcpserver.RequestProtocolInfoFromContext(ctx).ClientCapabilities; declared != nil {
			can = *declared
		}
	} else if session == nil || session.SessionID() == "" {
		// There is no stream on which the question could go, and mcp-go would wait for an answer until the host leaves.
		return errors.New("over HTTP this takes a host that speaks MCP 2026-07-28")
	} else if known, ok := session.(mcpserver.SessionWithClientInfo); ok {
		can = known.GetClientCapabilities()
	}
	// One that declares no form of elicitation, as there was only one at first, means forms.
	if can.Elicitation == nil || can.Elicitation.Form == nil && can.Elicitation.URL != nil {
		return errors.New("this host does not offer elicitation")
	}
	return nil
}

// asking has the questions of a tool answered for hosts before 2026-07-28, which are asked while they wait for their answer.
// However long a person thinks, it is no part of the time that a call may take.
func (s *Server) asking(call mcpserver.ToolHandlerFunc) mcpserver.ToolHandlerFunc {
	return func(ctx context.Context, request mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		for range maxQuestions {
			result, err := call(ctx, request)
			if err != nil || !result.NeedsInput() || mcpserver.IsModernRequest(ctx) {
				return result, err
			}
			answer, err := s.mcp.RequestElicitation(ctx, mcp.ElicitationRequest{Params: *result.InputRequests[confirmKey].Elicitation})
			if err != nil || answer == nil {
				return mcp.NewToolResultError(s.failure(ctx, fmt.Errorf("nothing was changed: a person has to agree to this, and the host did not ask one: %w", cmp.Or(err, errors.New("it gave no answer")))).Error()), nil
			}
			request.Params.MultiRoundTripParams = mcp.MultiRoundTripParams{
				InputResponses: mcp.InputResponses{confirmKey: mcp.NewElicitationInputResponse(*answer)}, RequestState: result.RequestState,
			}
		}
		return mcp.NewToolResultError("nothing was changed: while the person was asked, somebody else kept changing it. Get it again"), nil
	}
}
