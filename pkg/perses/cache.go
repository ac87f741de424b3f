package perses

import (
	"hash/maphash"
	"net/http"
	"strings"
	"sync"
	"time"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses/endpoint"
)

// cacheKey says with whose rights something was read, and of which project it is: what one caller may see is not shown to
// another. What belongs to no project has an empty one.
type cacheKey struct{ identity, project string }

// cache keeps what was read lately, for each identity and project, until something is written that can change it.
type cache[T any] struct {
	lifetime time.Duration
	max      int // bytes of all entries

	mu      sync.Mutex
	entries map[cacheKey]cacheEntry[T]
	size    int // bytes of all entries
	// generations count the writes, by the hash of the project. Projects that share a number only cost each other an entry.
	generations [256]int
}

type cacheEntry[T any] struct {
	at    time.Time // when its reading began
	size  int       // bytes
	value T
}

// entrySize is about how many bytes an entry takes beside its value.
const entrySize = 256

var generationSeed = maphash.MakeSeed()

func generationOf(project string) int {
	return int(maphash.String(generationSeed, strings.ToLower(project)) % uint64(len(cache[any]{}.generations)))
}

// get returns an entry that is not too old, and the generation to put one with if there is none.
func (c *cache[T]) get(key cacheKey, now time.Time) (value T, generation int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	entry, ok := c.entries[key]
	return entry.value, c.generations[generationOf(key.project)], ok && now.Sub(entry.at) < c.lifetime
}

// put keeps a value of so many bytes, unless something was written to its project since that generation or it does not fit.
// It deletes entries that are too old.
func (c *cache[T]) put(key cacheKey, generation int, at time.Time, size int, value T) {
	size += entrySize
	c.mu.Lock()
	defer c.mu.Unlock()
	for other, entry := range c.entries {
		if other == key || at.Sub(entry.at) >= c.lifetime {
			c.size -= entry.size
			delete(c.entries, other)
		}
	}
	if generation != c.generations[generationOf(key.project)] || c.size+size > c.max {
		return
	}
	if c.entries == nil {
		c.entries = map[cacheKey]cacheEntry[T]{}
	}
	c.entries[key] = cacheEntry[T]{at, size, value}
	c.size += size
}

// forget deletes the entries of a project, of all callers. Perses can be set to take names in any case.
func (c *cache[T]) forget(project string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generations[generationOf(project)]++
	for key, entry := range c.entries {
		if strings.EqualFold(key.project, project) {
			c.size -= entry.size
			delete(c.entries, key)
		}
	}
}

// forgetAll deletes all entries.
func (c *cache[T]) forgetAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.generations {
		c.generations[i]++
	}
	clear(c.entries)
	c.size = 0
}

// wrote deletes from the caches what a request has changed or may have changed: what Perses refuses, it does not store.
func (s *Server) wrote(r *http.Request, response *http.Response, err error) {
	if !endpoint.IsWrite(r) || err == nil && response.StatusCode >= http.StatusBadRequest && response.StatusCode < http.StatusInternalServerError {
		return
	}
	project, kind := writtenTo(r.URL.Path)
	switch kind {
	case modelv1.KindDashboard:
		s.library.forget(project)
	case modelv1.KindDatasource, modelv1.KindGlobalDatasource:
		s.datasources.forget(project)
	case modelv1.KindProject, modelv1.KindRole, modelv1.KindRoleBinding:
		s.library.forget(project)
		s.datasources.forget(project)
	case modelv1.KindEphemeralDashboard, modelv1.KindFolder, modelv1.KindVariable, modelv1.KindGlobalVariable, modelv1.KindSecret, modelv1.KindGlobalSecret:
	default: // what callers may read may have changed, in any project
		s.library.forgetAll()
		s.datasources.forgetAll()
	}
}

// writtenTo returns the project and the kind of the document at a path. The kind is "" if the path does not say what is
// written.
func writtenTo(path string) (project string, kind modelv1.Kind) {
	_, path, _ = strings.Cut(path, endpoint.API)
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	plural := parts[0]
	if plural == modelv1.PluralKindMap[modelv1.KindProject] && len(parts) > 1 {
		project = parts[1]
		if len(parts) > 2 {
			plural = parts[2]
		}
	}
	for k, name := range modelv1.PluralKindMap {
		if name == plural && (project != "" || modelv1.IsGlobal(k)) {
			return project, k
		}
	}
	return project, ""
}
