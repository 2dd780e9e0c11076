"""The tableau as compiled functions hold it: a table of addresses and shapes.

``m.nodes[row.CASH, i]`` is the vector of all paths, ``m.nodes[row.CASH, i, b]`` the number of one. A tuple of so many
arrays would be taken apart and put together again at every call, which takes minutes to compile; numba's own
references count their users with locked instructions at every use. Addresses cost neither. Indices are not checked.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_getattr, infer_global, signature
from numba.extending import lower_builtin, lower_getattr_generic, models, register_model

from cardhouse.economy.kernel.arrays import Ints
from cardhouse.economy.kernel.columns import TOLD
from cardhouse.economy.kernel.lanes import LANES, VECTOR, LanesType, as_vector, lanes_type, primitive, spread
from cardhouse.economy.kernel.tableau import AXES, FIXED, INTEGERS, LENGTHS, MOVING, TERMS, Tableau, in_memory

SLOTS = 5
"""An address and up to four lengths for each array."""
WORD = ir.IntType(64)
FIELDS = tuple(Tableau._fields)


class HeldType(types.Type):
    """Numba's type of the whole tableau.

    ``apart`` says whether each path has terms of its own, ``told`` whether the accounts are written that only a
    single path tells (:data:`TOLD`).
    """

    def __init__(self, apart: bool, told: bool) -> None:
        self.apart, self.told = apart, told
        super().__init__(name=f"Held{LANES}{'Apart' * apart}{'Told' * told}")


class ViewType(types.Type):
    """Numba's type of one of its arrays; the last axis of a moving one, and of terms, is the paths.

    ``wide`` is the length of that axis in memory: that of terms is one where all paths share them.
    """

    def __init__(self, field: str, held: HeldType) -> None:
        self.dropped = TOLD if field == "books" and not held.told else frozenset()
        self.field, self.axes, self.moving = field, AXES[field], field in MOVING or field in TERMS
        self.wide = LANES if held.apart or field in MOVING else 1
        self.dtype = types.int64 if field in INTEGERS else types.float64
        super().__init__(name=f"View{self.wide}({field}, {self.axes}, {len(self.dropped)} dropped)")


@register_model(HeldType)
class _HeldModel(models.OpaqueModel):
    pass


@register_model(ViewType)
class _ViewModel(models.OpaqueModel):
    """The place of its row in the table; address and lengths are read where they are used."""


single, many, many_apart = HeldType(False, True), HeldType(False, False), HeldType(True, False)
VIEWS = {kind: {field: ViewType(field, kind) for field in FIELDS} for kind in (single, many, many_apart)}


def table_of(t: Tableau) -> Ints:
    """Addresses and shapes of the arrays of a tableau, (fields, SLOTS); the tableau must outlive it."""
    table = np.zeros((len(FIELDS), SLOTS), dtype=np.int64)
    for place, (field, array) in enumerate(t._asdict().items()):
        lanes = 0 if field in FIXED else 1
        axes = array.ndim - lanes
        laid = array.transpose(*in_memory(field, axes), *range(axes, array.ndim))
        if not laid.flags.c_contiguous or array.ndim != AXES[field]:
            raise AssertionError(f"{field}: {array.ndim} axes of {array.strides}; expected {AXES[field]}, as in ORDERS")
        if field in MOVING and array.shape[-1] != LANES:
            raise AssertionError(f"{field}: {array.shape[-1]} lanes; expected {LANES}")
        if field in TERMS and array.shape[-1] != t.plans.shape[-1]:
            raise AssertionError(f"{field}: {array.shape[-1]} lanes; expected {t.plans.shape[-1]}, as all terms have")
        table[place, 0] = array.ctypes.data
        table[place, 1 : 1 + array.ndim] = array.shape
    return table


@primitive
def hold(typingctx: Any, address: Any) -> Any:
    """The tableau behind the address of its table, for a single path: all its accounts are written."""
    return single(types.int64), lambda _context, builder, _sig, args: builder.inttoptr(args[0], cgutils.voidptr_t)


@primitive
def hold_many(typingctx: Any, address: Any, moves: Any) -> Any:
    """The tableau behind the address of its table, for many paths; where something moves them, each has its terms."""
    kind = many if isinstance(moves, types.NoneType) else many_apart
    return kind(types.int64, moves), lambda _c, builder, _sig, args: builder.inttoptr(args[0], cgutils.voidptr_t)


@infer_getattr
class _HeldAttributes(AttributeTemplate):
    key = HeldType

    def generic_resolve(self, kind: Any, attribute: str) -> Any:
        return VIEWS[kind].get(attribute)


@lower_getattr_generic(HeldType)
def _field(_context: Any, builder: Any, _kind: Any, value: Any, attribute: str) -> Any:
    offset = ir.Constant(WORD, FIELDS.index(attribute) * SLOTS * 8)
    return builder.gep(value, [offset], inbounds=True, source_etype=ir.IntType(8))


def _entry(builder: Any, view: Any, slot: int) -> Any:
    """A number of the table; it never changes while compiled code runs."""
    table = builder.bitcast(view, WORD.as_pointer())
    place = builder.gep(table, [ir.Constant(WORD, slot)], inbounds=True, source_etype=WORD)
    found = builder.load(place, typ=WORD)
    found.set_metadata("invariant.load", builder.module.add_metadata([]))
    return found


@infer_getattr
class _ViewAttributes(AttributeTemplate):
    key = ViewType

    def resolve_shape(self, kind: ViewType) -> Any:
        return types.UniTuple(types.int64, kind.axes)

    def resolve_size(self, _kind: ViewType) -> Any:
        return types.int64


@lower_getattr_generic(ViewType)
def _lengths(context: Any, builder: Any, kind: Any, value: Any, attribute: str) -> Any:
    lengths = [_entry(builder, value, 1 + axis) for axis in range(kind.axes)]
    if attribute == "size":
        return lengths[0]
    return context.make_tuple(builder, types.UniTuple(types.int64, kind.axes), lengths)


def _result(kind: ViewType, index: types.Type) -> types.Type | None:
    """What an index of this length picks: a number, or the vector of all paths."""
    many = len(index) if isinstance(index, types.BaseTuple) else 1
    if many == kind.axes:
        return kind.dtype
    return lanes_type if kind.moving and many == kind.axes - 1 else None


def _whole(index: types.Type) -> types.Type:
    return types.UniTuple(types.int64, len(index)) if isinstance(index, types.BaseTuple) else types.int64


@infer_global(operator.getitem)
class _Get(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        view, index = args
        if kws or not isinstance(view, ViewType):
            return None
        found = _result(view, index)
        return None if found is None else signature(found, view, _whole(index))


@infer_global(operator.setitem)
class _Set(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        view, index, value = args
        if kws or not isinstance(view, ViewType) or view.field in TERMS:
            return None
        found = _result(view, index)
        if found is None:
            return None
        given = types.unliteral(value) if found == lanes_type else found
        return signature(types.none, view, _whole(index), given)


def _length(builder: Any, kind: ViewType, view: Any, axis: int) -> Any:
    """Length of an axis: known when compiling for variables, so that those of one thing are at fixed distances."""
    known = LENGTHS.get((kind.field, axis))
    return _entry(builder, view, 1 + axis) if known is None else ir.Constant(WORD, known)


def _literal(aggregate: Any, element: int) -> Any:
    """A number of an index that is known when compiling, None for another."""
    while isinstance(aggregate, ir.InsertValue):
        if list(aggregate.indices) == [element]:
            return aggregate.value.constant if isinstance(aggregate.value, ir.Constant) else None
        aggregate = aggregate.aggregate
    return None


def _apart(builder: Any, instruction: Any, kind: ViewType, index: Any) -> Any:
    """Tell the compiler that arrays do not overlap, nor two variables of an array: a store to one leaves the others.

    Else it would load again, after every store, whatever it had in registers.
    """
    module = builder.module
    none = ir.Constant(WORD, 0)

    def node(name: str, parent: Any) -> Any:
        return module.add_metadata([name, parent, none])

    found = node(kind.field, module.add_metadata(["tableau"]))
    variable = _literal(index, 0) if (kind.field, 0) in LENGTHS else None
    if variable is not None:
        found = node(f"{kind.field} {variable}", found)
    instruction.set_metadata("tbaa", module.add_metadata([found, found, none]))
    return instruction


def _place(context: Any, builder: Any, kind: ViewType, view: Any, index: Any, index_type: Any) -> Any:
    """Address of the first number that an index picks."""
    parts = [index]
    if isinstance(index_type, types.UniTuple):
        parts = cgutils.unpack_tuple(builder, index, index_type.count)
    axes = kind.axes - kind.moving
    offset = ir.Constant(WORD, 0)
    for axis in in_memory(kind.field, axes):
        offset = builder.mul(offset, _length(builder, kind, view, axis), flags=["nsw"])
        offset = builder.add(offset, parts[axis], flags=["nsw"])
    if kind.moving:
        offset = builder.mul(offset, ir.Constant(WORD, kind.wide), flags=["nsw"])
    if len(parts) > axes and not (kind.moving and kind.wide == 1):
        offset = builder.add(offset, parts[axes], flags=["nsw"])
    element = context.get_value_type(kind.dtype)
    address = builder.inttoptr(_entry(builder, view, 0), element.as_pointer())
    return builder.gep(address, [offset], inbounds=True, source_etype=element)


def _get(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    kind = sig.args[0]
    place = _place(context, builder, kind, args[0], args[1], sig.args[1])
    many = sig.return_type == lanes_type
    if many and kind.wide == LANES:
        found = builder.load(builder.bitcast(place, VECTOR.as_pointer()), typ=VECTOR, align=64)
        return _apart(builder, found, kind, args[1])
    found = builder.load(place, typ=context.get_value_type(kind.dtype))
    _apart(builder, found, kind, args[1])
    return spread(builder, found) if many else found


def _set(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    view, index, given = sig.args
    if _literal(args[1], 0) in view.dropped:
        return context.get_dummy_value()
    place = _place(context, builder, view, args[0], args[1], index)
    if _result(view, index) != lanes_type:
        stored = builder.store(args[2], place)
    else:
        value = as_vector(context, builder, args[2], given)
        stored = builder.store(value, builder.bitcast(place, VECTOR.as_pointer()), align=64)
    _apart(builder, stored, view, args[1])
    return context.get_dummy_value()


for _index in (types.UniTuple, types.Integer):
    lower_builtin(operator.getitem, ViewType, _index)(_get)
    for _value in (LanesType, types.Number, types.Boolean):
        lower_builtin(operator.setitem, ViewType, _index, _value)(_set)


@primitive
def spread_over(typingctx: Any, to: Any, address: Any) -> Any:
    """Write numbers from an address on over an array, each into all lanes; returns the address behind them."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = sig.args[0]
        count = ir.Constant(WORD, 1)
        for axis in range(kind.axes - 1):
            count = builder.mul(count, _entry(builder, args[0], 1 + axis))
        number = ir.DoubleType()
        target = builder.inttoptr(_entry(builder, args[0], 0), VECTOR.as_pointer())
        origin = builder.inttoptr(args[1], number.as_pointer())
        with cgutils.for_range(builder, count) as loop:
            found = builder.load(builder.gep(origin, [loop.index], inbounds=True, source_etype=number), typ=number)
            place = builder.gep(target, [loop.index], inbounds=True, source_etype=VECTOR)
            builder.store(spread(builder, found), place, align=64)
        return builder.add(args[1], builder.mul(count, ir.Constant(WORD, 8)))

    return types.int64(to, types.int64), emit


