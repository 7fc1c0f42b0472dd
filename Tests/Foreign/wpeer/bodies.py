"""Sections 7.1 and 7.2: the forms of the bodies of content and membership events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .cbor import decode, is_bool, is_bytes, is_ids, is_int, is_text, is_uint, need
from .identity import is_device

CHANGES_MAX, NAME_MAX, DEVICES_MAX = 4096, 64, 16
CONTENT, MEMBERSHIP = 0, 1

CREATE, SET, ADD, REMOVE, COUNT, TEXT, MARK, ERASE = range(8)
GENESIS, INVITE, ADMIT, GRANT, REDUCE, ADDRESS, READMIT, ADD_DEVICE = range(8)
REVOKE_DEVICE, CLOSE, COUNCIL, SECRET, ADOPT = range(8, 13)

Form = Callable[[Any], bool]


def _is_hunk(x: Any) -> bool:
    return (
        isinstance(x, list)
        and len(x) == 3
        and is_uint(x[0])
        and is_uint(x[1])
        and isinstance(x[2], str)
    )


def _anything(_: Any) -> bool:
    return True


def _is_name(x: Any) -> bool:
    return is_text(x, NAME_MAX)


def _list_of(form: Form, most: int | None = None) -> Form:
    return lambda x: isinstance(x, list) and (most is None or len(x) <= most) and all(map(form, x))


_CHANGES: dict[int, list[Form]] = {
    CREATE: [_is_name],
    SET: [_is_name, _anything],
    ADD: [_is_name, _anything],
    REMOVE: [_is_name, _anything],
    COUNT: [_is_name, is_int],
    TEXT: [_is_name, _list_of(_is_hunk)],
    MARK: [_is_name, _anything, _anything],
    ERASE: [is_ids],
}


def _check_change(change: Any) -> None:
    need(isinstance(change, list) and bool(change) and is_uint(change[0]), "a change")
    forms = _CHANGES.get(change[0])
    if forms is not None:
        fits = len(change) == 1 + len(forms) and all(
            form(x) for form, x in zip(forms, change[1:], strict=True)
        )
        need(fits, f"a change {change[0]} of another form")


def check_body(class_: int, body: bytes) -> Any:
    value = decode(body)
    if class_ == CONTENT:
        need(
            isinstance(value, list)
            and len(value) == 2
            and is_bytes(value[0], 16)
            and isinstance(value[1], list)
            and len(value[1]) <= CHANGES_MAX,
            "a content body of another form",
        )
        for change in value[1]:
            _check_change(change)
    else:
        need(
            isinstance(value, list)
            and len(value) == 3
            and is_bytes(value[0], 16)
            and is_uint(value[1])
            and isinstance(value[2], dict),
            "a membership body of another form",
        )
    return value


# --- fields of membership events ------------------------------------------------------------------


def _key(x: Any) -> bool:
    return is_bytes(x, 32)


def _role(x: Any) -> bool:
    return is_int(x, 0, 4)


def _or_null(form: Form) -> Form:
    return lambda x: x is None or form(x)


def _is_cut(x: Any) -> bool:
    return (
        isinstance(x, list)
        and len(x) == 3
        and is_bytes(x[0], 32)
        and is_bytes(x[1], 8)
        and is_ids(x[2])
    )


def _key_and(size: int | None) -> Form:
    return lambda x: (
        isinstance(x, list) and len(x) == 2 and is_bytes(x[0], 32) and is_bytes(x[1], size)
    )


_devices = _list_of(is_device, DEVICES_MAX)
_FIELDS: dict[int, list[Form]] = {
    GENESIS: [is_text, is_text, _devices, is_bool, is_ids, is_uint, is_text],
    INVITE: [_key, _key, _role, is_uint, _or_null(is_int), is_text],
    ADMIT: [_key, _key, is_text, _devices, lambda x: is_bytes(x, 16), lambda x: is_bytes(x, 64)],
    GRANT: [_key, _role, is_ids, is_ids],
    REDUCE: [_key, _role, _list_of(_is_cut), is_text, is_bool, _or_null(_key)],
    ADDRESS: [_key, is_text, _or_null(_key)],
    READMIT: [_key, is_ids, _devices],
    ADD_DEVICE: [_key, is_device],
    REVOKE_DEVICE: [_key, _key, _list_of(_is_cut)],
    CLOSE: [_key],
    COUNCIL: [is_bytes, lambda x: x == b"" or _key(x), _list_of(_key_and(64))],
    SECRET: [is_uint, _list_of(_key_and(None))],
    ADOPT: [is_ids],
}


def fields_fit(body: Any) -> bool:
    """Whether the fields of a membership body's kind are all there and of their form."""
    _, kind, fields = body
    forms = _FIELDS.get(kind)
    if forms is None:
        return False
    return all(n in fields and form(fields[n]) for n, form in enumerate(forms))


def introduced_devices(body: Any) -> set[bytes]:
    """The device keys that a membership event introduces (section 7, rule 6)."""
    if not fields_fit(body):
        return set()
    _, kind, fields = body
    if kind == GRANT:
        return set(fields[2])
    devices: dict[int, Any] = {
        GENESIS: fields.get(2),
        ADMIT: fields.get(3),
        READMIT: fields.get(2),
        ADD_DEVICE: [fields.get(1)],
    }
    return {device[0] for device in devices.get(kind, [])}
