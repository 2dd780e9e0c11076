// One firm: its opening, contracts, debts, figures and sources, each a click away.

import { get } from "./api.js";
import { fill, h } from "./dom.js";
import { address, go } from "./state.js";
import { table } from "./table.js";
import { t } from "./words.js";

export async function show(main, { what, about, signal }) {
  const firm = what || "oracle";
  const chooser = h(
    "form",
    { class: "controls", onsubmit: (event) => event.preventDefault() },
    h("label", {}, t("Firm"), h("select", { onchange: (event) => go(address(`firm/${encodeURIComponent(event.target.value)}`)) }, about.firms.map((one) => h("option", { value: one.id, selected: one.id === firm }, one.name)))),
    h("a", { href: address("map", { card: firm }) }, t("Pull its card")),
    h("a", { href: address(`money/${encodeURIComponent(firm)}`) }, t("Follow its money")),
  );
  fill(main, h("h1", {}, about.firms.find((one) => one.id === firm)?.name ?? firm), chooser);
  const found = await get(`firm/${encodeURIComponent(firm)}`, {}, signal);
  const sources = Object.fromEntries(found.sources.map((source) => [source.id, source]));
  const links = (column, value) => (column.key === "source" && sources[value]?.url ? sources[value].url : null);
  fill(main, 
    h("h1", {}, found.firm.name),
    h("p", { class: "lead" }, found.about),
    chooser,
    found.not_tested ? h("p", { class: "note" }, t("Not tested: {reason}", { reason: found.not_tested })) : null,
    ...found.tables.map((data) => table(data, { links })),
    found.trail.length ? h("details", {}, h("summary", {}, t("Where every figure of the opening comes from")), h("pre", { class: "trail" }, found.trail.join("\n"))) : null,
    h("h2", {}, t("Sources")),
    h("ul", { class: "sources" }, found.sources.map((source) => h("li", {}, source.url ? h("a", { href: source.url, rel: "noreferrer", target: "_blank" }, source.title) : source.title, ` · ${source.publisher} · ${source.published ?? t("no date")} · ${source.kind.replaceAll("_", " ")}`))),
  );
}
