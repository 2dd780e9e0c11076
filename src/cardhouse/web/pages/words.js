// Texts of the pages: English in the code, other languages from the server's catalogue.

import { get } from "./api.js";
import { here } from "./state.js";

let catalogue = {};
let spoken = "en";

/** Load the language that the address asks for, English where it asks for none. */
export async function speak() {
  const wanted = here().params.get("lang") || "en";
  if (wanted === spoken) return;
  catalogue = wanted === "en" ? {} : (await get("words")).words;
  spoken = wanted;
  document.documentElement.lang = wanted === "zh" ? "zh-Hans" : wanted;
}

export const language = () => spoken;

/** A text in the language of the page, its named places filled. */
export function t(text, values = {}) {
  return (catalogue[text] ?? text).replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
}

/** USD million as the language writes an amount alone, in the unit of moneyUnit(). */
export function amount(million) {
  if (million === null || million === undefined) return "";
  if (million === 0) return "–";
  const zh = spoken === "zh";
  const value = million / (zh ? 100 : 1000);
  const least = zh ? 0.5 : 0.05;
  if (Math.abs(value) < least) return value > 0 ? (zh ? "<1" : "<0.1") : zh ? ">-1" : ">-0.1";
  return value.toLocaleString("en-US", { minimumFractionDigits: zh ? 0 : 1, maximumFractionDigits: zh ? 0 : 1 });
}

export const moneyScale = () => (spoken === "zh" ? 100 : 1000);
export const moneyUnit = () => (spoken === "zh" ? "亿美元" : "USD billion");

export function percent(share, digits = 0) {
  return share === null || share === undefined ? "" : `${(100 * share).toFixed(digits)}%`;
}
