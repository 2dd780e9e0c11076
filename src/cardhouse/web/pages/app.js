// The frame of all pages: head, language, day, and which page the address asks for.

import { get } from "./api.js";
import { fill, h, say } from "./dom.js";
import { address, go, here, onChange } from "./state.js";
import { language, speak, t } from "./words.js";

const PAGES = ["map", "firm", "run", "money", "lenses", "market", "check", "book"];

const main = document.getElementById("main");
let about = null;
let asked = "";
let shownPage = null;
let running = new AbortController();

/** What the book is on the day of the page: its date, its firms. */
async function known() {
  const key = `${here().params.get("as_of") || ""} ${here().params.get("lang") || "en"}`;
  if (key !== asked) {
    about = await get("about");
    asked = key;
  }
  return about;
}

function head(page) {
  const { params, what } = here();
  const all = Object.fromEntries([...new Set(params.keys())].map((name) => [name, params.getAll(name)]));
  const mine = what ? `${page}/${encodeURIComponent(what)}` : page;
  const names = { map: t("Map"), firm: t("Firm"), run: t("Run"), money: t("Money"), lenses: t("Lenses"), market: t("Market"), check: t("Check"), book: t("Book") };
  const other = language() === "zh" ? ["en", "English"] : ["zh", "简体中文"];
  fill(document.getElementById("head"), 
    h("a", { class: "brand", href: address("map") }, h("img", { src: "/static/icon.svg", alt: "", width: 24, height: 24 }), "Cardhouse"),
    h("nav", { "aria-label": t("Pages") }, PAGES.map((name) => h("a", { href: address(name), "aria-current": name === page ? "page" : false }, names[name]))),
    h("label", { class: "day" }, t("as known on"), h("input", { type: "date", value: params.get("as_of") || about.book_date, min: about.first_known, max: about.newest, onchange: (event) => go(address(mine, { ...all, as_of: event.target.value === about.newest ? "" : event.target.value })) })),
    h("a", { class: "lang", lang: other[0], hreflang: other[0], href: address(mine, { ...all, lang: other[0] === "en" ? "" : other[0] }) }, other[1]),
  );
  document.querySelector(".skip").textContent = t("Skip to content");
  document.title = `${names[page]} · Cardhouse`;
}

/** Where the focus is, so that drawing the page anew does not lose it. */
function place() {
  const active = document.activeElement;
  if (!active || active === document.body) return null;
  if (active.dataset?.firm) return `[data-firm="${CSS.escape(active.dataset.firm)}"]`;
  if (active.name) return `[name="${CSS.escape(active.name)}"]`;
  return null;
}

function back(selector) {
  if (selector && document.activeElement === document.body) main.querySelector(selector)?.focus({ preventScroll: true });
}

async function draw() {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const { page, what, params } = here();
  const name = PAGES.includes(page) ? page : "map";
  main.setAttribute("aria-busy", "true");
  try {
    const loaded = import(`/static/page-${name}.js`);
    await Promise.all([speak(), known()]);
    if (signal.aborted) return;
    head(name);
    const { show } = await loaded;
    const moved = shownPage !== null && shownPage !== name;
    const kept = moved ? null : place();
    await show(main, { what, params, about, signal });
    if (moved) main.focus({ preventScroll: true });
    else back(kept);
    if (moved) scrollTo(0, 0);
    shownPage = name;
    say(document.title);
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    fill(main, h("p", { class: "error", role: "alert" }, error.message), h("p", {}, h("a", { href: "/map" }, t("Back to the map"))));
  } finally {
    if (!signal.aborted) main.removeAttribute("aria-busy");
  }
}

onChange(draw);
draw();
