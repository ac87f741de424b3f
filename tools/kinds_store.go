package tools

import (
	"encoding/json"

	apiv1 "github.com/perses/perses/pkg/client/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/problem"
)

// client is the part that the clients of api/v1 have in common. In is the model of a document that is sent. Out is the model of
// the answer, which leaves secrets out.
type client[In, Out any] interface {
	Create(*In) (*Out, error)
	Delete(name string) error
}

// store holds the operations on one kind that need its model or its client of api/v1.
type store struct {
	normalize func(document json.RawMessage) (json.RawMessage, error) // decodes the document into its model and encodes it again
	delete    func(c *perses.Client, project, name string) error
}

// scoped returns the store of a kind that belongs to projects. Go infers the types from the method that opens its client.
func scoped[In, Out any, C client[In, Out]](open func(apiv1.ClientInterface, string) C) store {
	return store{
		normalize: func(document json.RawMessage) (json.RawMessage, error) {
			return perses.Guard(func() (json.RawMessage, error) {
				var model In
				if err := json.Unmarshal(document, &model); err != nil {
					return nil, problem.Restate(err)
				}
				return perses.Marshal(&model), nil
			})
		},
		delete: func(c *perses.Client, project, name string) error {
			return open(c.V1(), project).Delete(name)
		},
	}
}

// global returns the store of a kind that belongs to no project.
func global[In, Out any, C client[In, Out]](open func(apiv1.ClientInterface) C) store {
	return scoped(func(c apiv1.ClientInterface, _ string) C { return open(c) })
}
