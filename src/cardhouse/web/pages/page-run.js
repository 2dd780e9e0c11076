// The future: a scenario chosen or written, the assumptions and drivers that matter most, a live fan, one path told.

import { get, post } from "./api.js";
import { lens, shown } from "./answer.js";
import { vega } from "./chart.js";
import { fill, h, settled } from "./dom.js";
import { charts, figures } from "./run-charts.js";
import { PATHS, start, watch } from "./run-long.js";
import { slider } from "./slider.js";
import { remember } from "./state.js";
import { t } from "./words.js";

const LONGEST_IN_ADDRESS = 6000;
const OWN = "cardhouse-scenario";

export async function show(main, { params, about, signal }) {
  vega().catch(() => null); // loads beside the questions; the chart itself says what is wrong with it
  const [{ scenarios }, { sliders, drivers, measures }] = await Promise.all([get("scenarios", {}, signal), get("sliders", {}, signal)]);
  const state = read(params);
  const drawn = charts(about);
  const time = h("p", { class: "note", id: "live" });
  const told = h("div", { id: "told", "aria-live": "polite" });
  const long = h("div", { id: "long", "aria-live": "polite" });
  const question = () => ({ scenarios: state.scenarios, moves: state.moves, drivers: state.drivers, quarters: state.quarters, text: state.text, as_of: params.get("as_of") || null });
  const live = oneAtATime(async () => {
    const begun = performance.now();
    try {
      const found = await post("live", { ...question(), firms: [state.firm], measures: [state.measure] }, signal);
      await drawn.draw(found, state);
      time.className = "note";
      time.textContent = t("{paths} paths in {ms} ms", { paths: found.paths.toLocaleString("en-US"), ms: Math.round(performance.now() - begun) });
    } catch (error) {
      if (error.name === "AbortError") return;
      time.className = "error";
      time.textContent = error.message;
    }
  });
  const keep = settled(300, () => write(state, signal));
  const changed = () => {
    keep();
    live();
  };
  fill(
    main,
    h("h1", {}, t("Run the future")),
    h("p", { class: "lead" }, t("Choose what happens and move the assumptions; a thousand futures answer at once.")),
    controls({ scenarios, measures, about, state, changed }),
    h("div", { class: "columns" }, h("section", {}, drawn.parts, time), h("section", { class: "sliders" }, h("h2", {}, t("Assumptions that matter most")), sliders.map((one) => slider(one, state.moves, changed, "assumption")), h("h2", {}, t("What drives everybody")), drivers.map((one) => slider(one, state.drivers, changed, "driver")))),
    own({ scenarios, state, changed, main }),
    h("p", {}, h("button", { type: "button", id: "tell", onclick: () => tell(told, question(), about, signal) }, t("Tell one path without chance")), " ", h("button", { type: "button", class: "main", id: "start", onclick: () => start(long, question(), state.firm, about, signal) }, t("Run {paths} paths", { paths: PATHS.toLocaleString("en-US") }))),
    long,
    told,
  );
  live(); // the page stands before its first fan
  if (params.get("run")) watch(long, params.get("run"), state.firm, about, signal);
}

const pairs = (params, name) => Object.fromEntries(params.getAll(name).map((one) => one.split("~")).filter((pair) => pair.length === 2 && pair[1] !== "" && Number.isFinite(Number(pair[1]))).map(([id, value]) => [id, Number(value)]));
const joined = (values) => Object.entries(values).map(([id, value]) => `${id}~${value}`);

/** The state of the page, as the address has it. */
function read(params) {
  return { scenarios: params.getAll("scenario"), moves: pairs(params, "move"), drivers: pairs(params, "driver"), firm: params.get("firm") || "openai", measure: params.get("measure") || "cash", quarters: Number(params.get("quarters")) || 24, text: params.get("own") === OWN ? sessionStorage.getItem(OWN) || "" : params.get("own") || "" };
}

/** Keep it there; a text too long for an address stays in this window. */
function write(state, signal) {
  if (signal.aborted) return;
  const fits = encodeURIComponent(state.text).length <= LONGEST_IN_ADDRESS;
  if (!fits) sessionStorage.setItem(OWN, state.text);
  remember({ scenario: state.scenarios, move: joined(state.moves), driver: joined(state.drivers), firm: state.firm, measure: state.measure, quarters: state.quarters === 24 ? "" : state.quarters, own: fits ? state.text : OWN, run: "" });
}

/** Run a function, and once more where it was asked for while it ran; the last wish is always served. */
function oneAtATime(run) {
  let running = false;
  let again = false;
  const call = async () => {
    if (running) {
      again = true;
      return;
    }
    running = true;
    await run();
    running = false;
    if (again) {
      again = false;
      await call();
    }
  };
  return call;
}

function controls({ scenarios, measures, about, state, changed }) {
  const tested = about.firms.filter((firm) => firm.tested);
  const set = (name, value) => {
    state[name] = value;
    changed();
  };
  return h(
    "form",
    { class: "controls", onsubmit: (event) => event.preventDefault() },
    h("label", {}, t("Scenario"), h("select", { name: "scenario", onchange: (event) => set("scenarios", event.target.value === "baseline" ? [] : [event.target.value]) }, scenarios.map((one) => h("option", { value: one.name, selected: state.scenarios.includes(one.name), title: one.about }, one.title)))),
    h("label", {}, t("Firm"), h("select", { name: "firm", onchange: (event) => set("firm", event.target.value) }, tested.map((firm) => h("option", { value: firm.id, selected: firm.id === state.firm }, firm.name)))),
    h("label", {}, t("Figure"), h("select", { name: "measure", onchange: (event) => set("measure", event.target.value) }, measures.map((measure) => h("option", { value: measure, selected: measure === state.measure }, figures()[measure] ?? measure)))),
    h("label", {}, t("Quarters"), h("input", { type: "number", name: "quarters", min: 4, max: 40, value: state.quarters, onchange: (event) => set("quarters", Math.round(Number(event.target.value))) })),
  );
}

/** A scenario written by hand, from scratch or from the one that is chosen. */
function own({ scenarios, state, changed, main }) {
  const label = t("A scenario of your own (TOML)");
  const text = h("textarea", { name: "own", rows: 12, maxlength: 20000, spellcheck: "false", "aria-label": label });
  text.value = state.text;
  const chooser = () => main.querySelector('select[name="scenario"]');
  const edit = () => {
    text.value = scenarios.find((one) => one.name === chooser().value)?.toml ?? "";
    text.focus();
  };
  const use = () => {
    state.text = text.value;
    if (state.text.trim()) {
      state.scenarios = [];
      chooser().value = "baseline";
    }
    changed();
  };
  return h("details", { open: Boolean(state.text) }, h("summary", {}, label), h("p", { class: "note" }, t("It stands in place of the chosen one; it may compose shipped scenarios. Faults are told with their lines.")), text, h("p", {}, h("button", { type: "button", id: "edit", onclick: edit }, t("Begin with the chosen scenario")), " ", h("button", { type: "button", id: "use", onclick: use }, t("Use it"))));
}

async function tell(into, question, about, signal) {
  fill(into, h("p", { class: "wait" }, t("Running…")));
  await shown(into, async () => {
    const found = await post("path", question, signal);
    fill(into, h("h2", {}, t("One path, told")), ...lens({ ...found, headline: [...found.headline, found.story], notes: [] }, about));
  });
}
