// An oracle for cron windows: it asks KEDA's own cron scaler.
//
// Cases come as JSON lines on standard input, answers go as JSON lines, in the same order, to standard output. The
// scaler is imported and not changed; only the clock is faked, by testing/synctest, which starts at the year 2000.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr"
	"github.com/kedacore/keda/v2/pkg/scalers"
	"github.com/kedacore/keda/v2/pkg/scalers/scalersconfig"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// window is one cron trigger and the moments, ascending, at which it is asked.
type window struct {
	Metadata map[string]string `json:"metadata"`
	At       []time.Time       `json:"at"`
}

// answer holds one entry for each moment, or the error that refused the trigger, or the scaler's first error.
type answer struct {
	Metric  string   `json:"metric"`
	Target  string   `json:"target"`
	Values  []string `json:"values"`
	Active  []bool   `json:"active"`
	Refused string   `json:"refused"`
	Error   string   `json:"error"`
}

func main() {
	log.SetLogger(logr.Discard())
	windows := read()
	answers := make([]answer, len(windows))
	os.Args = os.Args[:1]
	testing.Init()
	flag.Parse()
	// The fake clock is for tests only, so this is one.
	run := func(t *testing.T) {
		for i, one := range windows {
			synctest.Test(t, func(t *testing.T) { answers[i] = ask(t.Context(), one) })
		}
		if t.Failed() {
			return
		}
		for _, one := range answers {
			must(json.NewEncoder(os.Stdout).Encode(one))
		}
		os.Exit(0)
	}
	testing.Main(func(string, string) (bool, error) { return true, nil },
		[]testing.InternalTest{{Name: "oracle", F: run}}, nil, nil)
}

func ask(ctx context.Context, one window) answer {
	var found answer
	scaler, err := scalers.NewCronScaler(&scalersconfig.ScalerConfig{TriggerMetadata: one.Metadata})
	if err != nil {
		found.Refused = err.Error()
		return found
	}
	spec := scaler.GetMetricSpecForScaling(ctx)[0].External
	found.Metric, found.Target = spec.Metric.Name, spec.Target.AverageValue.String()
	for _, moment := range one.At {
		time.Sleep(time.Until(moment))
		values, active, err := scaler.GetMetricsAndActivity(ctx, found.Metric)
		if err != nil {
			found.Error = err.Error()
			return found
		}
		found.Values = append(found.Values, values[0].Value.String())
		found.Active = append(found.Active, active)
	}
	return found
}

func read() []window {
	var windows []window
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var one window
		must(json.Unmarshal(lines.Bytes(), &one))
		windows = append(windows, one)
	}
	must(lines.Err())
	return windows
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
