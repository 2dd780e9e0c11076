// The map: who pays whom; a firm clicked or keyed is pulled, and the rounds of its fall are shown one by one.

import { get, save } from "./api.js";
import { pictures } from "./chart.js";
import { fill, h, say, settled, svg } from "./dom.js";
import { address, go, here } from "./state.js";
import { table } from "./table.js";
import { t } from "./words.js";

const STANDINGS = ["paid", "binding", "reported", "letter", "lapsed"];

export async function show(main, { params, about, signal }) {
  const cards = params.getAll("card");
  const shown = params.getAll("standing").length ? params.getAll("standing") : STANDINGS.slice(0, 4);
  const most = Number(params.get("most") || 48);
  const map = await get("map", { standing: shown, most }, signal);
  const picture = svg(map.svg);
  const frame = h("div", { class: "mapframe", tabindex: "0", role: "region", "aria-label": t("Map; scrolls") }, picture);
  const result = h("div", { id: "pull", "aria-live": "polite" });
  const names = Object.fromEntries(about.firms.map((firm) => [firm.id, firm.name]));
  boxes(picture, names, cards);
  fill(main, 
    h("h1", {}, cards.length ? t("{firms} stops paying", { firms: cards.map((c) => names[c] ?? c).join(" + ") }) : t("Who pays whom")),
    h("p", { class: "lead" }, t("Click a firm, or reach it by key and press Enter, to pull its card.")),
    controls(about, { cards, shown, most, params }),
    frame,
    h("p", { class: "note" }, map.caption, " · ", h("button", { type: "button", class: "small", onclick: () => save("map.svg", { standing: shown, most, card: cards }, "cardhouse-map.svg") }, t("Save the map (SVG)"))),
    result,
  );
  if (cards.length) await pull(result, picture, { cards, params, signal, names });
}

/** Firms on the map as buttons. */
function boxes(picture, names, cards) {
  for (const box of picture.querySelectorAll(".box")) {
    const firm = box.dataset.firm;
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "button");
    box.setAttribute("aria-label", box.querySelector("title").textContent);
    box.setAttribute("aria-pressed", String(cards.includes(firm)));
    const toggle = () => {
      const next = cards.includes(firm) ? cards.filter((c) => c !== firm) : [firm];
      go(address("map", { ...kept(), card: next }));
    };
    box.addEventListener("click", toggle);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        toggle();
      }
    });
    const light = (on) => picture.querySelectorAll(`.link[data-from="${CSS.escape(firm)}"], .link[data-to="${CSS.escape(firm)}"]`).forEach((link) => link.classList.toggle("lit", on));
    box.addEventListener("mouseenter", () => light(true));
    box.addEventListener("mouseleave", () => light(false));
    box.addEventListener("focus", () => light(true));
    box.addEventListener("blur", () => light(false));
  }
}

/** Parameters of the map that a click keeps. */
function kept() {
  const { params } = here();
  return Object.fromEntries(["standing", "most", "pays", "horizon", "firmness"].map((name) => [name, params.getAll(name)]));
}

