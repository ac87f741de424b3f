package persestest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// client is separate from http.DefaultClient, which tests may change.
var client = &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}

// apiError is a response with a status other than 2xx.
type apiError struct {
	Status  int
	Message string // the body, usually JSON
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.Status, e.Message) }

// call sends a request with the token and body, encoded as JSON, and decodes the response into answer. The token may be empty,
// and body and answer may be nil. A status other than 2xx is an *apiError.
func (p *Perses) call(ctx context.Context, method, path, token string, body, answer any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	header := http.Header{"Content-Type": {"application/json"}}
	if token != "" {
		header.Set("Authorization", "Bearer "+token)
	}
	received, err := send(ctx, method, p.URL+path, header, &sent)
	if err != nil || answer == nil {
		return err
	}
	return json.Unmarshal(received, answer)
}

// send sends a request and returns the body of the response. A status other than 2xx is an *apiError.
func send(ctx context.Context, method, url string, header http.Header, body io.Reader) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return nil, err
	}
	req.Header = header
	resp, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	received, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %w", method, req.URL.Path, &apiError{resp.StatusCode, string(received)})
	}
	return received, err
}

// Login returns an access token for the user. Perses must run with Options.Auth.
func (p *Perses) Login(ctx context.Context, user, password string) (accessToken string, err error) {
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	err = p.call(ctx, http.MethodPost, "/api/auth/providers/native/login", "", object{"login": user, "password": password}, &answer)
	return answer.AccessToken, err
}

// callAsAdmin is call as the administrator, or anonymously if Perses has no authentication.
func (p *Perses) callAsAdmin(ctx context.Context, method, path string, body, answer any) error {
	var token string
	if p.auth {
		var err error
		if token, err = p.Login(ctx, AdminName, AdminPassword); err != nil {
			return err
		}
	}
	return p.call(ctx, method, path, token, body, answer)
}
