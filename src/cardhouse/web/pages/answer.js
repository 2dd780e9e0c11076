// The answer of a lens: sentences, tables whose firms lead to their pages, and notes.

import { pictures } from "./chart.js";
import { fill, h } from "./dom.js";
import { address } from "./state.js";
import { table } from "./table.js";

/** Cells that name a firm of the book lead to its page. */
export function firmLinks(about) {
  const ids = Object.fromEntries(about.firms.flatMap((firm) => [...firm.names, firm.name, firm.id].map((name) => [name, firm.id])));
  return (column, value) => (column.kind === "text" && typeof value === "string" && ids[value] ? address(`firm/${encodeURIComponent(ids[value])}`) : null);
}

export function sentences(found) {
  return found.headline.length ? h("section", { class: "answer" }, found.headline.map((line) => h("p", {}, line))) : null;
}

export function lens(found, about) {
  const links = firmLinks(about);
  return [sentences(found), ...pictures(found.charts ?? []), ...found.tables.map((data) => table(data, { links })), ...found.notes.map((line) => h("p", { class: "note" }, line))];
}

/** What goes wrong stands as a sentence where the answer would; a question that is no longer asked says nothing. */
export async function shown(into, ask) {
  try {
    await ask();
  } catch (error) {
    if (error.name !== "AbortError") fill(into, h("p", { class: "error", role: "alert" }, error.message));
  }
}

/** A list of firms to choose from. */
export function firmSelect(about, firm, choose, { all = null } = {}) {
  return h("select", { name: "firm", onchange: (event) => choose(event.target.value) }, all === null ? null : h("option", { value: "" }, all), about.firms.map((one) => h("option", { value: one.id, selected: one.id === firm }, one.name)));
}
