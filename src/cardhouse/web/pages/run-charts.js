// The live fan of the run page, and who falls: the server's figures, drawn while a hand is on a slider.

import { live } from "./chart.js";
import { fill, h, say } from "./dom.js";
import { moneyScale, moneyUnit, percent, t } from "./words.js";

const x = { field: "end", type: "temporal", title: null, axis: { grid: false, labelOverlap: true } };

/** Places for both charts, and a function that fills them from an answer. */
export function charts(about) {
  const view = { head: h("h2", {}, "…"), fan: h("div", { class: "chart", id: "fan", role: "img" }), note: h("p", { class: "note" }), title: h("h2", {}), falls: h("div", { class: "chart", id: "falls", role: "img" }), told: h("p", { class: "note", id: "fallen" }) };
  const fan = live(view.fan, fanSpec());
  const falls = live(view.falls, fallsSpec());
  const called = (id) => about.firms.find((one) => one.id === id)?.name ?? id;
  const draw = async (found, state) => {
    const rows = fanRows(found);
    const name = called(found.fans[0].firm);
    const gone = found.fell[found.fans[0].firm]?.at(-1) ?? 0;
    view.head.textContent = `${name}: ${figures()[state.measure] ?? state.measure}, ${moneyUnit()}`;
    const last = rows.at(-1);
    const words = t("{firm}: median {median} at the end, nine in ten paths between {low} and {high} {unit}; it falls in {share} of the paths", { firm: name, median: last.q50.toFixed(1), low: last.q5.toFixed(1), high: last.q95.toFixed(1), unit: moneyUnit(), share: percent(gone, 1) });
    view.fan.setAttribute("aria-label", words);
    fill(view.note, words, h("br"), t("line: median; bands: 50, 90 and 98 of 100 paths"), " · ", found.caption);
    const fallen = fallRows(found, called);
    view.title.textContent = t("Share of the paths in which a firm has fallen");
    const told = fallen.told.length ? fallen.told.join(", ") : t("No firm falls in more than one path in two hundred.");
    view.falls.setAttribute("aria-label", told);
    view.told.textContent = told;
    view.falls.hidden = !fallen.rows.length;
    await Promise.all([fan(rows), fallen.rows.length ? falls(fallen.rows) : null]);
    say(words);
  };
  return { parts: [view.head, view.fan, view.note, view.title, view.falls, view.told], draw };
}

export const figures = () => ({ revenue: t("revenue"), "capital spending": t("capital spending"), "free cash flow": t("free cash flow"), cash: t("cash"), debt: t("debt"), "market value": t("market value") });

function fanRows(found) {
  const { quantiles } = found.fans[0];
  const scale = moneyScale();
  return found.quarter_ends.map((end, i) => Object.fromEntries([["end", end], ...found.levels.map((level, k) => [`q${Math.round(level * 100)}`, quantiles[i][k] / scale])]));
}

function fallRows(found, called) {
  const firms = Object.entries(found.fell).filter(([, by]) => by.at(-1) > 0.005).sort((a, b) => b[1].at(-1) - a[1].at(-1)).slice(0, 8);
  return { told: firms.map(([firm, by]) => `${called(firm)} ${percent(by.at(-1), 1)}`), rows: firms.flatMap(([firm, by]) => by.map((share, i) => ({ firm: called(firm), end: found.quarter_ends[i], share }))) };
}

function fanSpec() {
  const y = (field) => ({ field, type: "quantitative", title: null });
  const band = (low, high, opacity) => ({ mark: { type: "area", opacity, color: "#1b6ca8" }, encoding: { x, y: y(low), y2: { field: high } } });
  return { height: 260, layer: [band("q1", "q99", 0.15), band("q5", "q95", 0.2), band("q25", "q75", 0.3), { mark: { type: "line", color: "#1a1a1a" }, encoding: { x, y: y("q50") } }] };
}

function fallsSpec() {
  return { height: 200, mark: { type: "line", strokeWidth: 2 }, encoding: { x, y: { field: "share", type: "quantitative", axis: { format: "%" }, title: null }, color: { field: "firm", type: "nominal", title: null, sort: null, legend: { orient: "bottom", columns: 3 } }, strokeDash: { field: "firm", type: "nominal", title: null, sort: null } } };
}
