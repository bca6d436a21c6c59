"""What schemathesis does not know of the formats."""

import msgpack
import schemathesis
import tomli_w


def integral(value):
    """Whether a number is written as 7.0. JSON Schema counts it as an integer, and serde does not."""
    if isinstance(value, float):
        return value.is_integer()
    if isinstance(value, dict):
        return any(integral(item) for item in value.values())
    if isinstance(value, list):
        return any(integral(item) for item in value)
    return False


@schemathesis.hook
def filter_body(context, body):
    return not integral(body)


def empty(value):
    """Whether a value is sent as an empty text, which is the same as none, or as the text `null`."""
    if isinstance(value, list):
        return not value or any(empty(item) for item in value)
    return value is None or value == {} or value == ""


@schemathesis.hook
def filter_query(context, query):
    return not any(empty(value) for value in (query or {}).values())


@schemathesis.serializer("application/toml")
def toml(context, value):
    try:
        return tomli_w.dumps(value).encode()
    except (AttributeError, OverflowError, TypeError, ValueError):
        # TOML has no such value.
        return b"= not a table"


@schemathesis.serializer("application/vnd.msgpack", "application/msgpack")
def packed(context, value):
    try:
        return msgpack.packb(value)
    except (OverflowError, TypeError, ValueError):
        # A byte that MessagePack does not use.
        return b"\xc1"
