package sketch

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// panelKeys returns the keys of all panels. Missing keys are made from the masked titles.
func panelKeys(rows []Row, prefixes []string, shown func(string) string) ([][]string, error) {
	taken := map[string]string{} // positions by key
	for i, row := range rows {
		for j, p := range row.Panels {
			if p.Key == "" {
				continue
			}
			where := fmt.Sprintf("%spanels[%d]", prefixes[i], j)
			if err := dashboard.CheckKey(p.Key); err != nil {
				return nil, fmt.Errorf("%s: key: %w", where, err)
			}
			if other, ok := taken[p.Key]; ok {
				return nil, fmt.Errorf("%s: key: %s has the same key %q", where, other, p.Key)
			}
			taken[p.Key] = where
		}
	}
	free := KeyMaker(func(key string) bool { _, ok := taken[key]; return ok })
	keys := make([][]string, len(rows))
	for i, row := range rows {
		keys[i] = make([]string, len(row.Panels))
		for j, p := range row.Panels {
			if keys[i][j] = p.Key; p.Key == "" {
				title := p.Title
				if shown != nil {
					title = shown(title)
				}
				keys[i][j] = free(title)
				taken[keys[i][j]] = fmt.Sprintf("%spanels[%d]", prefixes[i], j)
			}
		}
	}
	return keys, nil
}

var notForKeys = regexp.MustCompile(`[^a-z0-9]+`)

// maxTitle is the maximum number of bytes of a title that are used for a key.
const maxTitle = 1000

// Key makes a key from a title: cpu-usage from "CPU usage", or cpu-usage-2 if the first is taken.
func Key(title string, taken func(key string) bool) string {
	return KeyMaker(taken)(title)
}

// KeyMaker returns a function like Key for many titles. It remembers the last number used for each title, because counting
// from the start again would be slow for a thousand panels with the same title. A key that is taken must stay taken.
func KeyMaker(taken func(string) bool) func(title string) string {
	next := map[string]int{}
	return func(title string) string {
		base := strings.Trim(notForKeys.ReplaceAllString(strings.ToLower(title[:min(len(title), maxTitle)]), "-"), "-")
		if maxBase := dashboard.MaxName - len("-1000"); len(base) > maxBase {
			base = strings.TrimRight(base[:maxBase], "-")
		}
		base = cmp.Or(base, "panel")
		for n := max(1, next[base]); ; n++ {
			key := base
			if n > 1 {
				key = base + "-" + strconv.Itoa(n)
			}
			if !taken(key) {
				next[base] = n
				return key
			}
		}
	}
}
