// Check an article: the text with every figure marked, beside what the book says.

import { post } from "./api.js";
import { shown } from "./answer.js";
import { fill, h, say } from "./dom.js";
import { table } from "./table.js";
import { t } from "./words.js";

const KEPT = "cardhouse-article";

export async function show(main, { signal }) {
  const text = h("textarea", { name: "text", maxlength: 200000, required: true, "aria-label": t("The article"), placeholder: t("Paste a finance article, Chinese or English…") });
  text.value = sessionStorage.getItem(KEPT) || "";
  const day = h("input", { type: "date", name: "published" });
  const result = h("div", { id: "verdicts", "aria-live": "polite" });
  const file = h("input", { type: "file", accept: ".txt,.html,.htm,text/*", onchange: async () => { if (file.files[0]) text.value = (await file.files[0].text()).slice(0, 200000); } });
  const run = async (event) => {
    event.preventDefault();
    sessionStorage.setItem(KEPT, text.value.slice(0, 200000));
    fill(result, h("p", { class: "wait" }, t("Reading…")));
    await shown(result, async () => answer(result, await post("check", { text: text.value, published: day.value || null }, signal)));
  };
  fill(main, 
    h("h1", {}, t("Check an article")),
    h("p", { class: "lead" }, t("Every figure in it beside the book's: who, what, when, how much, and whether it holds. The text stays on this machine.")),
    h("form", { class: "controls", onsubmit: run }, h("label", { class: "wide" }, t("The article"), text), h("label", {}, t("or a file"), file), h("label", {}, t("published on (if the text hides it)"), day), h("button", { class: "main", type: "submit" }, t("Check"))),
    result,
  );
}


function answer(result, found) {
  const names = verdicts();
  const mark = (piece) => (piece.claim ? h("a", { class: `claim ${piece.verdict}`, href: `#claim-${piece.claim}`, title: names[piece.verdict] }, piece.text, h("sup", {}, `${signs[piece.verdict]}${piece.claim}`)) : piece.text);
  fill(result, 
    h("section", { class: "answer" }, h("p", {}, found.told)),
    h("h2", {}, found.title || t("The text")),
    h("p", { class: "note" }, Object.entries(names).map(([verdict, name]) => [h("span", { class: `claim ${verdict}` }, `${signs[verdict]} ${name} ${found.counts[verdict] ?? 0}`), " "])),
    h("article", { class: "marked" }, found.pieces.map((paragraph) => h("p", {}, paragraph.map(mark)))),
    table(found.table),
    ...found.tables.map((data) => table(data)),
  );
  result.querySelectorAll("tbody tr").forEach((row, i) => { if (i < found.table.rows.length && !row.id) row.id = `claim-${found.table.rows[i][0]}`; });
  say(found.told);
}

const signs = { confirmed: "✓", imprecise: "≈", contradicted: "✗", outdated: "↻", not_in_book: "?" };
const verdicts = () => ({ confirmed: t("confirmed"), imprecise: t("imprecise"), contradicted: t("contradicted"), outdated: t("outdated"), not_in_book: t("not in the book") });
