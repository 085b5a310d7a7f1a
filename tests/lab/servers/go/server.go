// A server on the official Go SDK: legacy with sessions, on /mcp; with MCP_STATELESS=1 modern, and legacy without
// sessions; with MCP_TRANSPORT=sse, HTTP+SSE on /sse.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

type textArguments struct {
	Text string `json:"text"`
}

type waitArguments struct {
	Milliseconds float64 `json:"milliseconds"`
}

type sizeArguments struct {
	Kib int `json:"kib"`
}

func text(value string) *mcp.CallToolResult {
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: value}}}
}

// used is the CPU time of this process.
func used() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func trivial(_ context.Context, _ *mcp.CallToolRequest, in textArguments) (*mcp.CallToolResult, any, error) {
	return text(in.Text), nil, nil
}

func pause(_ context.Context, _ *mcp.CallToolRequest, in waitArguments) (*mcp.CallToolResult, any, error) {
	time.Sleep(time.Duration(in.Milliseconds * float64(time.Millisecond)))
	return text(fmt.Sprintf("waited %g ms", in.Milliseconds)), nil, nil
}

func burn(_ context.Context, _ *mcp.CallToolRequest, in waitArguments) (*mcp.CallToolResult, any, error) {
	for end := used() + time.Duration(in.Milliseconds*float64(time.Millisecond)); used() < end; {
	}
	return text(fmt.Sprintf("computed %g ms", in.Milliseconds)), nil, nil
}

func sized(_ context.Context, _ *mcp.CallToolRequest, in sizeArguments) (*mcp.CallToolResult, any, error) {
	return text(strings.Repeat("x", in.Kib*1024)), nil, nil
}

func main() {
	server := mcp.NewServer(&mcp.Implementation{Name: "go", Version: "1.0.0"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "trivial", Description: "Answer with the text that was sent."}, trivial)
	mcp.AddTool(server, &mcp.Tool{Name: "pause", Description: "Wait, as a tool does that asks a database."}, pause)
	mcp.AddTool(server, &mcp.Tool{Name: "burn", Description: "Compute for that many milliseconds of CPU time."}, burn)
	mcp.AddTool(server, &mcp.Tool{Name: "sized", Description: "Answer with a text of that many KiB."}, sized)

	this := func(*http.Request) *mcp.Server { return server }
	options := &mcp.StreamableHTTPOptions{Stateless: os.Getenv("MCP_STATELESS") == "1"}
	handler := mcp.NewStreamableHTTPHandler(this, options)
	mux := http.NewServeMux()
	mux.Handle("/mcp", handler)
	if os.Getenv("MCP_TRANSPORT") == "sse" {
		mux = http.NewServeMux()
		mux.Handle("/sse", mcp.NewSSEHandler(this, nil))
	}
	mux.HandleFunc("/sessions", func(w http.ResponseWriter, _ *http.Request) {
		open := 0
		for range server.Sessions() {
			open++
		}
		fmt.Fprint(w, open)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), mux))
}
