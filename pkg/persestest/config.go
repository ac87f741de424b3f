package persestest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// The administrator of a Perses with Auth, to whom everything is allowed.
const (
	AdminName     = "admin"
	AdminPassword = "password"
)

// encryptionKey is one for tests only, of the length that Perses demands.
const encryptionKey = "a key for tests, 32 characters.."

// admin is what Perses is provisioned with: a role for everything, and a user who has it.
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

// writeConfig fills dir with all that a Perses needs of its own, and returns the path of the configuration file in it.
func writeConfig(dir string, files Files, o Options) (string, error) {
	// Perses keeps in this folder a list of what it has loaded, so no two may share one.
	pluginDir := filepath.Join(dir, "plugins")
	if err := os.CopyFS(pluginDir, os.DirFS(files.Plugins)); err != nil {
		return "", err
	}
	// Without a folder of archives, even an empty one, Perses would load no plugins.
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
	text, err := json.Marshal(config) // Perses reads YAML, of which JSON is a part
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

// writeFile writes a file and makes the folder that it is in.
func writeFile(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o644)
}
