"""Several paths in one value: a number of the kernel is a vector with one place for each path of a block.

Compiled code reads as for one path; each operation works on :data:`LANES` paths at once in the processor's vector
registers. Nothing in one lane touches another, so a path is the same whatever runs beside it. There is no branch on
a vector: :func:`where` chooses lane by lane, :func:`any_of` skips what no lane needs.

For type checkers a vector is a float and a mask a bool, as for one path.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

from llvmlite import ir
from numba.core import types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, lower_cast, models, register_model

Lanes: TypeAlias = float
Mask: TypeAlias = bool

LANES = 8
"""Paths in a block: one register of 512 bits of float64, two of 256, four of 128."""

VECTOR = ir.VectorType(ir.DoubleType(), LANES)
BITS = ir.VectorType(ir.IntType(1), LANES)
WORDS = ir.VectorType(ir.IntType(64), LANES)
PLACE = ir.IntType(32)

primitive: Callable[[Callable[..., Any]], Any] = intrinsic
"""What makes a function of the compiler's instructions."""


class LanesType(types.Type):
    """Numba's type of a float64 for each path."""

    def __init__(self) -> None:
        super().__init__(name=f"Lanes{LANES}")


class MaskType(types.Type):
    """Numba's type of a yes or no for each path."""

    def __init__(self) -> None:
        super().__init__(name=f"Mask{LANES}")


lanes_type, mask_type = LanesType(), MaskType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, frontend: Any) -> None:
        super().__init__(manager, frontend, VECTOR)


@register_model(MaskType)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, manager: Any, frontend: Any) -> None:
        super().__init__(manager, frontend, BITS)


