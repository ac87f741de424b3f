package main

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
)

// relay forwards connections to Perses and counts them: a server must not open a new one for every call.
type relay struct {
	net.Listener
	accepted atomic.Int64
}

// newRelay starts a relay to the Perses at a URL. The caller closes it.
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
