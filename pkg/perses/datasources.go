package perses

import (
	"encoding/json"
	"time"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"
)

// datasourcesLifetime is how long a list of datasources is cached. Queries of datasources in it need no further request.
const datasourcesLifetime = 10 * time.Second

// maxDatasourcesSize is the maximum size of the cache in bytes, for all projects and callers.
const maxDatasourcesSize = 8 << 20

// Datasources returns the datasources of a project, or the global ones if project is empty. Unless fresh, they may be ten
// seconds old. Where they are trusted for what they are rather than for where they are, they are always read anew: what
// they were a moment ago is no reason to trust them.
func (c *Client) Datasources(project string, fresh bool) ([]Datasource, error) {
	scope, ref := ScopeGlobal, Ref{Kind: modelv1.KindGlobalDatasource}
	if project != "" {
		scope, ref = ScopeProject, Ref{Kind: modelv1.KindDatasource, Project: project}
	}
	now, key := time.Now(), cacheKey{c.identity, project}
	list, generation, ok := c.datasources.get(key, now)
	if ok && !fresh && (!c.identified || c.trust.covers(scope, "")) {
		return list, nil
	}
	documents, err := c.List(ref, "", false)
	if err != nil {
		return nil, err
	}
	var all []Datasource
	size := 0
	for _, d := range documents {
		size += entrySize + len(d)
		parsed := gjson.ParseBytes(d)
		all = append(all, Datasource{Scope: scope, Project: project, Name: parsed.Get("metadata.name").Str, Spec: json.RawMessage(parsed.Get("spec").Raw)})
	}
	c.datasources.put(key, generation, now, size, all)
	return all, nil
}
