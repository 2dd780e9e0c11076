// The future: a scenario, the assumptions that matter most, a live fan, one path told, and long runs with progress.

import { follow, get, post, remove } from "./api.js";
import { chart } from "./chart.js";
import { fill, h, say, settled } from "./dom.js";
import { remember } from "./state.js";
import { table } from "./table.js";
import { moneyScale, moneyUnit, percent, t } from "./words.js";

export async function show(main, { params, about, signal }) {
  const [{ scenarios }, { sliders, measures }] = await Promise.all([get("scenarios", {}, signal), get("sliders", {}, signal)]);
  const chosen = params.getAll("scenario");
  const moves = Object.fromEntries(params.getAll("move").map((one) => one.split("~")).filter((pair) => pair.length === 2).map(([id, value]) => [id, Number(value)]));
  const state = { scenarios: chosen, moves, firm: params.get("firm") || "openai", measure: params.get("measure") || "cash", quarters: Number(params.get("quarters") || 24), text: "" };
  const view = { fan: h("div", { class: "chart", id: "fan" }), falls: h("div", { class: "chart" }), told: h("div", { id: "told", "aria-live": "polite" }), time: h("p", { class: "note", id: "live" }), story: h("div"), long: h("div", { id: "long", "aria-live": "polite" }) };
  const question = () => ({ scenarios: state.scenarios, moves: state.moves, quarters: state.quarters, text: state.text, as_of: params.get("as_of") || null });
  let drawing = null;
  let waiting = false;
  const live = async () => {
    if (drawing) { waiting = true; return; }
    drawing = true;
    const begun = performance.now();
    try {
      const found = await post("live", { ...question(), firms: [state.firm], measures: [state.measure] }, signal);
      await fans(view, found, state, about);
      view.time.textContent = t("{paths} paths in {ms} ms; chance in the drivers, assumptions where the sliders stand", { paths: found.paths.toLocaleString("en-US"), ms: Math.round(performance.now() - begun) });
    } catch (error) {
      if (error.name !== "AbortError") view.time.textContent = error.message;
    } finally {
      drawing = null;
      if (waiting) { waiting = false; live(); }
    }
  };
  const keep = settled(300, () => remember({ scenario: state.scenarios, move: Object.entries(state.moves).map(([id, value]) => `${id}~${value}`), firm: state.firm, measure: state.measure, quarters: state.quarters === 24 ? "" : state.quarters }));
  const changed = () => { keep(); live(); };
  const tested = about.firms.filter((firm) => firm.tested);
  fill(main, 
    h("h1", {}, t("Run the future")),
    h("p", { class: "lead" }, t("Choose what happens and move the assumptions; a thousand futures answer at once.")),
    h("form", { class: "controls", onsubmit: (event) => event.preventDefault() },
      h("label", {}, t("Scenario"), h("select", { name: "scenario", onchange: (event) => { state.scenarios = event.target.value === "baseline" ? [] : [event.target.value]; changed(); } }, scenarios.map((one) => h("option", { value: one.name, selected: chosen.includes(one.name), title: one.about }, one.title)))),
      h("label", {}, t("Firm"), h("select", { name: "firm", onchange: (event) => { state.firm = event.target.value; changed(); } }, tested.map((firm) => h("option", { value: firm.id, selected: firm.id === state.firm }, firm.name)))),
      h("label", {}, t("Figure"), h("select", { name: "measure", onchange: (event) => { state.measure = event.target.value; changed(); } }, measures.map((measure) => h("option", { value: measure, selected: measure === state.measure }, figures()[measure] ?? measure)))),
      h("label", {}, t("Quarters"), h("input", { type: "number", name: "quarters", min: 4, max: 40, value: state.quarters, onchange: (event) => { state.quarters = Number(event.target.value); changed(); } })),
    ),
    h("div", { class: "columns" }, h("section", {}, view.fan, view.time, view.falls), h("section", { class: "sliders" }, h("h2", {}, t("Assumptions that matter most")), sliders.map((one) => slider(one, state, changed)), own(state, changed))),
    h("p", {}, h("button", { type: "button", id: "tell", onclick: () => tell(view.story, question(), signal) }, t("Tell one path without chance")), " ", h("button", { type: "button", class: "main", id: "start", onclick: () => start(view.long, { ...question(), paths: 100000 }, signal, about) }, t("Run 100,000 paths"))),
    view.long,
    view.story,
  );
  await live();
}

const figures = () => ({ revenue: t("revenue"), "capital spending": t("capital spending"), "free cash flow": t("free cash flow"), cash: t("cash"), debt: t("debt"), "market value": t("market value") });

function slider(one, state, changed) {
  const now = state.moves[one.id] ?? one.central;
  const shown = h("output", {}, number(now));
  const set = (value) => {
    shown.textContent = number(value);
    if (Math.abs(value - one.central) < 1e-9 * Math.max(1, Math.abs(one.central))) delete state.moves[one.id];
    else state.moves[one.id] = value;
    changed();
  };
  const input = h("input", { type: "range", min: 0, max: 100, step: "any", value: place(one, now), "data-assumption": one.id, oninput: (event) => set(at(one, Number(event.target.value))) });
  input.setAttribute("aria-valuetext", number(now));
  return h("label", { class: "slider", title: one.reason }, h("span", {}, one.name), input, shown, h("span", { class: "note" }, `${number(one.low)} – ${number(one.high)} ${one.unit.replaceAll("_", " ")}`));
}

