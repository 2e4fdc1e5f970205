"""What a server does not answer: a status of HTTP and a message."""

from typing import Any

from seqkit.errors import SeqkitError


class Refused(SeqkitError):
    """A request, or one of its inputs, that gets an error instead of an answer.

    Args:
        status: The status of HTTP.
        message: What was expected, what was found, what to do.
    """

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status = status


LONGEST = 2000  # characters of a message


def refusal(error: BaseException) -> tuple[int, str]:
    """Status and message of an error: what a client can mend, or 500 without detail."""
    if isinstance(error, Refused):
        status, message = error.status, str(error)
    elif isinstance(error, SeqkitError):
        status, message = 422, str(error)
    else:
        return 500, "the server failed at this input; its log has the reason"
    return status, message if len(message) <= LONGEST else f"{message[:LONGEST]}…"


def item_error(error: BaseException) -> dict[str, Any]:
    """An error in the place of an answer."""
    status, message = refusal(error)
    return {"error": message, "status": status}
