// The book: search, what it holds, what is disputed, as known on the day of the page.

import { get } from "./api.js";
import { fill, h, settled } from "./dom.js";
import { address, remember } from "./state.js";
import { table } from "./table.js";
import { t } from "./words.js";

export async function show(main, { params, about, signal }) {
  const found = h("div", { "aria-live": "polite" });
  const look = async (q) => {
    remember({ q });
    if (!q.trim()) return fill(found);
    const answer = await get("search", { q }, signal);
    const rows = answer.found.map((one) => h("li", {}, h("span", { class: "kind" }, kinds()[one.kind]), " ", one.kind === "firm" ? h("a", { href: address(`firm/${encodeURIComponent(one.id)}`) }, one.name) : h("b", {}, one.name), ` (${one.id})`));
    fill(found, h("p", { class: "note" }, t("{count} found", { count: answer.count })), h("ul", { class: "found" }, rows));
    return undefined;
  };
  const q = params.get("q") || "";
  fill(main, 
    h("h1", {}, t("The book as known on {date}", { date: about.book_date })),
    h("p", { class: "lead" }, t("Every figure has a source or is an assumption with a range and a reason.")),
    h("form", { class: "controls", role: "search", onsubmit: (event) => event.preventDefault() }, h("label", {}, t("Search firms, metrics, ties, sources"), h("input", { type: "search", name: "q", value: q, size: 40, maxlength: 80, oninput: settled(200, (event) => look(event.target.value)) }))),
    found,
  );
  if (q) await look(q);
  const answer = await get("conflicts", {}, signal);
  main.append(h("div", { class: "columns" }, answer.tables.map((data) => table(data))), h("h2", {}, t("Where sources disagree")), table(answer.conflicts, { caption: false }));
}

const kinds = () => ({ firm: t("firm"), subject: t("subject"), metric: t("metric"), tie: t("tie"), source: t("source") });