def spread(builder: Any, scalar: Any) -> Any:
    """The same scalar in every lane."""
    zero = ir.Constant(PLACE, 0)
    one = builder.insert_element(ir.Constant(ir.VectorType(scalar.type, LANES), ir.Undefined), scalar, zero)
    order = ir.Constant(ir.VectorType(PLACE, LANES), [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(one.type, ir.Undefined), order)


def as_vector(context: Any, builder: Any, value: Any, kind: types.Type) -> Any:
    """A vector from a vector or from a number that is the same for all paths."""
    if kind == lanes_type:
        return value
    return spread(builder, context.cast(builder, value, kind, types.float64))


def _is_number(kind: types.Type) -> bool:
    return isinstance(kind, types.Float | types.Integer | types.Boolean | types.IntegerLiteral)


def _is_operand(kind: types.Type) -> bool:
    return bool(kind == lanes_type) or _is_number(kind)


class _Arithmetic(AbstractTemplate):
    """Typing of an operation on two vectors, or on a vector and a number."""

    result: types.Type = lanes_type

    def generic(self, args: tuple[types.Type, ...], kws: dict[str, Any]) -> Any:
        """Both operands as they come, at least one a vector."""
        if kws or not all(map(_is_operand, args)) or lanes_type not in args:
            return None
        return signature(self.result, *(lanes_type if a == lanes_type else types.unliteral(a) for a in args))


class _Comparison(_Arithmetic):
    result = mask_type


class _OfMasks(AbstractTemplate):
    """Typing of an operation on masks."""

    def generic(self, args: tuple[types.Type, ...], kws: dict[str, Any]) -> Any:
        """Masks only."""
        return None if kws or any(a != mask_type for a in args) else signature(mask_type, *args)


def _register(function: Any, template: type, emit: Callable[[Any, Any], Any]) -> None:
    """One operator on vectors: its typing and its instruction."""
    infer_global(function)(type(f"_{function.__name__}", (template,), {}))
    arity = 1 if function is operator.neg else 2

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return emit(builder, [as_vector(context, builder, v, k) for v, k in zip(args, sig.args, strict=True)])

    if arity == 1:
        lower_builtin(function, LanesType)(lower)
        return
    for left in (LanesType, types.Number, types.Boolean):
        for right in (LanesType, types.Number, types.Boolean):
            if LanesType in (left, right):
                lower_builtin(function, left, right)(lower)


def _computed(name: str) -> Callable[[Any, Any], Any]:
    return lambda builder, v: getattr(builder, name)(v[0], v[1])


def _compared(sign: str) -> Callable[[Any, Any], Any]:
    return lambda builder, v: builder.fcmp_ordered(sign, v[0], v[1])


for _both, _inplace, _name in (
    (operator.add, operator.iadd, "fadd"),
    (operator.sub, operator.isub, "fsub"),
    (operator.mul, operator.imul, "fmul"),
    (operator.truediv, operator.itruediv, "fdiv"),
):
    _register(_both, _Arithmetic, _computed(_name))
    _register(_inplace, _Arithmetic, _computed(_name))
_register(operator.neg, _Arithmetic, lambda builder, v: builder.fneg(v[0]))
_register(operator.lt, _Comparison, _compared("<"))
_register(operator.le, _Comparison, _compared("<="))
_register(operator.gt, _Comparison, _compared(">"))
_register(operator.ge, _Comparison, _compared(">="))
_register(operator.eq, _Comparison, _compared("=="))
_register(operator.ne, _Comparison, lambda builder, v: builder.fcmp_unordered("!=", v[0], v[1]))

for _function in (operator.and_, operator.or_):
    infer_global(_function)(type(f"_{_function.__name__}", (_OfMasks,), {}))
lower_builtin(operator.and_, MaskType, MaskType)(lambda _c, builder, _s, args: builder.and_(*args))
lower_builtin(operator.or_, MaskType, MaskType)(lambda _c, builder, _s, args: builder.or_(*args))


@lower_cast(types.Number, LanesType)
@lower_cast(types.Boolean, LanesType)
def _number_to_lanes(context: Any, builder: Any, fromty: Any, _toty: Any, val: Any) -> Any:
    return as_vector(context, builder, val, fromty)


@primitive
def lanes(typingctx: Any, value: Any) -> Any:
    """Give every path the same number."""

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return as_vector(context, builder, args[0], sig.args[0])

    return lanes_type(types.unliteral(value)), emit


@primitive
def where(typingctx: Any, mask: Any, yes: Any, no: Any) -> Any:
    """``yes`` in the lanes of the mask, ``no`` in the others; numbers or masks."""
    result = mask_type if mask_type in (yes, no) else lanes_type

    def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        if result == mask_type:
            return builder.select(*args)
        both = [as_vector(context, builder, v, k) for v, k in zip(args[1:], sig.args[1:], strict=True)]
        return builder.select(args[0], *both)

    return result(mask, types.unliteral(yes), types.unliteral(no)), emit


def _chosen(sign: str) -> Any:
    """The smaller or the larger of two values in each lane; the first where they are equal."""

    def typed(typingctx: Any, first: Any, second: Any) -> Any:
        def emit(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            a, b = (as_vector(context, builder, v, k) for v, k in zip(args, sig.args, strict=True))
            return builder.select(builder.fcmp_ordered(sign, b, a), b, a)

        return lanes_type(types.unliteral(first), types.unliteral(second)), emit

    return typed


least: Any = primitive(_chosen("<"))
most: Any = primitive(_chosen(">"))


@primitive
def no(typingctx: Any, mask: Any) -> Any:
    """The other lanes."""
    return mask_type(mask), lambda _context, builder, _sig, args: builder.not_(args[0])


@primitive
def any_of(typingctx: Any, mask: Any) -> Any:
    """Whether the mask holds in some lane."""

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        whole = builder.bitcast(args[0], ir.IntType(LANES))
        return builder.icmp_unsigned("!=", whole, ir.Constant(whole.type, 0))

    return types.boolean(mask), emit


@primitive
def one_lane(typingctx: Any, value: Any, lane: Any) -> Any:
    """The number of one path."""

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        return builder.extract_element(args[0], args[1])

    return types.float64(value, types.int64), emit


@primitive
def everywhere(typingctx: Any, flag: Any) -> Any:
    """A mask that holds in all lanes or in none."""

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        return spread(builder, builder.trunc(args[0], ir.IntType(1)) if args[0].type != ir.IntType(1) else args[0])

    return mask_type(types.boolean), emit


def _called(name: str) -> Any:
    """A function of the processor on one vector."""

    def typed(typingctx: Any, value: Any) -> Any:
        def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
            kind = ir.FunctionType(VECTOR, [VECTOR])
            function = builder.module.globals.get(f"llvm.{name}.v{LANES}f64")
            if function is None:
                function = ir.Function(builder.module, kind, name=f"llvm.{name}.v{LANES}f64")
            return builder.call(function, args)

        return lanes_type(lanes_type), emit

    return typed


floor: Any = primitive(_called("floor"))
size: Any = primitive(_called("fabs"))
"""Absolute value."""
sqrt: Any = primitive(_called("sqrt"))


@primitive
def eighths_of(typingctx: Any, value: Any) -> Any:
    """How many eighths of an octave a number from one on lies above one, whole ones: 8 at two, 16 at four.

    An octave has eight even steps. They are the exponent and three bits of the fraction, which lie side by side; as the
    low bits of 2**52 they are a number without being converted.
    """

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        steps = builder.lshr(builder.bitcast(args[0], WORDS), ir.Constant(WORDS, [49] * LANES))
        above = builder.bitcast(builder.or_(steps, ir.Constant(WORDS, [0x4330000000000000] * LANES)), VECTOR)
        return builder.fsub(above, ir.Constant(VECTOR, [2.0**52 + 8.0 * 1023] * LANES))

    return lanes_type(lanes_type), emit


@primitive
def fraction_of(typingctx: Any, value: Any) -> Any:
    """The fraction, 1 to 2, of a positive normal number: its bits with the exponent of one."""

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], WORDS)
        kept = builder.and_(bits, ir.Constant(WORDS, [0x000FFFFFFFFFFFFF] * LANES))
        return builder.bitcast(builder.or_(kept, ir.Constant(WORDS, [0x3FF0000000000000] * LANES)), VECTOR)

    return lanes_type(lanes_type), emit


@primitive
def exponent_of(typingctx: Any, value: Any) -> Any:
    """The exponent of two of a positive normal number."""

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        bits = builder.lshr(builder.bitcast(args[0], WORDS), ir.Constant(WORDS, [52] * LANES))
        return builder.sitofp(builder.sub(bits, ir.Constant(WORDS, [1023] * LANES)), VECTOR)

    return lanes_type(lanes_type), emit


@primitive
def two_to(typingctx: Any, whole: Any) -> Any:
    """Two to a whole power between -1022 and 1023."""

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        power = builder.add(builder.fptosi(args[0], WORDS), ir.Constant(WORDS, [1023] * LANES))
        return builder.bitcast(builder.shl(power, ir.Constant(WORDS, [52] * LANES)), VECTOR)

    return lanes_type(lanes_type), emit


@primitive
def with_lane(typingctx: Any, value: Any, lane: Any, number: Any) -> Any:
    """The vector with the number of one path replaced."""

    def emit(_context: Any, builder: Any, _sig: Any, args: Any) -> Any:
        return builder.insert_element(args[0], args[2], args[1])

    return lanes_type(lanes_type, types.int64, types.float64), emit
