"""Commands of ``mcp-stack`` that are too long for ``cli.py``: the words of the command line, and what they call."""
