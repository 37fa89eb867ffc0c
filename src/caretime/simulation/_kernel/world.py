"""
The kernel's world: many arrays behind one pointer.

A compiled function that takes forty arrays takes about three hundred values, at
every call; compiling that lasts minutes and running it is a hundred times slower.
So the addresses and shapes of all arrays stand in one table and the functions take
a pointer to it. To the reader ``w`` is a plain bundle of arrays, and
``w.free[plane, seat, day]`` an element; three things make it quicker than one of
Numba's own arrays: the table never changes, so an address is read once; lengths
known when compiling are constants; and an index is never negative, so nothing is
spent on counting from the end.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils, config
from numba.core.typing.templates import (
    AbstractTemplate,
    AttributeTemplate,
    infer_global,
    signature,
)
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr,
    lower_getattr_generic,
    models,
    register_model,
)
from numba.np import numpy_support
from numpy.typing import NDArray

from caretime.model.log import BINS, CLOCKS, COUNTERS, LOG_COLUMNS
from caretime.simulation import _arrays as arrays

_CLOCKS, _COUNTERS = len(CLOCKS), len(COUNTERS)
_VISIT_TYPES, _KINDS, _WEEKDAYS, _PLANES, _ORDERS = 4, 4, 5, 3, 3
_ANY = -1

ARRAYS: dict[str, tuple[Any, tuple[int, ...]]] = {
    "par": (arrays.PARAMETERS, (_ANY,)),
    "members": (arrays.MEMBER, (_ANY,)),
    "concerns": (np.int16, (_ANY,)),
    "fours": (np.uint64, (_ANY,)),
    "openings": (np.int64, (_ANY, _ANY, _WEEKDAYS)),
    "seats": (arrays.SEAT, (_ANY,)),
    "start": (arrays.START, (_ANY,)),
    "groups": (arrays.GROUP, (_ANY,)),
    "group_free": (np.int64, (_ANY,)),
    "group_eligible": (np.uint8, (_ANY, _ANY)),
    "held": (np.int64, (_ANY,)),
    "free": (np.uint64, (_PLANES, _ANY, _ANY)),
    "heads": (np.int32, (_ORDERS, _ANY, arrays.TICKS)),
    "tails": (np.int32, (_ORDERS, _ANY, arrays.TICKS)),
    "slots": (np.int32, (_ANY,)),
    "avail": (np.uint64, (_PLANES, _ANY, _ANY)),
    "ahead": (np.uint64, (_PLANES, _ANY, _ANY)),
    "eligible": (np.uint64, (_ANY, _ANY)),
    "accept": (np.uint64, (_ANY,)),
    "free_intakes": (np.int64, (_ANY,)),
    "hint": (np.int64, (_ANY,)),
    "business": (np.int32, (_ANY,)),
    "works": (np.uint8, (_ANY, _ANY)),
    "away": (np.uint8, (_ANY, _ANY)),
    "masks": (np.uint64, (_ANY, _ANY, _KINDS, _WEEKDAYS)),
    "minutes": (np.int64, (_ANY, _ANY, _VISIT_TYPES)),
    "indirect": (np.int64, (_ANY, _ANY, _WEEKDAYS)),
    "offered": (np.int64, (_ANY, _ANY, _WEEKDAYS)),
    "paid": (np.int64, (_ANY, _ANY)),
    "phase": (np.int64, (_ANY,)),
    "end": (np.uint64, (_ANY,)),
    "no_show": (np.uint64, (2, 64)),
    "leave": (np.uint64, (_ANY,)),
    "interval": (np.uint64, (_ANY,)),
    "network": (np.int64, (_ANY,)),
    "network_class": (np.int64, (_ANY,)),
    "tokens": (np.int64, (_ANY,)),
    "referrals": (arrays.REFERRAL, (_ANY,)),
    "referral_keys": (np.uint64, (_ANY,)),
    "strata": (np.int64, (_ANY,)),
    "weekly": (np.int64, (_ANY, _COUNTERS)),
    "waits": (np.int32, (_CLOCKS, _ANY, 2, BINS)),
    "by_license": (np.int32, (_CLOCKS, _ANY, 2, BINS)),
    "weekly_waits": (np.int32, (_ANY, _CLOCKS, 2, BINS)),
    "staff": (np.int64, (_ANY, _ANY)),
    "log": (np.int64, (_ANY, len(LOG_COLUMNS))),
    "at": (np.int64, (_ANY,)),
}
"""Name, element type and lengths of every array; -1 is read from the table."""

_WIDTH = 5  # address and up to four lengths
_PLACE = {name: index * _WIDTH for index, name in enumerate(ARRAYS)}
_WORD = ir.IntType(64)


class WorldType(types.Type):  # type: ignore[misc]
    """Numba's type of the pointer."""

    def __init__(self) -> None:
        super().__init__(name="CaretimeWorld")


class FieldType(types.Type):  # type: ignore[misc]
    """Numba's type of one array in the world; its value is the same pointer."""

    def __init__(self, name: str) -> None:
        element, self.lengths = ARRAYS[name]
        self.field = name
        self.dtype = numpy_support.from_dtype(np.dtype(element))
        super().__init__(name=f"CaretimeWorld.{name}")


WORLD = WorldType()
"""Numba's type of ``w`` in every compiled function."""

_TYPES = {name: FieldType(name) for name in ARRAYS}


@register_model(WorldType)
@register_model(FieldType)
class _PointerModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _WORD.as_pointer())


