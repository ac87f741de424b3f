package main

import (
	"context"
	"math"
	"net/http"
	"time"
)

// asked are the pages of Perses' API that the traffic is made of, each as often as it stands here.
var asked = []string{
	"/api/v1/projects",
	"/api/v1/projects/" + project + "/dashboards?metadata_only=true",
	"/api/v1/projects/" + project + "/dashboards?metadata_only=true",
	"/api/v1/projects/" + project + "/dashboards/benchmark",
	"/api/v1/globaldatasources",
}

const (
	// wave is how long the traffic takes to grow and shrink again.
	wave = 10 * time.Second
	// least and most are requests in a second, far from what is any effort for Perses.
	least, most = 8, 40
)

// traffic asks the Perses at url until ctx is done, now more and now less often. Its metrics would else be flat lines: what is
// on the demo's dashboard is to be seen at work.
func traffic(ctx context.Context, url string) {
	start := time.Now()
	for i := 0; ctx.Err() == nil; i++ {
		// Perses may have ended, which is for others to notice.
		_, _ = send(ctx, http.MethodGet, url+asked[i%len(asked)], nil)
		phase := 2 * math.Pi * float64(time.Since(start)) / float64(wave)
		perSecond := least + (most-least)*(1-math.Cos(phase))/2
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(float64(time.Second) / perSecond)):
		}
	}
}
