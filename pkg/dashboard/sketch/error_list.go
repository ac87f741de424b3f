package sketch

import (
	"errors"
	"fmt"
	"strings"
)

// maxListedErrors is the maximum number of errors in a message. More are usually the same mistake many times.
const maxListedErrors = 5

// maxErrors is the maximum number of errors that are collected, so that a large invalid sketch takes no longer than a valid
// one.
const maxErrors = 100

// errorList collects the errors in a sketch, so that a model can fix all of them at once.
type errorList []error

// add adds an error, or all errors of an errorList. It ignores nil.
func (f *errorList) add(err error) {
	var several errorList
	switch {
	case err == nil:
	case errors.As(err, &several):
		*f = append(*f, several...)
	default:
		*f = append(*f, err)
	}
	*f = (*f)[:min(len(*f), maxErrors)]
}

// full reports whether no more errors are collected.
func (f errorList) full() bool { return len(f) == maxErrors }

// err returns the list as an error, or nil if it is empty.
func (f errorList) err() error {
	switch len(f) {
	case 0:
		return nil
	case 1:
		return f[0]
	}
	return f
}

func (f errorList) Error() string {
	var messages []string
	for _, err := range f[:min(len(f), maxListedErrors)] {
		messages = append(messages, err.Error())
	}
	switch more := len(f) - maxListedErrors; {
	case f.full():
		messages = append(messages, fmt.Sprintf("and at least %d more", more))
	case more > 0:
		messages = append(messages, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(messages, "; ")
}
