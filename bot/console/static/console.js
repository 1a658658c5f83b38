// Small helps of the console: looking for news while the page is seen, and the keyboard. Every page works without it.
"use strict";

const LOOK_EVERY = 15000;

function typing(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
}

// --- news: the server says in `data-live` where to ask, and answers nothing while nothing changed.

function look() {
  const part = document.querySelector("[data-live]");
  if (!part || document.hidden || !window.htmx) return;
  const inside = part.contains(document.activeElement) ? document.activeElement : null;
  if (inside && typing(inside)) return;
  const place = inside ? links(part).indexOf(inside) : -1;
  window.htmx.ajax("GET", part.dataset.live, { target: part, swap: "outerHTML" }).then(() => {
    if (place >= 0) links(document.querySelector("[data-live]"))[place]?.focus();
  }, () => {});
}

function links(part) {
  return part ? [...part.querySelectorAll("a.open")] : [];
}

setInterval(look, LOOK_EVERY);
document.addEventListener("visibilitychange", look);

// A list of several pages is not cut back to its first one by news.
document.addEventListener("htmx:afterSwap", (event) => {
  const list = document.querySelector("#list");
  if (list && event.detail.requestConfig?.path?.includes("after=")) list.removeAttribute("data-live");
});

// The form of a deed opens beside the case: its first field is where the work goes on.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "deed") return;
  const first = event.detail.target.querySelector("select, textarea, input:not([type=hidden])");
  (first ?? event.detail.target).focus();
  event.detail.target.scrollIntoView({ block: "nearest" });
});

// A changed filter also stands in the address, so that going back and sharing work.
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches(".filters") || !event.detail.successful) return;
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
  history.replaceState(null, "", `${form.getAttribute("action")}?${query}`);
});

// --- keyboard: j and k go through the list, Enter opens, / finds.

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "/") {
    const field = document.querySelector("#q");
    if (field) {
      field.focus();
      event.preventDefault();
    }
  } else if (event.key === "j" || event.key === "k") {
    const all = links(document.querySelector("#main"));
    if (!all.length) return;
    const now = all.indexOf(document.activeElement);
    const next = event.key === "j" ? Math.min(now + 1, all.length - 1) : Math.max(now - 1, 0);
    all[next].focus();
    event.preventDefault();
  }
});

// --- a reply template is put into the words where they are empty, else below them.

function offerTemplates(root) {
  for (const box of root.querySelectorAll("[data-fills]")) box.hidden = false;
}

document.addEventListener("change", (event) => {
  const box = event.target.closest?.("[data-fills]");
  const words = box && document.getElementById(box.dataset.fills);
  if (!words || !event.target.value) return;
  words.value = words.value.trim() ? `${words.value.trimEnd()}\n\n${event.target.value}` : event.target.value;
  event.target.value = "";
  words.focus();
});

document.addEventListener("htmx:afterSwap", (event) => offerTemplates(event.detail.target ?? document));
offerTemplates(document);
