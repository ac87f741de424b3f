package persestest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// The administrator of a Perses with authentication, who has all permissions.
const (
	AdminName     = "admin"
	AdminPassword = "password"
)

// encryptionKey has the length that Perses requires.
const encryptionKey = "a key for tests, 32 characters.."

// admin is provisioned: a role with all permissions, and a user who has it.
const admin = `[
  {"kind": "GlobalRole", "metadata": {"name": "admin"},
   "spec": {"permissions": [{"actions": ["*"], "scopes": ["*"]}]}},
  {"kind": "GlobalRoleBinding", "metadata": {"name": "admin"},
   "spec": {"role": "admin", "subjects": [{"kind": "User", "name": "` + AdminName + `"}]}},
  {"kind": "User", "metadata": {"name": "` + AdminName + `"},
   "spec": {"nativeProvider": {"password": "` + AdminPassword + `"}}}
]`

// object is a JSON object.
type object = map[string]any

// writeConfig writes the files of one Perses to dir, and returns the path of its configuration file.
func writeConfig(dir string, files Files, o Options) (string, error) {
	// Each Perses needs its own copy, because it writes a list of the loaded plugins there.
	pluginDir := filepath.Join(dir, "plugins")
	if err := os.CopyFS(pluginDir, os.DirFS(files.Plugins)); err != nil {
		return "", err
	}
	// Perses loads no plugins if the folder of archives does not exist.
	archives := filepath.Join(dir, "archives")
	if err := os.Mkdir(archives, 0o755); err != nil {
		return "", err
	}
	database := o.Dir
	if database == "" {
		database = filepath.Join(dir, "database")
	}
	config := object{
		"database":            object{"file": object{"folder": database, "extension": "json"}},
		"plugin":              object{"path": pluginDir, "archive_paths": []string{archives}},
		"ephemeral_dashboard": object{"enable": true, "cleanup_interval": "1m"},
	}
	if o.Auth {
		provisioning := filepath.Join(dir, "provisioning")
		if err := writeFile(filepath.Join(provisioning, "admin.json"), []byte(admin)); err != nil {
			return "", err
		}
		config["provisioning"] = object{"interval": "1h", "folders": []string{provisioning}}
		config["security"] = security(o.AccessTokenTTL)
	}
	text, err := json.Marshal(config) // JSON is valid YAML
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "config.yaml")
	return file, writeFile(file, text)
}

func security(accessTokenTTL time.Duration) object {
	if accessTokenTTL == 0 {
		accessTokenTTL = 15 * time.Minute
	}
	return object{
		"enable_auth":    true,
		"encryption_key": encryptionKey,
		"authorization":  object{"provider": object{"native": object{"enable": true}}},
		"authentication": object{
			"access_token_ttl": fmt.Sprintf("%dms", accessTokenTTL.Milliseconds()),
			"providers":        object{"enable_native": true},
		},
	}
}

// writeFile writes a file and creates its folder.
func writeFile(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}