@infer_getattr
class _WorldAttributes(AttributeTemplate):  # type: ignore[misc]
    key = WorldType

    def generic_resolve(self, world: Any, name: str) -> Any:
        return _TYPES.get(name)


@infer_getattr
class _FieldAttributes(AttributeTemplate):  # type: ignore[misc]
    key = FieldType

    def resolve_shape(self, field: Any) -> Any:
        return types.UniTuple(types.int64, len(field.lengths))


@infer_global(operator.getitem)
class _GetItem(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:
        if isinstance(args[0], FieldType):
            return signature(args[0].dtype, *args)
        return None


@infer_global(operator.setitem)
class _SetItem(AbstractTemplate):  # type: ignore[misc]
    def generic(self, args: Any, kws: Any) -> Any:
        if isinstance(args[0], FieldType):
            return signature(types.none, args[0], args[1], args[0].dtype)
        return None


@lower_getattr_generic(WorldType)
def _field(context: Any, builder: Any, kind: Any, pointer: Any, name: str) -> Any:
    return pointer


def _entry(builder: Any, pointer: Any, place: int) -> Any:
    """Read a word of the table, which does not change while the kernel runs."""
    word = builder.load(builder.gep(pointer, [ir.Constant(_WORD, place)]))
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word


def _lengths(builder: Any, field: FieldType, pointer: Any) -> list[Any]:
    """Return the lengths of an array: constants where they are known."""
    place = _PLACE[field.field] + 1
    return [
        ir.Constant(_WORD, length)
        if length != _ANY
        else _entry(builder, pointer, place + axis)
        for axis, length in enumerate(field.lengths)
    ]


def _address(
    context: Any,
    builder: Any,
    field: FieldType,
    pointer: Any,
    kind: Any,
    index: Any,
    *,
    check: bool = True,
) -> Any:
    """
    Return the address of an element; indices are never negative.

    With ``NUMBA_BOUNDSCHECK=1`` the compiled code looks first, and raises
    ``IndexError``.
    """
    if isinstance(kind, types.BaseTuple):
        kinds = list(kind)
        parts = [builder.extract_value(index, k) for k in range(len(kinds))]
    else:
        kinds, parts = [kind], [index]
    if len(parts) != len(field.lengths):
        raise TypeError(f"{field.field} has {len(field.lengths)} axes")
    place = ir.Constant(_WORD, 0)
    lengths = _lengths(builder, field, pointer)
    for part, one, length in zip(parts, kinds, lengths, strict=True):
        step = context.cast(builder, part, one, types.int64)
        if check and config.BOUNDSCHECK:
            cgutils.do_boundscheck(context, builder, step, length)
        place = builder.add(builder.mul(place, length), step)
    data = context.get_data_type(field.dtype)
    base = builder.inttoptr(
        _entry(builder, pointer, _PLACE[field.field]), data.as_pointer()
    )
    return builder.gep(base, [place])


@lower_getattr(FieldType, "shape")
def _shape(context: Any, builder: Any, field: Any, pointer: Any) -> Any:
    lengths = _lengths(builder, field, pointer)
    kind = types.UniTuple(types.int64, len(lengths))
    return context.make_tuple(builder, kind, lengths)


@lower_builtin(operator.getitem, FieldType, types.Any)
def _get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    field, kind = sig.args
    place = _address(context, builder, field, args[0], kind, args[1])
    return context.unpack_value(builder, field.dtype, place)


@lower_builtin(operator.setitem, FieldType, types.Any, types.Any)
def _set(context: Any, builder: Any, sig: Any, args: Any) -> None:
    field, kind, given = sig.args
    place = _address(context, builder, field, args[0], kind, args[1])
    value = context.cast(builder, args[2], given, field.dtype)
    context.pack_value(builder, field.dtype, value, place)


@intrinsic
def prefetch(context: Any, field: Any, index: Any) -> Any:
    """Ask for the cache line of an element that will soon be needed."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kinds = signature.args
        place = _address(
            context, builder, kinds[0], values[0], kinds[1], values[1], check=False
        )
        byte, flag = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, flag, flag, flag])
        call = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        hints = [ir.Constant(flag, value) for value in (1, 3, 1)]
        builder.call(call, [builder.bitcast(place, byte), *hints])
        return context.get_dummy_value()

    return types.none(field, index), generate


@intrinsic
def as_world(context: Any, table: Any) -> Any:
    """Read a table of addresses, shape ``(arrays x 5,)`` int64, as a world."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, values[0])
        return array.data

    return WORLD(table), generate


def address_table(held: dict[str, NDArray[Any]]) -> NDArray[np.int64]:
    """
    Write addresses and shapes of the arrays; the caller keeps the arrays alive.

    Raises
    ------
    TypeError
        If an array has another type or layout than ``ARRAYS`` says.
    """
    table = np.zeros(len(ARRAYS) * _WIDTH, np.int64)
    for name, (element, lengths) in ARRAYS.items():
        array = held[name]
        fits = array.ndim == len(lengths) and all(
            want in (_ANY, have)
            for want, have in zip(lengths, array.shape, strict=True)
        )
        if array.dtype != element or not fits:
            raise TypeError(f"{name}: {array.dtype} of shape {array.shape}")
        if not array.flags.c_contiguous:
            raise TypeError(f"{name} is not contiguous")
        place = _PLACE[name]
        table[place] = array.ctypes.data
        table[place + 1 : place + 1 + array.ndim] = array.shape
    return table
