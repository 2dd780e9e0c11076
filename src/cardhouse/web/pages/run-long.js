// Long runs: progress while they compute, a way to stop them, and their answer; the address names the run.

import { follow, get, post, remove } from "./api.js";
import { lens, shown } from "./answer.js";
import { fill, h, say } from "./dom.js";
import { remember } from "./state.js";
import { t } from "./words.js";

export const PATHS = 100_000;

/** Start a run of a question, and watch it. */
export async function start(into, question, firm, about, signal) {
  await shown(into, async () => {
    const job = await post("runs", { ...question, paths: PATHS }, signal);
    remember({ run: job.id });
    await watch(into, job.id, firm, about, signal);
  });
}

/** Watch a run that was started, here or in another window. */
export async function watch(into, id, firm, about, signal) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": t("How far the run is") });
  const label = h("span", {});
  const stop = h("button", { type: "button", id: "cancel", onclick: () => remove(`runs/${id}`) }, t("Cancel"));
  fill(into, h("h2", {}, t("A long run")), h("p", {}, bar, " ", label, " ", stop));
  const stages = { reading: t("reading the book"), drawing: t("drawing the assumptions"), running: t("running paths") };
  let last = null;
  await shown(into, async () => {
    await follow(
      `runs/${id}/events`,
      (now) => {
        last = now;
        bar.value = now.of ? now.done / now.of : 0;
        label.textContent = `${stages[now.stage]} ${now.done.toLocaleString("en-US")} / ${now.of.toLocaleString("en-US")}`;
      },
      signal,
    );
    if (last?.state === "cancelled") return fill(into, h("p", { class: "note", id: "cancelled" }, t("Cancelled; started again, it goes on where it stopped.")));
    if (last?.state !== "done") throw new Error(last?.error ?? t("the run ended without a word; start it again"));
    const found = await get(`runs/${id}/answer`, { firm }, signal);
    fill(into, h("h2", {}, t("{paths} paths", { paths: found.paths.toLocaleString("en-US") })), ...lens({ ...found, notes: [] }, about));
    return say(found.headline.at(-1));
  });
}
