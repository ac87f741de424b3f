package tools

import (
	"errors"
	"strings"
	"testing"
)

func TestVariablesInQueries(t *testing.T) {
	for text, says := range map[string]string{
		`up{job="$job"}`:                                 "$job has a value only in a dashboard",
		`rate(a_total[$__rate_interval])`:                "$__rate_interval has",
		`label_replace(up, "a", "$1", "job", "(.*)")`:    "",
		`label_replace(up, "a", "$1st", "job", "(.*)")`:  "", // a group that there is not
		`label_replace(up, "a", "${1}x", "job", "(.*)")`: "",
		"up": "",
	} {
		if got := dashboardVariables(text); !strings.HasPrefix(got, says) || says == "" && got != "" {
			t.Errorf("%s: got %q", text, got)
		}
	}
}

func TestNothingIsSaidOfAQueryThatWasNotReached(t *testing.T) {
	gone := errors.New("Perses cannot be reached")
	if got := refusedText(nil, nil, `up{job="$job"}`, gone); got != gone {
		t.Errorf("got %v", got)
	}
}
