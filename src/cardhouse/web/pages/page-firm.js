// One firm: its opening, contracts, debts, figures and sources, each a click away, and its accounts at another life.

import { get } from "./api.js";
import { firmSelect, lens, shown } from "./answer.js";
import { fill, h, settled } from "./dom.js";
import { address, go, remember } from "./state.js";
import { table } from "./table.js";
import { t } from "./words.js";

export async function show(main, { what, params, about, signal }) {
  const firm = what || "oracle";
  const figures = h("div", {}, h("p", { class: "wait" }, t("Reading…")));
  const lives = h("section", { id: "lives" });
  const id = encodeURIComponent(firm);
  fill(
    main,
    h("h1", {}, about.firms.find((one) => one.id === firm)?.name ?? firm),
    h("form", { class: "controls", onsubmit: (event) => event.preventDefault() }, h("label", {}, t("Firm"), firmSelect(about, firm, (one) => go(address(`firm/${encodeURIComponent(one)}`)))), h("a", { href: address("map", { card: firm }) }, t("Pull its card")), h("a", { href: address(`money/${id}`) }, t("Follow its money")), h("a", { href: address("lenses/value", { firm }) }, t("What its price asks for")), h("a", { href: address("lenses/concentration", { firm }) }, t("Its customers"))),
    figures,
    lives,
  );
  await shown(figures, async () => {
    const found = await get(`firm/${id}`, {}, signal);
    main.querySelector("h1").textContent = found.firm.name;
    fill(figures, parts(found));
  });
  restated(lives, firm, params, about, signal); // its answer comes when it comes; the page stands without it
}

function parts(found) {
  const sources = Object.fromEntries(found.sources.map((source) => [source.id, source]));
  const links = (column, value) => (column.key === "source" && sources[value]?.url ? sources[value].url : column.key === "metric" ? address("book", { metric: value }) : null);
  return [
    h("p", { class: "lead" }, found.about),
    found.not_tested ? h("p", { class: "note" }, t("Not tested: {reason}", { reason: found.not_tested })) : null,
    ...found.tables.map((data) => table(data, { links })),
    found.trail.length ? h("details", {}, h("summary", {}, t("Where every figure of the opening comes from")), h("pre", { class: "trail", tabindex: "0" }, found.trail.join("\n"))) : null,
    h("details", {}, h("summary", {}, t("Sources ({count})", { count: found.sources.length })), h("ul", { class: "sources" }, found.sources.map(source))),
  ];
}

const source = (one) => h("li", { id: `source-${one.id}` }, one.url ? h("a", { href: one.url, rel: "noreferrer", target: "_blank" }, one.title) : one.title, ` · ${one.publisher} · ${one.published ?? t("no date")} · ${one.kind.replaceAll("_", " ")}`);

/** Income, cover, leverage and return at a life of servers that a slider sets. */
async function restated(into, firm, params, about, signal) {
  const result = h("div", { id: "restated", "aria-live": "polite" });
  const life = Number(params.get("life")) || null;
  const now = h("output", {}, life ? years(life) : t("the life that rents give"));
  let asking = new AbortController();
  const ask = (value) => {
    asking.abort();
    asking = new AbortController();
    const both = AbortSignal.any([signal, asking.signal]);
    return shown(result, async () => fill(result, lens(await get("restate", { firm, life: value }, both), about)));
  };
  const later = settled(150, (value) => {
    remember({ life: value });
    ask(value);
  });
  const slider = h("input", { type: "range", name: "life", min: 2, max: 10, step: 0.5, value: life ?? 5, oninput: (event) => { now.textContent = years(event.target.value); event.target.setAttribute("aria-valuetext", now.textContent); later(event.target.value); } });
  slider.setAttribute("aria-valuetext", now.textContent);
  fill(into, h("h2", {}, t("Its accounts at another life of servers")), h("form", { class: "controls", onsubmit: (event) => event.preventDefault() }, h("label", {}, t("Life of servers"), slider, now)), result);
  await ask(life);
}

const years = (value) => t("{years} years", { years: Number(value) });
