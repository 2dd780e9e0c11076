// Follow the money: of 100 dollars of revenue, who paid them in the end, drawn as streams.

import { get, offer } from "./api.js";
import { firmSelect, lens, sentences, shown } from "./answer.js";
import { fill, h, say, svg } from "./dom.js";
import { address, go } from "./state.js";
import { table } from "./table.js";
import { t } from "./words.js";

export async function show(main, { what, about, signal }) {
  const firm = what || "nvidia";
  const all = firm === "all";
  const name = about.firms.find((one) => one.id === firm)?.name ?? firm;
  const result = h("div", { id: "money", "aria-live": "polite" }, h("p", { class: "wait" }, t("Following the money…")));
  fill(
    main,
    h("h1", {}, all ? t("Where everybody's money comes from") : t("Where {firm}'s money comes from", { firm: name })),
    h("p", { class: "lead" }, t("Of 100 dollars that customers paid: whose they were in the end, and how much is the firm's own come back.")),
    h("form", { class: "controls", onsubmit: (event) => event.preventDefault() }, h("label", {}, t("Firm"), firmSelect(about, firm, (one) => go(address(`money/${encodeURIComponent(one || "all")}`)), { all: t("everybody") })), all ? null : h("a", { href: address(`firm/${encodeURIComponent(firm)}`) }, t("Its figures and sources"))),
    result,
  );
  await shown(result, async () => {
    const found = await get(all ? "money" : `money/${encodeURIComponent(firm)}`, {}, signal);
    fill(result, found.flow ? [sentences(found), ...drawn(found.flow, firm), ...lens({ ...found, headline: [] }, about)] : lens(found, about));
    say(found.headline[0] ?? "");
  });
}

function drawn(flow, firm) {
  return [
    h("h2", {}, flow.title),
    h("div", { class: "mapframe flow", tabindex: "0", role: "region", "aria-label": t("Streams of money; scrolls") }, svg(flow.svg)),
    h("p", { class: "note" }, flow.alt),
    h("p", { class: "note" }, flow.caption, " ", h("button", { type: "button", class: "small", onclick: () => offer(new Blob([flow.file], { type: "image/svg+xml" }), `cardhouse-money-${firm}.svg`) }, t("Save the picture (SVG)"))),
  ];
}
