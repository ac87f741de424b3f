package mcpgo

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/tidwall/gjson"
)

// incoming is a JSON-RPC message of a host. It has the fields by which mcp-go distinguishes messages, and is decoded by the same
// decoder: otherwise a key in capitals, or one that occurs twice, could make it one message here and another one in mcp-go.
type incoming struct {
	JSONRPC string        `json:"jsonrpc"`
	ID      any           `json:"id"`
	Method  mcp.MCPMethod `json:"method"`
	Result  any           `json:"result"`
	Error   any           `json:"error"` // a host refuses to answer the server's question
}

// parse decodes a message. If it returns an error, m has the fields that could be decoded.
func parse(message []byte) (m incoming, err error) {
	err = json.Unmarshal(message, &m)
	return m, err
}

// idOfRequest returns the ID under which a message will be answered. It is "" for messages that are no requests, and for invalid
// ones, which mcp-go answers without an ID.
func idOfRequest(message []byte) string {
	m, err := parse(message)
	if err != nil || m.Result != nil || m.Method == "" && m.Error != nil {
		return ""
	}
	return idKey(m.ID)
}

// idOfAnswer returns the ID of the request that a message of mcp-go answers, or "". It doesn't read the result, which may be long.
func idOfAnswer(message []byte) string {
	var id any
	gjson.ParseBytes(message).ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "method":
			id = nil
			return false
		case "id":
			id = value.Value()
		case "result", "error":
			return false
		}
		return true
	})
	return idKey(id)
}

// subscriptionPath is the path of the subscription ID in a notification.
var subscriptionPath = "params._meta." + strings.ReplaceAll(mcp.MetaKeySubscriptionID, ".", `\.`)

// keyOfNotification returns the notificationKey of a message of mcp-go, or "" if it is not a notification.
func keyOfNotification(message []byte) string {
	var method string
	gjson.ParseBytes(message).ForEach(func(key, value gjson.Result) bool {
		switch key.Str {
		case "method":
			method = value.Str
		case "id", "result", "error":
			method = ""
			return false
		}
		return true
	})
	switch method {
	case "":
		return ""
	case mcp.MethodNotificationSubscriptionsAcknowledged:
		return notificationKey(method, gjson.GetBytes(message, subscriptionPath).Value())
	default:
		return notificationKey(method, gjson.GetBytes(message, "params.progressToken").Value())
	}
}

// notificationKey identifies a notification by its subject: a progress token or the ID of a subscription.
func notificationKey(method string, subject any) string { return method + " " + idKey(subject) }

// idKey returns a string that is equal for equal IDs. As in mcp-go, numbers are float64 values.
func idKey(id any) string {
	if id == nil {
		return ""
	}
	return fmt.Sprintf("%T %v", id, id)
}
