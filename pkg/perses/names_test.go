package perses_test

import (
	"strings"
	"testing"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
)

func TestCheckName(t *testing.T) {
	for _, name := range []string{"a", "A.b_c-9", "...", ".a", strings.Repeat("x", 75)} {
		if err := perses.CheckName("name", name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", ".", "..", "../x", "a/b", `a\b`, "%2e%2e", "a b", "ä", "a\n", "a\x00", strings.Repeat("x", 76)} {
		if perses.CheckName("name", name) == nil {
			t.Errorf("%q is accepted", name)
		}
	}
}

func TestPages(t *testing.T) {
	s := connect(t, "https://me:pw@perses.example/below")
	if got := s.URL(); got != "https://perses.example/below" {
		t.Errorf("the address is shown as %s", got)
	}
	for kind, want := range map[perses.Kind]string{
		modelv1.KindProject:            "/projects/n",
		modelv1.KindDashboard:          "/projects/p/dashboards/n",
		modelv1.KindEphemeralDashboard: "/projects/p/ephemeraldashboards/n",
		modelv1.KindRoleBinding:        "/projects/p/rolesbindings",
		modelv1.KindGlobalDatasource:   "/admin/datasources",
		modelv1.KindUser:               "/admin/users",
		modelv1.KindFolder:             "",
	} {
		if want != "" {
			want = "https://perses.example/below" + want
		}
		if got := s.Page(perses.Ref{Kind: kind, Project: "p", Name: "n"}); got != want {
			t.Errorf("%s: got %s, want %s", kind, got, want)
		}
	}
}
