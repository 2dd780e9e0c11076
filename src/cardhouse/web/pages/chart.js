// Charts are Vega-Lite specifications made by the server; Vega itself comes from this server too, when first needed.

import { h } from "./dom.js";

let loading = null;

function vega() {
  loading ??= new Promise((resolve, reject) => {
    const script = h("script", { src: "/static/vega.js", onload: () => resolve(window.vegaEmbed), onerror: () => reject(new Error("the charts cannot be drawn")) });
    document.head.append(script);
  });
  return loading;
}

/** Draw a chart into an element; expressions are interpreted, not compiled, so that no code is made at run time. */
export async function chart(element, spec) {
  const embed = await vega();
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const config = dark ? { background: null, title: { color: "#ddd", subtitleColor: "#aaa" }, axis: { labelColor: "#ccc", titleColor: "#ccc", gridColor: "#444", domainColor: "#888" }, legend: { labelColor: "#ccc", titleColor: "#ccc" } } : {};
  const { view } = await embed(element, { ...spec, config: { ...spec.config, ...config, axis: { ...spec.config?.axis, ...config.axis } } }, { ast: true, actions: false, renderer: "svg" });
  return view;
}
