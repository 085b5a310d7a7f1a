"""Values that callers give: checked as they are given, or when they are known."""
