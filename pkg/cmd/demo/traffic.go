package main

import (
	"context"
	"math"
	"net/http"
	"time"
)

// requested are the paths of Perses' API that traffic requests in turn.
var requested = []string{
	"/api/v1/projects",
	"/api/v1/projects/" + project + "/dashboards?metadata_only=true",
	"/api/v1/projects/" + project + "/dashboards?metadata_only=true",
	"/api/v1/projects/" + project + "/dashboards/benchmark",
	"/api/v1/globaldatasources",
}

const (
	// period is the time from one peak of the traffic to the next.
	period = 10 * time.Second
	// minRate and maxRate are in requests per second, few for Perses.
	minRate, maxRate = 8, 40
)

// traffic sends requests to the Perses at url until ctx is done, at a rate that rises and falls, so that the panels of the demo's
// dashboard are not flat lines.
func traffic(ctx context.Context, url string) {
	start := time.Now()
	for i := 0; ctx.Err() == nil; i++ {
		_, _ = send(ctx, http.MethodGet, url+requested[i%len(requested)], nil) // watch notices when Perses has ended
		phase := 2 * math.Pi * float64(time.Since(start)) / float64(period)
		perSecond := minRate + (maxRate-minRate)*(1-math.Cos(phase))/2
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(float64(time.Second) / perSecond)):
		}
	}
}
