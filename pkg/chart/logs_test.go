package chart

import (
	"fmt"
	"image"
	"testing"
)

func TestLogsSamples(t *testing.T) {
	logs := Panel{Panel: chart("LogsTable", `{"allowWrap":true}`).Panel}
	for i := range 30 {
		logs.Lines = append(logs.Lines, []string{
			`2025-03-12T11:59:07Z level=info msg="request done" path=/api/v1/query status=200 duration=12ms`,
			`2025-03-12T11:59:06Z level=error msg="cannot reach the database" err="dial tcp 10.0.0.7:5432: connect: connection refused" attempt=` + fmt.Sprint(i),
			`2025-03-12T11:59:05Z level=warn msg="slow"`, `plain`}[i%4])
	}
	one := logs
	one.Spec, one.Lines = nil, logs.Lines[:3]
	drawSamples(t, []sample{{"logs-wrapped", logs}, {"logs-three", one}, {"logs-none", chart("LogsTable", `{}`)}})
}

func TestSeverity(t *testing.T) {
	colors := Light.palette()
	for line, want := range map[string]any{
		`level=error msg="x"`: colors.failure, `{"level":"CRITICAL"}`: colors.failure, `WARN slow`: colors.warning, `level=info`: colors.primary,
		`level=info msg="no error"`: colors.primary, `an error`: colors.failure, `terror and information`: colors.primary, `errors=0`: colors.secondary, ``: colors.secondary,
	} {
		if got := colors.severity(line); got != want {
			t.Errorf("%q: got %v, want %v", line, got, want)
		}
	}
}

func TestLogsHaveALineEach(t *testing.T) {
	p := chart("LogsTable", `{}`)
	p.Lines = []string{"level=error a", "level=warn b", "c", "level=info d"}
	_, pixels := content(p, 300, 200)
	for i, want := range []string{"ea4747", "ff9f1c", "3e4662", "1473e6"} {
		if got := counted(pixels, image.Rect(0, i*21, logEdge, i*21+17), want); got != logEdge*17 {
			t.Errorf("line %d has %d pixels of %s", i, got, want)
		}
	}
}
