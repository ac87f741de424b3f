package chart

import (
	"regexp"
	"sync"
)

// lazily compiles a pattern when it is first used. A start is waited for, and most servers draw nothing in the first place.
func lazily(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
