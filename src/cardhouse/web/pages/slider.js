// A slider over a range with a central value: its middle is the centre, its ends are the range.

import { h } from "./dom.js";

/** A slider that keeps its value in `values` under its id, and nothing there where it stands at the centre. */
export function slider(one, values, changed, kind) {
  const now = values[one.id] ?? one.central;
  const shown = h("output", {}, number(now));
  const input = h("input", {
    type: "range",
    name: one.id,
    min: 0,
    max: 100,
    step: "any",
    value: place(one, now),
    [`data-${kind}`]: one.id,
    oninput: (event) => {
      const value = at(one, Number(event.target.value));
      shown.textContent = number(value);
      input.setAttribute("aria-valuetext", number(value));
      if (Math.abs(value - one.central) < 1e-9 * Math.max(1, Math.abs(one.central))) delete values[one.id];
      else values[one.id] = value;
      changed();
    },
  });
  input.setAttribute("aria-valuetext", number(now));
  return h("label", { class: "slider", title: one.reason || false }, h("span", {}, one.name), input, shown, h("span", { class: "note" }, `${number(one.low)} – ${number(one.high)} ${one.unit.replaceAll("_", " ")}`));
}

// A straight line on either side of the middle.
const place = (one, value) => (value < one.central ? (50 * (value - one.low)) / (one.central - one.low || 1) : 50 + (50 * (value - one.central)) / (one.high - one.central || 1));
const at = (one, position) => {
  const value = position < 50 ? one.low + ((one.central - one.low) * position) / 50 : one.central + ((one.high - one.central) * (position - 50)) / 50;
  return Math.min(Math.max(Number(value.toPrecision(6)), one.low), one.high);
};
const number = (value) => (Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3))));
