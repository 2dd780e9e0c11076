// Follow the money: of 100 dollars of revenue, who paid them in the end.

import { get } from "./api.js";
import { fill, h } from "./dom.js";
import { address, go } from "./state.js";
import { table } from "./table.js";
import { t } from "./words.js";

export async function show(main, { what, about, signal }) {
  const firm = what || "nvidia";
  const chooser = h("form", { class: "controls", onsubmit: (event) => event.preventDefault() }, h("label", {}, t("Firm"), h("select", { onchange: (event) => go(address(`money/${encodeURIComponent(event.target.value)}`)) }, about.firms.map((one) => h("option", { value: one.id, selected: one.id === firm }, one.name)))));
  fill(main, h("h1", {}, t("Follow the money")), chooser, h("p", { class: "wait" }, "…"));
  const found = await get(`money/${encodeURIComponent(firm)}`, {}, signal);
  fill(main, h("h1", {}, t("Where {firm}'s money comes from", { firm: about.firms.find((one) => one.id === firm)?.name ?? firm })), chooser, h("section", { class: "answer" }, found.headline.map((line) => h("p", {}, line))), ...found.tables.map((data) => table(data)));
}
