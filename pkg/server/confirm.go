package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	// mostQuestions is how often one call may ask: each time, what it is about has changed in the meantime.
	mostQuestions = 5
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

// confirmation is how a call of a tool asks a person: nil if nobody is asked.
//
// The state that goes to the host and back says what was asked about: the question, with the version of the document, and
// the arguments. An answer to anything else counts for nothing. It is not signed, so that any replica can read it, and because
// a host that makes up states might as well make up the answer: it is the host that is trusted to have asked.
func (s *Server) confirmation(ctx context.Context, t tools.Tool, args tools.Args, request mcp.CallToolRequest) func(string) error {
	if s.Confirm == ConfirmNever || t.Effect == tools.Reads {
		return nil
	}
	if err := canAsk(ctx); err != nil {
		if s.Confirm != ConfirmAlways {
			return nil
		}
		return func(string) error {
			return fmt.Errorf("nothing was changed: a person has to agree to this (--confirm=always), and nobody can be asked: %w", err)
		}
	}
	return func(text string) error {
		text = perses.MaskMessage(text)
		sum := sha256.Sum256(perses.Marshal([]any{t.Name, args, text}))
		state := hex.EncodeToString(sum[:])
		answer := mcpserver.ElicitationResponse(request.Params.InputResponses, confirmKey)
		if answer == nil || request.Params.RequestState != state {
			return &question{text, state}
		}
		return agreed(text, answer)
	}
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
		for range mostQuestions {
			result, err := call(ctx, request)
			if err != nil || !result.NeedsInput() || mcpserver.IsModernRequest(ctx) {
				return result, err
			}
			answer, err := s.mcp.RequestElicitation(ctx, mcp.ElicitationRequest{Params: *result.InputRequests[confirmKey].Elicitation})
			if err != nil || answer == nil {
				return mcp.NewToolResultError(s.failure(ctx, fmt.Errorf("nothing was changed: a person has to agree to this, and the host did not ask one: %v", err)).Error()), nil
			}
			request.Params.MultiRoundTripParams = mcp.MultiRoundTripParams{
				InputResponses: mcp.InputResponses{confirmKey: mcp.NewElicitationInputResponse(*answer)}, RequestState: result.RequestState,
			}
		}
		return mcp.NewToolResultError("nothing was changed: while the person was asked, somebody else kept changing it. Get it again"), nil
	}
}
