// The book: search, figures by metric, what it holds, what is disputed, as known on the day of the page.

import { get } from "./api.js";
import { firmLinks, shown } from "./answer.js";
import { fill, h, settled } from "./dom.js";
import { address, go, here, remember } from "./state.js";
import { table } from "./table.js";
import { t } from "./words.js";

export async function show(main, { params, about, signal }) {
  const found = h("div", { id: "found", "aria-live": "polite" });
  const figures = h("section", { id: "figures", "aria-live": "polite" });
  const rest = h("section", {});
  const look = (q) => shown(found, () => search(found, q, signal));
  const q = params.get("q") || "";
  const metric = params.get("metric") || "";
  const { metrics } = await get("metrics", {}, signal);
  fill(
    main,
    h("h1", {}, t("The book as known on {date}", { date: about.book_date })),
    h("p", { class: "lead" }, t("Every figure has a source or is an assumption with a range and a reason.")),
    h(
      "form",
      { class: "controls", role: "search", onsubmit: (event) => event.preventDefault() },
      h("label", {}, t("Search firms, metrics, ties, sources"), h("input", { type: "search", name: "q", value: q, size: 40, maxlength: 80, oninput: settled(200, (event) => look(event.target.value)) })),
      h("label", {}, t("Figures of one metric"), h("select", { name: "metric", onchange: (event) => go(address("book", { q: here().params.get("q"), metric: event.target.value })) }, h("option", { value: "" }, t("none")), metrics.map((one) => h("option", { value: one.id, selected: one.id === metric }, `${one.name} (${one.of})`)))),
    ),
    found,
    figures,
    rest,
  );
  if (q) look(q);
  if (metric) shown(figures, async () => fill(figures, byMetric(await get(`metric/${encodeURIComponent(metric)}`, {}, signal), about)));
  shown(rest, async () => {
    const answer = await get("conflicts", {}, signal);
    fill(rest, h("div", { class: "columns" }, answer.tables.map((data) => table(data))), h("h2", {}, t("Where sources disagree")), table(answer.conflicts, { caption: false, links: firmLinks(about) }));
  });
}

async function search(found, q, signal) {
  remember({ q });
  if (!q.trim()) return fill(found);
  const answer = await get("search", { q }, signal);
  const where = { firm: (id) => address(`firm/${encodeURIComponent(id)}`), metric: (id) => address("book", { metric: id }) };
  const row = (one) => h("li", {}, h("span", { class: "kind" }, kinds()[one.kind]), " ", where[one.kind] ? h("a", { href: where[one.kind](one.id) }, one.name) : h("b", {}, one.name), ` (${one.id})`);
  return fill(found, h("p", { class: "note" }, t("{count} found", { count: answer.count })), h("ul", { class: "found" }, answer.found.map(row)));
}

function byMetric(answer, about) {
  const sources = Object.fromEntries(answer.sources.map((source) => [source.id, source.url]));
  const firms = firmLinks(about);
  const links = (column, value) => (column.key === "source" ? sources[value] || null : column.key === "entity" && answer.firms[value] ? firms({ kind: "text" }, answer.firms[value]) : null);
  return [h("h2", {}, answer.metric.name), h("p", { class: "lead" }, answer.metric.definition), table(answer.table, { links })];
}

const kinds = () => ({ firm: t("firm"), subject: t("subject"), metric: t("metric"), tie: t("tie"), source: t("source") });
