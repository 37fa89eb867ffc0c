"""
The kernel's world: many arrays behind one pointer.

A compiled function that takes forty arrays takes about three hundred values, at
every call; compiling that lasts minutes and running it is a hundred times slower.
So the addresses and shapes of all arrays stand in one table, the functions take a
pointer to it, and ``w.members`` reads an array's address when it is needed. To the
reader ``w`` is a plain bundle of arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    models,
    register_model,
)
from numba.np import numpy_support
from numpy.typing import NDArray

from caretime.simulation import _arrays as arrays

ARRAYS: dict[str, tuple[Any, int]] = {
    "par": (arrays.PARAMETERS, 1),
    "members": (arrays.MEMBER, 1),
    "seats": (arrays.SEAT, 1),
    "start": (arrays.START, 1),
    "groups": (arrays.GROUP, 1),
    "group_free": (np.int64, 1),
    "group_eligible": (np.uint8, 2),
    "held": (np.int64, 1),
    "free": (np.uint64, 3),
    "heads": (np.int32, 3),
    "tails": (np.int32, 3),
    "avail": (np.uint64, 2),
    "eligible": (np.uint64, 2),
    "accept": (np.uint64, 1),
    "free_intakes": (np.int64, 1),
    "hint": (np.int64, 1),
    "business": (np.int32, 1),
    "works": (np.uint8, 2),
    "away": (np.uint8, 2),
    "masks": (np.uint64, 4),
    "minutes": (np.int64, 3),
    "indirect": (np.int64, 3),
    "offered": (np.int64, 3),
    "paid": (np.int64, 2),
    "phase": (np.int64, 1),
    "end": (np.uint64, 1),
    "no_show": (np.uint64, 2),
    "leave": (np.uint64, 1),
    "interval": (np.uint64, 1),
    "network": (np.int64, 1),
    "network_class": (np.int64, 1),
    "tokens": (np.int64, 1),
    "referrals": (arrays.REFERRAL, 1),
    "referral_keys": (np.uint64, 1),
    "strata": (np.int64, 1),
    "weekly": (np.int64, 2),
    "waits": (np.int32, 4),
    "by_license": (np.int32, 4),
    "weekly_waits": (np.int32, 4),
    "staff": (np.int64, 2),
    "log": (np.int64, 2),
    "at": (np.int64, 1),
}
"""Name, element type and number of axes of every array; all are C-contiguous."""

_WIDTH = 5  # address and up to four lengths
_PLACE = {name: index * _WIDTH for index, name in enumerate(ARRAYS)}


class WorldType(types.Type):  # type: ignore[misc]
    """Numba's type of the pointer."""

    def __init__(self) -> None:
        super().__init__(name="CaretimeWorld")


WORLD = WorldType()
"""Numba's type of ``w`` in every compiled function."""

_TYPES = {
    name: types.Array(numpy_support.from_dtype(np.dtype(element)), axes, "C")
    for name, (element, axes) in ARRAYS.items()
}


@register_model(WorldType)
class _WorldModel(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.IntType(64).as_pointer())


@infer_getattr
class _WorldAttributes(AttributeTemplate):  # type: ignore[misc]
    key = WorldType

    def generic_resolve(self, world: Any, name: str) -> Any:
        return _TYPES.get(name)


@lower_getattr_generic(WorldType)
def _load(context: Any, builder: Any, kind: Any, pointer: Any, name: str) -> Any:
    """Make an array of the address and lengths that stand in the table."""
    array_type = _TYPES[name]
    word = ir.IntType(64)

    def entry(offset: int) -> Any:
        place = ir.Constant(word, _PLACE[name] + offset)
        return builder.load(builder.gep(pointer, [place]))

    array = context.make_array(array_type)(context, builder)
    data = builder.inttoptr(entry(0), array.data.type)
    shape = [entry(1 + axis) for axis in range(array_type.ndim)]
    size = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
    itemsize = ir.Constant(word, size)
    strides = [itemsize]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    context.populate_array(
        array,
        data=data,
        shape=cgutils.pack_array(builder, shape),
        strides=cgutils.pack_array(builder, strides),
        itemsize=itemsize,
        meminfo=None,
    )
    return array._getvalue()


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
    for name, (element, axes) in ARRAYS.items():
        array = held[name]
        if array.dtype != element or array.ndim != axes:
            raise TypeError(f"{name}: {array.dtype} with {array.ndim} axes")
        if not array.flags.c_contiguous:
            raise TypeError(f"{name} is not contiguous")
        place = _PLACE[name]
        table[place] = array.ctypes.data
        table[place + 1 : place + 1 + axes] = array.shape
    return table
