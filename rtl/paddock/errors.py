"""What a command says to its user instead of a traceback."""

__all__ = ["CommandError"]


class CommandError(Exception):
    """Something that the user has to put right; printed as one line, ``status`` is the exit status."""

    def __init__(self, message: str, status: int = 2):
        super().__init__(message)
        self.status = status