function controls(about, { cards, shown, most, params }) {
  const change = (more) => go(address("map", { ...kept(), card: cards, ...more }));
  const later = settled(180, change);
  const pays = Number(params.get("pays") || 0);
  const severity = h("output", {}, `${Math.round(100 * (1 - pays))}%`);
  return h(
    "form",
    { class: "controls", onsubmit: (event) => event.preventDefault() },
    h("label", {}, t("Pull a card"), h("select", { name: "card", onchange: (event) => change({ card: event.target.value }) }, h("option", { value: "" }, t("nobody")), about.firms.map((firm) => h("option", { value: firm.id, selected: cards.includes(firm.id) }, firm.name)))),
    h("label", {}, t("Share of its dues that it does not pay"), h("input", { type: "range", name: "severity", min: 5, max: 100, step: 5, value: Math.round(100 * (1 - pays)), oninput: (event) => { severity.textContent = `${event.target.value}%`; later({ pays: event.target.value === "100" ? "" : ((100 - event.target.value) / 100).toFixed(2) }); } }), severity),
    h("label", {}, t("Quarters"), h("input", { type: "number", name: "horizon", min: 1, max: 20, value: params.get("horizon") || 4, onchange: (event) => change({ horizon: event.target.value === "4" ? "" : event.target.value }) })),
    h("label", {}, t("Firms shown"), h("input", { type: "number", name: "most", min: 8, max: 120, value: most, onchange: (event) => change({ most: event.target.value }) })),
    h("fieldset", {}, h("legend", {}, t("Links shown")), STANDINGS.map((standing) => h("label", { class: "tick" }, h("input", { type: "checkbox", checked: shown.includes(standing), onchange: (event) => change({ standing: event.target.checked ? [...shown, standing] : shown.filter((s) => s !== standing) }) }), words()[standing]))),
  );
}

const words = () => ({ paid: t("paid"), binding: t("binding"), reported: t("reported"), letter: t("letter"), lapsed: t("lapsed") });

async function pull(result, picture, { cards, params, signal, names }) {
  fill(result, h("p", { class: "wait" }, t("Pulling the card…")));
  const found = await get("pull", { card: cards, pays: params.get("pays"), horizon: params.get("horizon"), firmness: params.get("firmness") }, signal);
  const rounds = Math.max(0, ...found.rounds.map((step) => step.round));
  const at = { round: rounds };
  const label = h("output", {});
  const list = h("ol", { class: "rounds" });
  const step = (round) => {
    at.round = round;
    label.textContent = t("round {round} of {rounds}", { round, rounds });
    fill(list, ...found.rounds.filter((x) => x.round <= round).map((x) => h("li", {}, h("b", {}, `${x.round}. ${names[x.firm] ?? x.firm}`), ` ${events()[x.event] ?? x.event}`, x.cause ? ` (${names[x.cause] ?? x.cause})` : "")));
    paint(picture, found, round);
  };
  fill(result, 
    h("section", { class: "answer" }, found.headline.map((line) => h("p", {}, line))),
    h("section", {}, h("h2", {}, t("Round by round")), h("label", {}, t("Show the fall up to"), h("input", { type: "range", min: 0, max: rounds, value: rounds, name: "round", oninput: (event) => step(Number(event.target.value)) }), label), list),
    ...pictures(found.charts),
    ...found.tables.map((data) => table(data)),
  );
  step(rounds);
  say(found.headline[0] ?? "");
}

const events = () => ({ pulled: t("is pulled"), fails: t("fails"), loses_tenant: t("loses its tenant"), guarantee: t("must pay under a guarantee"), window: t("loses the capital market") });

/** Colour the boxes by what has happened up to a round. */
function paint(picture, found, round) {
  const fallen = new Set(found.rounds.filter((x) => x.round <= round && ["pulled", "fails", "loses_tenant"].includes(x.event)).map((x) => x.firm));
  for (const box of picture.querySelectorAll(".box")) {
    const mark = found.marks[box.dataset.firm];
    box.classList.toggle("fell", fallen.has(box.dataset.firm));
    box.classList.toggle("hit", Boolean(mark) && !fallen.has(box.dataset.firm));
    box.querySelector(".mark")?.remove();
    if (!mark) continue;
    const rect = box.querySelector("rect");
    const text = document.createElementNS("http://www.w3.org/2000/svg", "text");
    text.setAttribute("class", "mark");
    text.setAttribute("x", rect.getAttribute("width") - 5);
    text.setAttribute("y", 12);
    text.setAttribute("text-anchor", "end");
    text.setAttribute("font-size", "10");
    text.textContent = fallen.has(box.dataset.firm) || !mark.fell ? mark.text : "";
    box.append(text);
  }
}
