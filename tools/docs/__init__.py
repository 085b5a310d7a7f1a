"""The generated parts of the pages: ``python -m tools.docs.write`` writes what is stale."""
