package main

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
)

// relay passes connections on to Perses and counts them. A server that opens a new one for every call costs Perses more
// than its calls do, and runs out of ports.
type relay struct {
	net.Listener
	accepted atomic.Int64
}

// newRelay relays to the Perses at a URL until it is closed.
func newRelay(perses string) (*relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &relay{Listener: listener}
	go r.accept(strings.TrimPrefix(perses, "http://"))
	return r, nil
}

func (r *relay) url() string { return "http://" + r.Addr().String() }

func (r *relay) accept(address string) {
	for {
		near, err := r.Accept()
		if err != nil {
			return
		}
		r.accepted.Add(1)
		go func() {
			defer near.Close()
			far, err := net.Dial("tcp", address)
			if err != nil {
				return
			}
			defer far.Close()
			go func() {
				_, _ = io.Copy(far, near)
				_ = far.(*net.TCPConn).CloseWrite()
			}()
			_, _ = io.Copy(near, far)
		}()
	}
}
