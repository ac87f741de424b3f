package perses

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"
	"golang.org/x/sync/singleflight"

	"github.com/perses/mcp-server/pkg/dashboard/uses"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/perses/problem"
	"github.com/perses/mcp-server/pkg/work"
)

const (
	// libraryLifetime is how long the facts about the dashboards of a project are cached.
	libraryLifetime = 30 * time.Second
	// maxLibrarySize is the maximum size of the cache in bytes, for all projects and callers: about ten thousand dashboards.
	maxLibrarySize = 32 << 20
	// maxFactsSize is the maximum number of bytes of facts about one dashboard. It is far above any that people can read.
	maxFactsSize = 1 << 20
	// maxProjectSize is the maximum number of bytes of facts about the dashboards of one project: thousands of dashboards.
	maxProjectSize = maxLibrarySize / 2
	// maxLists is the maximum number of projects that all calls read at a time.
	maxLists = 4
)

// Library holds facts about the dashboards that a caller may see, and what they use.
type Library struct {
	Dashboards []*uses.Dashboard // sorted by project and name; shared, so they must not be changed
	Closed     []string          // the projects whose dashboards the caller may not read
	LeftOut    []string          // project/name of documents that are too large or are not dashboards
}

// Library reads the dashboards of a project, or of all projects if it is empty. It caches the facts for 30 seconds for callers of
// the same identity, or until a dashboard of the project is written through this server.
//
// Perses can neither search nor page, so Library reads all documents in one list for each project. Reading them one by one takes
// eight times as long. It parses each list as a stream, so memory holds only the facts and one document of each list.
func (c *Client) Library(project string) (Library, error) {
	if project != "" {
		return c.projectLibrary(project)
	}
	projects, err := c.projects()
	if err != nil {
		return Library{}, err
	}
	parts := make([]Library, len(projects))
	var found atomic.Int64 // bytes
	var group parallel.Group
	group.SetLimit(maxLists)
	for i, name := range projects {
		group.Go(func() error {
			part, err := c.projectLibrary(name)
			switch {
			case problem.IsForbidden(err):
				part.Closed = []string{name}
			case err != nil && !c.gone(name):
				return err
			}
			size := 0
			for _, d := range part.Dashboards {
				size += d.Size()
			}
			if found.Add(int64(size)) > maxLibrarySize {
				part.Dashboards, part.LeftOut = nil, []string{name + "/*"}
			}
			parts[i] = part
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return Library{}, err
	}
	var all Library
	for _, part := range parts {
		all.Dashboards = append(all.Dashboards, part.Dashboards...)
		all.Closed = append(all.Closed, part.Closed...)
		all.LeftOut = append(all.LeftOut, part.LeftOut...)
	}
	return all, nil
}

// projects returns the sorted names of the projects. It does not cache them, because permissions can change.
func (c *Client) projects() ([]string, error) {
	apart, done := c.Apart()
	defer done()
	names, err := apart.Names(Ref{Kind: modelv1.KindProject}, "")
	slices.Sort(names)
	return names, err
}

// gone reports whether a project no longer exists. It may be deleted while others are read.
func (c *Client) gone(project string) bool {
	projects, err := c.projects()
	return err == nil && !slices.Contains(projects, project)
}

// projectLibrary returns the library of one project. Concurrent calls of the same identity share one request. If the call that began
// it ends, the others begin again.
func (c *Client) projectLibrary(project string) (Library, error) {
	key := cacheKey{c.identity, project}
	for {
		part, generation, ok := c.library.get(key, time.Now())
		if ok {
			return part, nil
		}
		read := c.library.flights.DoChan(key.flight(generation), func() (any, error) {
			now := time.Now()
			part, size, err := c.readProject(project)
			if err == nil {
				c.library.put(key, generation, now, size, part)
			}
			return part, err
		})
		select {
		case result := <-read:
			if ended(result.Err) && c.ctx.Err() == nil {
				continue
			}
			return result.Val.(Library), result.Err
		case <-c.ctx.Done():
			return Library{}, c.ctx.Err()
		}
	}
}

// ended reports whether a request ended because its call did.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// readProject reads the dashboards of a project, and returns about how many bytes the facts take.
func (c *Client) readProject(project string) (part Library, size int, err error) {
	select {
	case c.library.turns <- struct{}{}:
		defer func() { <-c.library.turns }()
	case <-c.ctx.Done():
		return part, 0, c.ctx.Err()
	}
	visit := func(document []byte, whole bool) {
		if whole && gjson.ValidBytes(document) {
			// The facts are those of the masked document, so that no search finds secrets.
			if d, err := uses.Of(c.WorkOn(document), mask.Document(document)); err == nil && d.Size() <= min(maxFactsSize, maxProjectSize-size) {
				part.Dashboards = append(part.Dashboards, d)
				size += d.Size()
				return
			}
		}
		part.LeftOut = append(part.LeftOut, project+"/"+cmp.Or(gjson.GetBytes(document, "metadata.name").String(), "?"))
	}
	streaming := c.bound
	streaming.quota = nil
	err = c.take(streaming, Ref{Kind: modelv1.KindDashboard, Project: project}, nil, func(list io.Reader) error {
		part, size = Library{}, 0
		return (&splitter{quota: c.bound.quota, visit: visit}).read(list)
	})
	slices.SortFunc(part.Dashboards, func(a, b *uses.Dashboard) int { return cmp.Compare(a.Name, b.Name) })
	if err != nil {
		return Library{}, 0, err
	}
	return part, size, nil
}

// WorkOn returns a budget for one of many documents, in proportion to its size. Any number of ordinary documents can be read, but not
// one that takes far more work than others of its size.
func (c *Client) WorkOn(document []byte) *work.Budget {
	const atLeast, ofByte = 100_000, 25 // units
	return work.New(c.ctx, atLeast+ofByte*int64(len(document)))
}

// flight identifies a request. A call that comes after a write does not share a request from before it.
func (k cacheKey) flight(generation int) string {
	return strconv.Itoa(generation) + "/" + k.project + "/" + k.identity // a project's name has no slash
}

// library caches facts about dashboards.
type library struct {
	cache[Library]
	flights singleflight.Group
	turns   chan struct{} // has an element for each list that is being read
}
