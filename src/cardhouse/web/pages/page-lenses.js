// The lenses: each question asked of the book, with its own few controls; the address says which and how.

import { get } from "./api.js";
import { firmSelect, lens, shown } from "./answer.js";
import { fill, h, say } from "./dom.js";
import { address, go } from "./state.js";
import { t } from "./words.js";

export async function show(main, { what, params, about, signal }) {
  const name = what in LENSES ? what : "value";
  const one = LENSES[name];
  const titles = names();
  const asked = Object.fromEntries(one.fields.map((field) => [field.name, params.get(field.name) ?? field.first ?? ""]));
  const change = (more) => go(address(`lenses/${name}`, Object.fromEntries(Object.entries({ ...asked, ...more }).filter(([key, value]) => value !== (one.fields.find((field) => field.name === key).first ?? "")))));
  const result = h("div", { id: "lens", "aria-live": "polite" }, h("p", { class: "wait" }, t("Computing…")));
  fill(
    main,
    h("h1", {}, titles[name]),
    h("nav", { class: "tabs", "aria-label": t("Lenses") }, Object.keys(LENSES).map((key) => h("a", { href: address(`lenses/${key}`), "aria-current": key === name ? "page" : false }, titles[key]))),
    one.fields.length ? h("form", { class: "controls", onsubmit: (event) => event.preventDefault() }, one.fields.map((field) => h("label", {}, labels()[field.name], control(field, asked[field.name], (value) => change({ [field.name]: value }), about)))) : null,
    result,
  );
  await shown(result, async () => {
    const found = await get(one.path(asked), one.query(asked), signal);
    fill(result, lens(found, about));
    say(found.headline[0] ?? titles[name]);
  });
}

const list = (text) => text.split(/[,,、;;]/).map((part) => part.trim()).filter(Boolean);
const percent = (text) => (String(text).trim() === "" ? null : Number(text) / 100);
const id = encodeURIComponent;

/** Where each lens asks, and the fields that it reads; a field that stands as `first` is left out of the address. */
const LENSES = {
  value: { fields: [{ name: "firm", kind: "firm", first: "nvidia" }, { name: "rate", kind: "number", min: 1, max: 40 }, { name: "margin", kind: "number", min: 1, max: 90 }, { name: "fall", kind: "number", min: 0, max: 99 }], path: (a) => `value/${id(a.firm)}`, query: (a) => ({ discount_rate: percent(a.rate), margin: percent(a.margin), drawdown: percent(a.fall) }) },
  compute: { fields: [{ name: "show", kind: "choice", first: "cost" }, { name: "accelerator", kind: "text" }, { name: "life", kind: "number", min: 1, max: 20 }, { name: "sold", kind: "number", min: 1, max: 100 }], path: () => "compute", query: (a) => ({ show: a.show, accelerator: a.accelerator, life: a.life, utilisation: percent(a.sold) }) },
  chain: { fields: [{ name: "by", kind: "choice", first: "layer" }, { name: "last", kind: "number", min: 1, max: 24, first: "6" }], path: () => "chain", query: (a) => a },
  capital: { fields: [{ name: "who", kind: "anyfirm" }], path: () => "capital", query: (a) => ({ firm: a.who }) },
  country: { fields: [{ name: "countries", kind: "text", first: "us, cn" }], path: () => "country", query: (a) => ({ name: list(a.countries) }) },
  frontier: { fields: [{ name: "level", kind: "text" }], path: () => "frontier", query: (a) => ({ level: list(a.level) }) },
  peers: { fields: [{ name: "firms", kind: "text" }, { name: "layer", kind: "choice", first: "" }], path: () => "peers", query: (a) => ({ firm: list(a.firms), layer: a.layer }) },
  concentration: { fields: [{ name: "who", kind: "anyfirm" }], path: (a) => (a.who ? `concentration/${id(a.who)}` : "concentration"), query: () => ({}) },
};

const names = () => ({ value: t("What prices ask for"), compute: t("What computing costs"), chain: t("From chips to applications"), capital: t("Who pays for it"), country: t("Countries"), frontier: t("Price at the frontier"), peers: t("Firms side by side"), concentration: t("How few the customers are") });

const labels = () => ({ firm: t("Firm"), who: t("Firm"), rate: t("Discount rate, % a year"), margin: t("Margin at the end, %"), fall: t("Fall of multiples, %"), show: t("Question"), accelerator: t("Accelerator (blank: all)"), life: t("Life, years"), sold: t("Hours sold, %"), by: t("By"), last: t("Quarters"), countries: t("Countries"), level: t("At the level of these models"), firms: t("Firms (names, with commas)"), layer: t("Layer") });

const choices = (name) =>
  ({
    show: { cost: t("cost of an hour"), tokens: t("cost of tokens"), rents: t("rents and their fall"), payback: t("payback"), switch: t("leaving a platform"), training: t("training against serving"), power: t("power") },
    by: { layer: t("layer"), camp: t("camp") },
    layer: { "": t("all"), compute: t("compute"), cloud: t("cloud"), neocloud: t("neocloud"), model: t("model"), application: t("application") },
  })[name];

function control(field, value, set, about) {
  if (field.kind === "firm") return firmSelect(about, value, set);
  if (field.kind === "anyfirm") return firmSelect(about, value, set, { all: t("everybody") });
  if (field.kind === "choice") return h("select", { name: field.name, onchange: (event) => set(event.target.value) }, Object.entries(choices(field.name)).map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
  const number = field.kind === "number" ? { type: "number", min: field.min, max: field.max, step: "any", placeholder: t("the book's") } : { type: "text", maxlength: 200, size: 30 };
  return h("input", { ...number, name: field.name, value, onchange: (event) => set(event.target.value) });
}
