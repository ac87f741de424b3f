package persestest

import (
	"path/filepath"
	"testing"
)

func TestOnPath(t *testing.T) {
	for _, c := range []struct {
		name, flags string
		want        bool
	}{
		{"this version", "-s -w -X " + versionFlag, true},
		{"another version", "-X " + versionFlag + "-rc.0", false},
		{"unknown version", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, source := t.TempDir(), t.TempDir()
			if err := writeFile(filepath.Join(source, "main.go"), []byte("package main\nfunc main() {}")); err != nil {
				t.Fatal(err)
			}
			if _, err := goTool(t.Context(), source, "build", "-ldflags", c.flags, "-o", filepath.Join(dir, "perses"), "main.go"); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", dir)
			binary, found := onPath()
			if found != c.want {
				t.Errorf("found is %t, want %t", found, c.want)
			}
			if want := filepath.Join(dir, "perses"); found && binary != want {
				t.Errorf("got %s, want %s", binary, want)
			}
		})
	}
	t.Run("none", func(t *testing.T) {
		t.Setenv("PATH", t.TempDir())
		if binary, found := onPath(); found {
			t.Errorf("got %s", binary)
		}
	})
}
