package tools

import (
	"encoding/json"

	apiv1 "github.com/perses/perses/pkg/client/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
)

// client is the shape that all the clients of api/v1 have in common. In is the model of what is written,
// Out of what comes back: they differ where a secret must not.
type client[In, Out any] interface {
	Create(*In) (*Out, error)
	Update(*In) (*Out, error)
	Delete(name string) error
}

// store writes the documents of one kind through its client of api/v1.
type store struct {
	decode func(document json.RawMessage) (entity any, err error)
	create func(c *perses.Client, project string, entity any) (json.RawMessage, error)
	update func(c *perses.Client, project string, entity any) (json.RawMessage, error)
	delete func(c *perses.Client, project, name string) error
}

// scoped makes the store of a kind that belongs to projects; Go infers the types from the method that opens
// its client.
func scoped[In, Out any, C client[In, Out]](open func(apiv1.ClientInterface, string) C) store {
	return store{
		decode: func(document json.RawMessage) (any, error) {
			return perses.Guard(func() (any, error) {
				entity := new(In)
				return entity, inWords(json.Unmarshal(document, entity))
			})
		},
		create: func(c *perses.Client, project string, entity any) (json.RawMessage, error) {
			return written(open(c.V1(), project).Create, entity)
		},
		update: func(c *perses.Client, project string, entity any) (json.RawMessage, error) {
			return written(open(c.V1(), project).Update, entity)
		},
		delete: func(c *perses.Client, project, name string) error {
			return open(c.V1(), project).Delete(name)
		},
	}
}

// global makes the store of a kind that belongs to no project.
func global[In, Out any, C client[In, Out]](open func(apiv1.ClientInterface) C) store {
	return scoped(func(c apiv1.ClientInterface, _ string) C { return open(c) })
}

// written sends an entity and returns what Perses stored. The answer is decoded by the same types that may
// panic, so it is guarded too.
func written[In, Out any](send func(*In) (*Out, error), entity any) (json.RawMessage, error) {
	return perses.Guard(func() (json.RawMessage, error) {
		out, err := send(entity.(*In))
		if err != nil {
			return nil, err
		}
		return perses.Marshal(out), nil
	})
}

// inWords puts what Perses' Go types say of a document into the words that its server is put into.
func inWords(err error) error {
	if err == nil {
		return nil
	}
	return perses.Restate(err)
}