// The middle of a slider is the central value, its ends are the range: a straight line on either side.
const place = (one, value) => (value < one.central ? (50 * (value - one.low)) / (one.central - one.low || 1) : 50 + (50 * (value - one.central)) / (one.high - one.central || 1));
const at = (one, position) => {
  const value = position < 50 ? one.low + ((one.central - one.low) * position) / 50 : one.central + ((one.high - one.central) * (position - 50)) / 50;
  return Math.min(Math.max(Number(value.toPrecision(6)), one.low), one.high);
};
const number = (value) => (Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3))));

function own(state, changed) {
  const text = h("textarea", { name: "own", rows: 6, maxlength: 20000, spellcheck: "false", "aria-label": t("A scenario of your own (TOML)") });
  return h("details", {}, h("summary", {}, t("A scenario of your own (TOML)")), text, h("button", { type: "button", onclick: () => { state.text = text.value; changed(); } }, t("Use it")));
}

async function fans(view, found, state, about) {
  const name = about.firms.find((firm) => firm.id === state.firm)?.name ?? state.firm;
  const { quantiles } = found.fans[0];
  const scale = moneyScale();
  const rows = found.quarter_ends.map((end, i) => Object.fromEntries([["end", end], ...found.levels.map((level, k) => [`q${Math.round(level * 100)}`, quantiles[i][k] / scale])]));
  const gone = found.fell[state.firm]?.at(-1) ?? 0;
  const band = (low, high, opacity) => ({ mark: { type: "area", opacity, color: "#1b6ca8" }, encoding: { x, y: { field: low, type: "quantitative", title: moneyUnit() }, y2: { field: high } } });
  const x = { field: "end", type: "temporal", title: null };
  view.told.textContent = "";
  await chart(view.fan, { $schema: SCHEMA, width: "container", height: 260, autosize: { type: "fit-x", contains: "padding" }, title: { text: `${name}: ${figures()[state.measure] ?? state.measure}`, subtitle: t("median, half, nine tenths and all but one in fifty of the paths; it falls in {share} of them", { share: percent(gone, 1) }), anchor: "start" }, data: { values: rows }, layer: [band("q1", "q99", 0.15), band("q5", "q95", 0.2), band("q25", "q75", 0.3), { mark: { type: "line", color: "#0b3d63" }, encoding: { x, y: { field: "q50", type: "quantitative" } } }] });
  const falls = Object.entries(found.fell).filter(([, by]) => by.at(-1) > 0.005).flatMap(([firm, by]) => by.map((share, i) => ({ firm: about.firms.find((one) => one.id === firm)?.name ?? firm, end: found.quarter_ends[i], share })));
  if (!falls.length) return fill(view.falls, h("p", { class: "note" }, t("No firm falls in more than one path in two hundred.")));
  await chart(view.falls, { $schema: SCHEMA, width: "container", height: 200, autosize: { type: "fit-x", contains: "padding" }, title: { text: t("Share of paths in which a firm has fallen"), anchor: "start" }, data: { values: falls }, mark: { type: "line", point: true }, encoding: { x, y: { field: "share", type: "quantitative", axis: { format: "%" }, title: null }, color: { field: "firm", type: "nominal", title: null }, strokeDash: { field: "firm", type: "nominal", title: null } } });
  say(t("{firm} falls in {share} of the paths", { firm: name, share: percent(gone, 1) }));
  return undefined;
}

const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";

async function tell(into, question, signal) {
  fill(into, h("p", { class: "wait" }, t("Running…")));
  try {
    const found = await post("path", question, signal);
    fill(into, h("h2", {}, t("One path, told")), h("section", { class: "answer" }, found.headline.map((line) => h("p", {}, line)), found.story ? h("pre", { class: "trail" }, found.story) : null), ...found.tables.map((data) => table(data)));
  } catch (error) {
    if (error.name !== "AbortError") fill(into, h("p", { class: "error", role: "alert" }, error.message));
  }
}

/** A long run: progress while it computes, its answer when it is done, and a way to stop it. */
async function start(into, question, signal) {
  const bar = h("progress", { max: 1, value: 0 });
  const label = h("span", {});
  const stop = h("button", { type: "button", id: "cancel" }, t("Cancel"));
  fill(into, h("h2", {}, t("A run of 100,000 paths")), h("p", {}, bar, " ", label, " ", stop));
  try {
    const job = await post("runs", question, signal);
    stop.addEventListener("click", () => remove(`runs/${job.id}`));
    let last = job;
    const stages = { reading: t("reading the book"), drawing: t("drawing the assumptions"), running: t("running paths") };
    await follow(`runs/${job.id}/events`, (now) => { last = now; bar.value = now.of ? now.done / now.of : 0; label.textContent = `${stages[now.stage]} ${now.done.toLocaleString("en-US")} / ${now.of.toLocaleString("en-US")}`; }, signal);
    if (last.state === "cancelled") return fill(into, h("p", { class: "note" }, t("Cancelled; started again, it goes on where it stopped.")));
    if (last.state === "failed") throw new Error(last.error);
    const found = await get(`runs/${job.id}/answer`, {}, signal);
    fill(into, h("h2", {}, t("{paths} paths", { paths: found.paths.toLocaleString("en-US") })), h("section", { class: "answer" }, found.headline.map((line) => h("p", {}, line))), ...found.tables.map((data) => table(data)));
    say(found.headline.at(-1));
  } catch (error) {
    if (error.name !== "AbortError") fill(into, h("p", { class: "error", role: "alert" }, error.message));
  }
  return undefined;
}
