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
  const { view } = await embed(inner, { ...spec, width: "container", autosize: { type: "fit-x", contains: "padding" } }, { ast: true, actions: false, renderer: "svg" });
  return view;
}

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
