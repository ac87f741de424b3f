package perses_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
)

// TestErrorsRepeatNoSecretOfWhatWasSent has Perses say what it does not accept, with the values of the document that was sent.
func TestErrorsRepeatNoSecretOfWhatWasSent(t *testing.T) {
	const document = `{"kind":"Dashboard","spec":{"headers":{"Authorization":"Bearer SECRETA","X-Api-Key":"SECRET\"B","X-Token":"abc"},"url":"see https://user:SECRETC@host and https://other:SECRETD@host","note":"plain"}}`
	var many strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&many, `,"SECRET%d"`, i)
	}
	for sent, said := range map[string]string{
		document: `spec.text: got the object {Authorization:"Bearer SECRETA","X-Api-Key":"SECRET\"B"}, SECRETC, user:SECRETC, other:SECRETD and plain`,
		`{"password":["` + strings.Repeat("SECRETxyz", 1000) + `"]}`: "spec.text: got " + strings.Repeat("SECRETxyz", 1000),
		`{"password":["x"` + many.String() + `]}`:                    "spec.text: got SECRET17",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_ = json.NewEncoder(w).Encode(map[string]string{"message": said})
		}))
		c := connect(t, server.URL).ClientOf(context.Background(), "test")
		faults, err := c.ValidateDashboard(json.RawMessage(sent))
		if err != nil || len(faults) == 0 {
			t.Errorf("%v %v", faults, err)
		}
		explained := c.Explain("validate", perses.Ref{Kind: modelv1.KindDashboard}, c.CheckDocument(modelv1.KindDashboard, json.RawMessage(sent))).Error()
		for _, f := range faults {
			explained += f.String()
		}
		if strings.Contains(explained, "SECRET") || sent == document && !strings.Contains(explained, "plain") {
			t.Error(explained)
		}
		server.Close()
	}
}
