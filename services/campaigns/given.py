"""Given: what forms and addresses bring, read with care: the fields, ids, and numbers such as the version shown."""

from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import FormMultiDict
from litestar.exceptions import ClientException


async def form_given(request: Request[Any, Any, Any]) -> FormMultiDict:
    """The form of a request; one that is not in the encoding it claims, or in one nobody knows, is answered 400."""
    try:
        return await request.form()
    except (UnicodeDecodeError, LookupError) as error:
        raise ClientException from error


def read_id(text: str) -> UUID | None:
    """An id; None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None


def read_number(value: object) -> int:
    """A whole number; -1, which is no version and no batch, for anything else."""
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else -1
