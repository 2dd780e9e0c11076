"""What prices ask for: growth and margin, multiples, prices against GDP, double counting, falls of multiples."""

from cardhouse.lenses.value.answer import Value, Valued, value_of
from cardhouse.lenses.value.implied import Given
from cardhouse.lenses.value.troughs import TROUGHS, Fall, given_fall, past_fall

__all__ = ["TROUGHS", "Fall", "Given", "Value", "Valued", "given_fall", "past_fall", "value_of"]
