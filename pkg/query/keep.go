package query
import (
 _ "github.com/prometheus/client_golang/api/prometheus/v1"
 _ "github.com/prometheus/prometheus/promql/parser"
 _ "github.com/prometheus/prometheus/prompb"
 _ "github.com/go-analyze/charts"
 _ "github.com/golang/snappy"
)
