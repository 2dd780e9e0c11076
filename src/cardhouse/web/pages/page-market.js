// What prices say: drop a CSV of dates and prices.

import { post } from "./api.js";
import { chart } from "./chart.js";
import { fill, h, say } from "./dom.js";
import { table } from "./table.js";
import { t } from "./words.js";

export async function show(main, { params, signal }) {
  const result = h("div", { "aria-live": "polite" });
  const file = h("input", { type: "file", accept: ".csv,.txt,text/csv", name: "prices", onchange: () => file.files[0] && read(file.files[0]) });
  const drop = h("input", { type: "checkbox", name: "drop" });
  const ask = async (question) => {
    fill(result, h("p", { class: "wait" }, t("Testing the prices; critical values are simulated the first time…")));
    try {
      await answer(result, await post("market", { ...question, drop_bad: drop.checked }, signal));
    } catch (error) {
      if (error.name !== "AbortError") fill(result, h("p", { class: "error", role: "alert" }, error.message));
    }
  };
  const read = async (one) => {
    if (one.size > 10_000_000) return fill(result, h("p", { class: "error", role: "alert" }, t("More than 10 MB; give a shorter series.")));
    return ask({ csv: await one.text(), name: one.name.slice(0, 80) });
  };
  const zone = h("div", { class: "drop", ondragover: (event) => event.preventDefault(), ondrop: (event) => { event.preventDefault(); if (event.dataTransfer.files[0]) read(event.dataTransfer.files[0]); } }, h("p", {}, t("Drop a CSV of dates and prices here, or choose one:")), file, h("button", { type: "button", onclick: () => ask({}) }, t("Example: the Nasdaq, 1999 to 2018")), h("label", { class: "tick" }, drop, t("go on without bad rows")));
  fill(main, h("h1", {}, t("What prices say")), h("p", { class: "lead" }, t("Tests of explosiveness, phases, falls, and the odds of a crash. The file stays on this machine.")), zone, result);
  if (params.get("example")) await ask({});
}

async function answer(result, found) {
  const picture = h("div", { class: "chart" });
  fill(result, h("section", { class: "answer" }, found.headline.map((line) => h("p", {}, line))), found.remarks.map((line) => h("p", { class: "note" }, line)), picture, ...found.tables.map((data) => table(data)));
  say(found.headline[0] ?? "");
  await chart(picture, {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    width: "container", height: 260, autosize: { type: "fit-x", contains: "padding" },
    title: { text: `${found.prices} · ${found.start} – ${found.end}`, anchor: "start" },
    data: { values: found.drawn },
    mark: "line",
    encoding: { x: { field: "date", type: "temporal", title: null }, y: { field: "price", type: "quantitative", scale: { type: "log" }, title: t("price (log scale)") } },
  });
}
