"""Real servers on real SDKs, each with the same tools: trivial, pause, burn, sized."""
