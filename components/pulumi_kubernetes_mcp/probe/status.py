"""What an HTTP status says by itself. Rules read it too, so nothing else is imported here."""


def accepted(status: int) -> bool:
    """Whether a request was taken."""
    return 200 <= status < 300
