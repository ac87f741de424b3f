package sketch

import (
	"errors"
	"fmt"
	"strings"
)

// maxNamedFaults is how many faults an error names. Whoever has made more of them has most often made the same one many times.
const maxNamedFaults = 5

// maxFaults is how many faults are looked for, so that a large sketch which is wrong throughout takes no longer than a right one.
const maxFaults = 100

// faults are all that is wrong with a sketch, so that it takes one more try to mend it, and not one for each.
type faults []error

// add adds a fault, or several; nil adds none.
func (f *faults) add(err error) {
	var several faults
	switch {
	case err == nil:
	case errors.As(err, &several):
		*f = append(*f, several...)
	default:
		*f = append(*f, err)
	}
	*f = (*f)[:min(len(*f), maxFaults)]
}

// full tells whether no more faults are looked for.
func (f faults) full() bool { return len(f) == maxFaults }

// err returns the faults as one error, nil if there are none.
func (f faults) err() error {
	switch len(f) {
	case 0:
		return nil
	case 1:
		return f[0]
	}
	return f
}

func (f faults) Error() string {
	var said []string
	for _, err := range f[:min(len(f), maxNamedFaults)] {
		said = append(said, err.Error())
	}
	switch more := len(f) - maxNamedFaults; {
	case f.full():
		said = append(said, fmt.Sprintf("and at least %d more", more))
	case more > 0:
		said = append(said, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(said, "; ")
}
