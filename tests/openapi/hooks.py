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


@schemathesis.hook
def filter_query(context, query):
    """An object without properties is sent as an empty value, which is the same as none."""
    return not any(value == {} for value in (query or {}).values())


@schemathesis.serializer("application/toml")
def toml(context, value):
    try:
        return tomli_w.dumps(value).encode()
    except (AttributeError, TypeError):
        # TOML has no such value.
        return b"= not a table"


@schemathesis.serializer("application/vnd.msgpack")
def packed(context, value):
    return msgpack.packb(value)
