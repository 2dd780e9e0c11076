// The JSON API of this server; nothing else is ever asked.

import { here } from "./state.js";

const KEY = "cardhouse-token";
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname + location.search);
}

/** Parameters of the page that every question carries. */
function common() {
  const { params } = here();
  return { lang: params.get("lang"), as_of: params.get("as_of") };
}

function query(params) {
  const all = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...common(), ...params })) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null && one !== undefined && one !== "") all.append(name, one);
  }
  return all.toString();
}

export function path(name, params = {}) {
  const asked = query(params);
  return `/api/${name}${asked ? `?${asked}` : ""}`;
}

function headers(more = {}) {
  const token = sessionStorage.getItem(KEY);
  return token ? { ...more, Authorization: `Bearer ${token}` } : more;
}

async function answer(response) {
  const body = await response.json().catch(() => ({ error: `${response.status} ${response.statusText}` }));
  if (!response.ok) throw new Error(body.error || response.statusText);
  return body;
}

/** Ask; an answer that is no longer wanted is dropped through the signal. */
export async function get(name, params = {}, signal = undefined) {
  return answer(await fetch(path(name, params), { headers: headers(), signal }));
}

/** Send a question that is too long for an address. */
export async function post(name, body, signal = undefined, params = {}) {
  return answer(await fetch(path(name, params), { method: "POST", headers: headers({ "Content-Type": "application/json" }), body: JSON.stringify(body), signal }));
}

export async function remove(name) {
  return answer(await fetch(path(name), { method: "DELETE", headers: headers() }));
}

/** Follow a long run; server-sent events read by hand, since the browser's own reader sends no token. */
export async function follow(name, told, signal) {
  const response = await fetch(path(name), { headers: headers(), signal });
  if (!response.ok) return answer(response);
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return undefined;
    text += value;
    const parts = text.split("\n\n");
    text = parts.pop();
    for (const part of parts) if (part.startsWith("data: ")) told(JSON.parse(part.slice(6)));
  }
}

/** Save a file that only the API can give, such as the map as SVG. */
export async function save(name, params, file) {
  const response = await fetch(path(name, params), { headers: headers() });
  if (!response.ok) return answer(response);
  offer(await response.blob(), file);
  return undefined;
}

/** Offer something as a download. */
export function offer(blob, file) {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement("a"), { href: url, download: file });
  link.click();
  URL.revokeObjectURL(url);
}