@primitive
def put_at(typingctx: Any, address: Any, value: Any) -> Any:
    """Write a vector to an address."""

    def emit(context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        builder.store(args[1], builder.inttoptr(args[0], VECTOR.as_pointer()), align=64)
        return context.get_dummy_value()

    return types.none(types.int64, lanes_type), emit


def row_address(context: Any, builder: Any, sig: Any, args: Any, kind: ir.VectorType) -> Any:
    """Address of the row that the second argument picks in the first: an array, or the address of one."""
    data, place = args[:2]
    if not isinstance(sig.args[0], types.CPointer):
        data = context.make_array(sig.args[0])(context, builder, data).data
    offset = builder.mul(place, ir.Constant(WORD, LANES))
    row = builder.gep(data, [offset], inbounds=True, source_etype=kind.element)
    return builder.bitcast(row, kind.as_pointer())


@primitive
def lanes_of(typingctx: Any, array: Any, place: Any) -> Any:
    """The vector at a row of an array whose last axis is the lanes and has no gaps; rows are counted through.

    Takes the array or its address as :func:`bare` gives it.
    """

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(row_address(context, builder, sig, args, VECTOR), typ=VECTOR, align=8)

    return lanes_type(array, types.int64), emit


@primitive
def put_number_at(typingctx: Any, address: Any, value: Any) -> Any:
    """Write a number to an address."""

    def emit(context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        builder.store(args[1], builder.inttoptr(args[0], ir.DoubleType().as_pointer()))
        return context.get_dummy_value()

    return types.none(types.int64, types.float64), emit


@primitive
def put_whole_at(typingctx: Any, address: Any, value: Any) -> Any:
    """Write a whole number to an address."""

    def emit(context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        builder.store(args[1], builder.inttoptr(args[0], WORD.as_pointer()))
        return context.get_dummy_value()

    return types.none(types.int64, types.int64), emit


@primitive
def set_lanes(typingctx: Any, array: Any, place: Any, value: Any) -> Any:
    """Write a vector to a row of an array; the rows are those of :func:`lanes_of`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[2], row_address(context, builder, sig, args, VECTOR), align=8)
        return context.get_dummy_value()

    return types.none(array, types.int64, lanes_type), emit


@primitive
def bare(typingctx: Any, arrays: Any) -> Any:
    """The same named tuple with the address of each array in its place: nobody counts the users of an address.

    ``x.field[i]`` counts numbers through, whatever the axes. The arrays must outlive it and have no gaps.
    """
    if any(array.layout != "C" for array in arrays):
        raise TypingError(f"{arrays}: an array with gaps or another order; expected rows one after the other")
    result = types.NamedTuple([types.CPointer(a.dtype) for a in arrays], arrays.instance_class)

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        given = cgutils.unpack_tuple(builder, args[0], sig.args[0].count)
        data = [context.make_array(a)(context, builder, v).data for a, v in zip(sig.args[0], given, strict=True)]
        return context.make_tuple(builder, result, data)

    return result(arrays), emit


@primitive
def set_bytes(typingctx: Any, array: Any, place: Any, value: Any) -> Any:
    """Write small whole numbers to a row of bytes; the rows are those of :func:`lanes_of`."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = ir.VectorType(ir.IntType(8), LANES)
        small = builder.trunc(builder.fptosi(args[2], ir.VectorType(ir.IntType(32), LANES)), kind)
        builder.store(small, row_address(context, builder, sig, args, kind), align=8)
        return context.get_dummy_value()

    return types.none(array, types.int64, lanes_type), emit
