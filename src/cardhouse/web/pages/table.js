// Tables of the API: sortable, downloadable as CSV, wide ones scroll inside their own frame.

import { offer } from "./api.js";
import { h } from "./dom.js";
import { amount, moneyUnit, percent, t } from "./words.js";

const RIGHT = new Set(["money", "percent", "count", "number"]);

/** A cell as text. */
export function cell(value, kind) {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return kind === "code" ? value.replaceAll("_", " ") : value;
  if (kind === "money") return amount(value);
  if (kind === "percent") return Math.abs(value) < 9.995 ? percent(value) : value > 0 ? ">999%" : "<-999%";
  if (kind === "count") return Math.round(value).toLocaleString("en-US");
  return Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(6)));
}

/** Draw a table; `links` gives the address that a cell leads to. */
export function table(data, { links = () => null, caption = true } = {}) {
  let order = null;
  const body = h("tbody");
  const draw = () => {
    const rows = order === null ? data.rows : [...data.rows].sort((a, b) => order.sign * compare(a[order.at], b[order.at]));
    body.replaceChildren(...rows.map((row) => h("tr", {}, row.map((value, i) => drawn(value, data.columns[i], i, row)))));
  };
  const drawn = (value, column, i, row) => {
    const where = links(column, value, row);
    const text = cell(value, column.kind);
    return h(i === 0 ? "th" : "td", { scope: i === 0 ? "row" : false, class: RIGHT.has(column.kind) ? "right" : column.wrap ? "wrap" : "" }, where ? h("a", { href: where }, text) : text);
  };
  const heads = data.columns.map((column, i) =>
    h("th", { scope: "col", class: RIGHT.has(column.kind) ? "right" : "" }, h("button", { type: "button", class: "sort", onclick: () => { order = { at: i, sign: order && order.at === i ? -order.sign : 1 }; mark(); draw(); } }, column.title || t("what"))),
  );
  const mark = () => heads.forEach((head, i) => (order && order.at === i ? head.setAttribute("aria-sort", order.sign > 0 ? "ascending" : "descending") : head.removeAttribute("aria-sort")));
  draw();
  const money = data.columns.some((column) => column.kind === "money");
  return h(
    "section",
    { class: "table" },
    h("div", { class: "bar" }, caption ? h("h3", {}, data.title) : null, h("button", { type: "button", class: "small", onclick: () => offer(new Blob(["\ufeff", csv(data)], { type: "text/csv" }), `${slug(data.title)}.csv`) }, t("CSV"))),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": data.title || t("table") }, h("table", {}, h("thead", {}, h("tr", {}, heads)), body)),
    money ? h("p", { class: "note" }, t("Money in {unit}; CSV in USD million.", { unit: moneyUnit() })) : null,
    data.notes.map((note) => h("p", { class: "note" }, note)),
  );
}

function compare(a, b) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));
}

/** Rows as CSV; a text that a spreadsheet would compute is made harmless. */
export function csv(data) {
  const quote = (value) => {
    if (value === null || value === undefined) return "";
    if (typeof value !== "string") return String(value);
    const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [data.columns.map((column) => column.key), ...data.rows].map((row) => row.map(quote).join(",")).join("\r\n");
}

const slug = (text) => (text || "table").toLowerCase().replace(/[^a-z0-9\u4e00-\u9fff]+/g, "-").slice(0, 60);
