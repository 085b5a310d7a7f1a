"""What the pages of these rules refer to."""

NOTE = "[The contract of a server](../contract.md) says how each SDK does it, and what `mcp-stack verify` looks at."
