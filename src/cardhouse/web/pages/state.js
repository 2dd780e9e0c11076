// The address holds the whole state of a page, so that it can be sent on, and back works.

const listeners = [];

/** The page and its parameters, as the address has them. */
export function here() {
  const path = location.pathname.split("/").filter(Boolean);
  return { page: path[0] || "map", what: path.slice(1).map(decodeURIComponent).join("/"), params: new URLSearchParams(location.search) };
}

/** The address of a page; parameters that are empty are left out, language and day are kept. */
export function address(page, params = {}) {
  const kept = new URLSearchParams();
  const now = here().params;
  for (const name of ["lang", "as_of"]) if (now.get(name)) kept.set(name, now.get(name));
  for (const [name, value] of Object.entries(params)) {
    kept.delete(name);
    for (const one of Array.isArray(value) ? value : [value]) if (one !== "" && one !== null && one !== undefined) kept.append(name, one);
  }
  const query = kept.toString();
  return `/${page}${query ? `?${query}` : ""}`;
}

/** Go to an address; `replace` for what needs no step back, such as a slider on its way. */
export function go(where, { replace = false } = {}) {
  if (replace) history.replaceState(null, "", where);
  else history.pushState(null, "", where);
  for (const listener of listeners) listener();
}

/** Change parameters of the page at hand without drawing it anew. */
export function remember(params) {
  const { page, what, params: now } = here();
  const all = Object.fromEntries([...new Set(now.keys())].map((name) => [name, now.getAll(name)]));
  history.replaceState(null, "", address(what ? `${page}/${encodeURIComponent(what)}` : page, { ...all, ...params }));
}

export function onChange(listener) {
  listeners.push(listener);
  addEventListener("popstate", listener);
}

/** Links inside the app change the page without loading it. */
addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href^='/']");
  if (!link || link.hasAttribute("download") || event.ctrlKey || event.metaKey || event.shiftKey || link.getAttribute("href").startsWith("/api/")) return;
  event.preventDefault();
  go(link.getAttribute("href"));
});
