package persestest

import (
	"fmt"
	"strings"
	"testing"
)

func TestLogSendsTheAddress(t *testing.T) {
	l := newServerLog(persesListens, nil)
	for _, part := range []string{"loading\n⇨ http server started on \x1b[32m127.0.0.1:34", "567\x1b[0m\nmore\n"} {
		select {
		case address := <-l.address:
			t.Errorf("got %s before its line was complete", address)
		default:
		}
		fmt.Fprint(l, part)
	}
	select {
	case address := <-l.address:
		if address != "127.0.0.1:34567" {
			t.Errorf("got %s", address)
		}
	default:
		t.Error("got no address")
	}
}

func TestLogKeepsItsEndAndCopiesEverything(t *testing.T) {
	var all strings.Builder
	l := newServerLog(persesListens, &all)
	for i := range 10_000 {
		fmt.Fprintf(l, "line %d\n", i)
	}
	if len(l.String()) != maxTail || !strings.HasSuffix(l.String(), "line 9999\n") {
		t.Errorf("kept %d bytes, want the last %d", len(l.String()), maxTail)
	}
	if !strings.HasPrefix(all.String(), "line 0\nline 1\n") || !strings.HasSuffix(all.String(), l.String()) {
		t.Error("the copy is incomplete")
	}
}
