// Charts are Vega-Lite specifications; Vega itself comes from this server too, when first needed.

import { h } from "./dom.js";

let loading = null;

/** Begin to load Vega before it is needed. */
export function vega() {
  loading ??= new Promise((resolve, reject) => {
    const script = h("script", { src: "/static/vega.js", onload: () => resolve(window.vegaEmbed), onerror: () => reject(new Error("the charts cannot be drawn")) });
    document.head.append(script);
  });
  return loading;
}

/** Draw a chart into an element; expressions are interpreted, not compiled, so that no code is made at run time. */
export async function chart(element, spec) {
  const embed = await vega();
  // The place says what the picture shows; its marks one by one would only be noise to those who listen.
  const inner = h("div", { "aria-hidden": "true" });
  element.replaceChildren(inner);
  const { view } = await embed(inner, { ...spec, ...narrowed(spec.title, element.clientWidth), width: "container", autosize: { type: "fit-x", contains: "padding" } }, { ast: true, actions: false, renderer: "svg" });
  return view;
}

const FULL = 640; // pixels for which the server breaks the lines of a title and a caption

/** Title and caption with shorter lines where a chart is narrower than that: long ones would squeeze what is drawn. */
function narrowed(title, width) {
  if (!title || !width || width >= FULL) return {};
  const lines = (text, most) => wrapped(text.join(" "), Math.max(12, Math.floor((most * width) / FULL)));
  return { title: { ...title, text: lines(title.text, 62), subtitle: lines(title.subtitle, 90) } };
}

const PARTS = /[（《]*(?:[\u2e80-\u{10ffff}]|[^\s\u2e80-\u{10ffff}]+)[、。，：；）》]*|\s+/gu; // a bracket stays with what it holds, a stop with what it ends

/** Lines of at most so many columns, broken at spaces and between Chinese characters, which take two columns each. */
function wrapped(text, most) {
  const lines = [];
  let line = "";
  for (const part of text.match(PARTS) ?? []) {
    if (line && columns(line + part.trimEnd()) > most) {
      lines.push(line.trimEnd());
      line = part.trimStart();
    } else line += part;
  }
  return [...lines, line.trimEnd()];
}

const columns = (text) => [...text].reduce((sum, one) => sum + (one >= "\u2e80" ? 2 : 1), 0);

/** Figures of charts that the server drew; those that fail say so where they would stand. */
export function pictures(specs) {
  return specs.map((spec) => {
    const place = h("div", { class: "chart", role: "img", "aria-label": spec.description });
    requestAnimationFrame(() => chart(place, spec).catch((error) => place.replaceChildren(h("p", { class: "note" }, error.message))));
    return place;
  });
}

/** A chart that is drawn once and then only given other rows, as fast as a hand moves a slider. */
export function live(element, spec) {
  let drawn = null;
  return async (rows) => {
    if (drawn === null) drawn = chart(element, { $schema: "https://vega.github.io/schema/vega-lite/v6.json", background: "white", ...spec, data: { name: "rows", values: rows } });
    else (await drawn).data("rows", rows);
    return (await drawn).runAsync();
  };
}
