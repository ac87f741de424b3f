package server

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/tidwall/gjson"
)

// incoming is what tells the messages of a peer apart. It has the fields by which mcp-go does so and is read
// with the same decoder: otherwise a message could seem to be one thing here, and be another there, by a key
// in capitals or one that stands twice.
type incoming struct {
	JSONRPC string        `json:"jsonrpc"`
	ID      any           `json:"id"`
	Method  mcp.MCPMethod `json:"method"`
	Result  any           `json:"result"`
	Error   any           `json:"error"` // of a host that was asked something and refuses
}

// read reads a message; of one that is wrong, what can be read.
func read(text []byte) (m incoming, err error) {
	err = json.Unmarshal(text, &m)
	return m, err
}

// request returns the id under which a message will be answered, "" if it will not: if it is no request, or
// is garbage, whose id mcp-go does not give back.
func request(text []byte) (id string, method mcp.MCPMethod) {
	m, err := read(text)
	if err != nil || m.ID == nil || m.Result != nil || m.Method == "" && m.Error != nil {
		return "", ""
	}
	return idOf(m.ID), m.Method
}

// answered returns the id of the request that a message of mcp-go answers, "" if it answers none. It reads
// no further than the keys before the result, which may be long.
func answered(text []byte) string {
	var id any
	gjson.ParseBytes(text).ForEach(func(key, value gjson.Result) bool {
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
	return idOf(id)
}

// subscriptionPath is where a notification has the id of its subscription.
var subscriptionPath = "params._meta." + strings.ReplaceAll(mcp.MetaKeySubscriptionID, ".", `\.`)

// notified returns the key of a notification of mcp-go, "" if the message is none.
func notified(text []byte) string {
	var method string
	gjson.ParseBytes(text).ForEach(func(key, value gjson.Result) bool {
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
		return notificationKey(method, gjson.GetBytes(text, subscriptionPath).Value())
	default:
		return notificationKey(method, gjson.GetBytes(text, "params.progressToken").Value())
	}
}

// notificationKey tells a notification apart by what it is about: the token of a progress, the id of a subscription.
func notificationKey(method string, about any) string { return method + " " + idOf(about) }

// idOf tells ids apart as mcp-go does, which decodes numbers to floating point.
func idOf(id any) string {
	if id == nil {
		return ""
	}
	return fmt.Sprintf("%T %v", id, id)
}
