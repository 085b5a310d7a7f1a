// An oracle for the simulated HorizontalPodAutoscaler: it asks the real one.
//
// Cases come as JSON lines on standard input, answers go as JSON lines, in the same order, to standard output.
// Everything that decides is imported from k8s.io/kubernetes and not changed; what is faked is what lies around it:
// the API server's objects, the metrics APIs, and the clock, which is the one of testing/synctest.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"testing"
	"testing/synctest"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
)

type request struct {
	Propose  *proposeCase  `json:"propose"`
	Scenario *scenarioCase `json:"scenario"`
	Manifest *manifestCase `json:"manifest"`
	Quantity *quantityCase `json:"quantity"`
}

func main() {
	klog.SetOutput(io.Discard)
	klog.LogToStderr(false)
	// The ones it comes with sleep on an error, which moves the clock that the cases share.
	utilruntime.ErrorHandlers = []utilruntime.ErrorHandler{
		func(_ context.Context, err error, _ string, _ ...interface{}) { remember(err) },
	}
	requests := read(os.Stdin)
	answers := make([]any, len(requests))
	os.Args = os.Args[:1]
	testing.Init()
	flag.Parse()
	// The fake clock is for tests only, so this is one.
	run := func(t *testing.T) {
		for i, one := range requests {
			synctest.Test(t, func(t *testing.T) { answers[i] = answer(t, one) })
		}
		if t.Failed() {
			return
		}
		write(os.Stdout, answers)
		os.Exit(0)
	}
	testing.Main(func(string, string) (bool, error) { return true, nil },
		[]testing.InternalTest{{Name: "oracle", F: run}}, nil, nil)
}

func answer(t *testing.T, one request) any {
	switch {
	case one.Propose != nil:
		return propose(t.Context(), one.Propose)
	case one.Scenario != nil:
		return play(t, one.Scenario)
	case one.Manifest != nil:
		return judge(one.Manifest)
	case one.Quantity != nil:
		return measure(one.Quantity)
	}
	return map[string]string{"fault": "an empty request"}
}

func read(source io.Reader) []request {
	var requests []request
	lines := bufio.NewReaderSize(source, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 1 {
			var one request
			must(json.Unmarshal(line, &one))
			requests = append(requests, one)
		}
		if err == io.EOF {
			return requests
		}
		must(err)
	}
}

func write(target io.Writer, answers []any) {
	buffered := bufio.NewWriter(target)
	encoder := json.NewEncoder(buffered)
	for _, one := range answers {
		must(encoder.Encode(one))
	}
	must(buffered.Flush())
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "oracle:", err)
		os.Exit(3)
	}
}
