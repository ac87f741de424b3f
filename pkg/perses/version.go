package perses

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/semver"
)

// securedVersion is the first version of Perses without three known vulnerabilities.
const securedVersion = "v0.54.0"

// maxVersion is how many bytes a version has at the most.
const maxVersion = 50

// isRelease reports whether a version, in the form of Go's modules, is that of a release, or of a test release before one. A
// build of a commit, such as v0.53.1-12-gabc1234, may have what its version does not tell.
func isRelease(version string) bool {
	if len(version) > maxVersion || semver.Canonical(version)+semver.Build(version) != version {
		return false
	}
	return slices.Contains([]string{"", "-alpha", "-beta", "-rc"}, strings.TrimRight(semver.Prerelease(version), ".0123456789"))
}

// Outdated returns a warning if a version of Perses has known vulnerabilities, "" if it has none or is not that of a release.
func Outdated(version string) string {
	comparable := "v" + strings.TrimPrefix(version, "v")
	if !isRelease(comparable) || semver.Compare(comparable, securedVersion) >= 0 {
		return ""
	}
	return fmt.Sprintf("Perses %s is older than %s, which fixed three vulnerabilities, among them CVE-2026-63199: its datasource proxy gave secrets across scopes. Update Perses",
		version, strings.TrimPrefix(securedVersion, "v"))
}

// learned takes note of the version that Perses has said it has, and tells once that it is outdated.
func (s *Server) learned(version string) {
	if warning := Outdated(version); warning != "" && s.OnOutdated != nil && s.warned.CompareAndSwap(false, true) {
		s.OnOutdated(warning)
	}
}
