// What prices say: drop a CSV of dates and prices.

import { post } from "./api.js";
import { sentences, shown } from "./answer.js";
import { pictures } from "./chart.js";
import { fill, h, say } from "./dom.js";
import { remember } from "./state.js";
import { table } from "./table.js";
import { t } from "./words.js";

export async function show(main, { params, signal }) {
  const result = h("div", { "aria-live": "polite" });
  const file = h("input", { type: "file", accept: ".csv,.txt,text/csv", name: "prices", onchange: () => file.files[0] && read(file.files[0]) });
  const drop = h("input", { type: "checkbox", name: "drop" });
  const ask = async (question) => {
    fill(result, h("p", { class: "wait" }, t("Testing the prices; critical values are simulated the first time…")));
    await shown(result, async () => answer(result, await post("market", { ...question, drop_bad: drop.checked }, signal)));
  };
  const read = async (one) => {
    if (one.size > 10_000_000) return fill(result, h("p", { class: "error", role: "alert" }, t("More than 10 MB; give a shorter series.")));
    return ask({ csv: await one.text(), name: one.name.slice(0, 80) });
  };
  const zone = h("div", { class: "drop", ondragover: (event) => event.preventDefault(), ondrop: (event) => { event.preventDefault(); if (event.dataTransfer.files[0]) read(event.dataTransfer.files[0]); } }, h("label", {}, t("Drop a CSV of dates and prices here, or choose one:"), " ", file), h("button", { type: "button", onclick: () => { remember({ example: 1 }); ask({}); } }, t("Example: the Nasdaq, 1999 to 2018")), h("label", { class: "tick" }, drop, t("go on without bad rows")));
  fill(main, h("h1", {}, t("What prices say")), h("p", { class: "lead" }, t("Tests of explosiveness, phases, falls, and the odds of a crash. The file stays on this machine.")), zone, result);
  if (params.get("example")) await ask({});
}

function answer(result, found) {
  fill(result, sentences(found), found.remarks.map((line) => h("p", { class: "note" }, line)), ...pictures(found.charts), ...found.tables.map((data) => table(data)));
  say(found.headline[0] ?? "");
}
