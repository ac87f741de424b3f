package main

import (
	"bytes"
	"context"
	"fmt"
)

// result has the timings of a subject over one transport with a number of callers.
type result struct {
	subject
	transport               string
	callers                 int
	direct, forwarder, ours timing
	sent, answered          int // bytes of the direct response, and of the text of our answer
}

// times measures all subjects of a plan over both transports.
func (s *stage) times(ctx context.Context, p plan, tell func(format string, args ...any)) ([]result, error) {
	var results []result
	for _, subject := range p.subjects {
		for _, t := range s.transports {
			tell("%s over %s", subject.what, t.name)
			measured, err := s.measure(ctx, subject, t)
			if err != nil {
				return nil, fmt.Errorf("%s over %s: %w", subject.what, t.name, err)
			}
			results = append(results, measured...)
		}
	}
	return results, nil
}

func (s *stage) measure(ctx context.Context, of subject, t transport) ([]result, error) {
	yardstick, err := t.forwarder.prepare(of.forwarder)
	if err != nil {
		return nil, err
	}
	measured, err := t.ours.prepare(of.ours)
	if err != nil {
		return nil, err
	}
	calls := []call{direct(s.perses.URL + "/api/v1" + of.path), yardstick, measured}
	sent, answered, err := lengths(ctx, calls)
	if err != nil {
		return nil, err
	}
	var results []result
	for _, e := range of.efforts {
		all, err := interleaved(ctx, e, calls)
		if err != nil {
			return nil, err
		}
		results = append(results, result{of, t.name, e.callers, all[0], all[1], all[2], sent, answered})
	}
	return results, nil
}

// lengths makes each call once and returns the lengths of the direct response and of the text of our answer. The forwarder must
// return the direct response.
func lengths(ctx context.Context, calls []call) (sent, answered int, err error) {
	var answers [3]bytes.Buffer
	for i, do := range calls {
		if err := do(ctx, &answers[i]); err != nil {
			return 0, 0, err
		}
	}
	text, err := textOf(answers[1].Bytes())
	if err != nil {
		return 0, 0, fmt.Errorf("the forwarder: %w", err)
	}
	if text != answers[0].String() {
		return 0, 0, fmt.Errorf("the forwarder answers with %d bytes, Perses with %d", len(text), answers[0].Len())
	}
	if text, err = textOf(answers[2].Bytes()); err != nil {
		return 0, 0, fmt.Errorf("ours: %w", err)
	}
	return answers[0].Len(), len(text), nil
}
