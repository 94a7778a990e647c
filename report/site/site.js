// What the pages gain where scripts run: theme, place in the sidebar, copying, lightbox, search, previews.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// Theme: the reader's choice, or else that of the system. Set before anything is drawn.

const stored = { // a browser may refuse storage to pages that open from a folder
  get() { try { return localStorage.getItem("theme"); } catch { return null; } },
  set(theme) { try { localStorage.setItem("theme", theme); } catch { /* it lasts for this page */ } },
};
const system = matchMedia("(prefers-color-scheme: dark)");
const theme = () => document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light");

if (stored.get()) document.documentElement.dataset.theme = stored.get();

function switchTheme() {
  const button = $("#theme-button");
  const name = () => { button.textContent = theme() === "dark" ? "Light" : "Dark"; };
  button.setAttribute("aria-description", "switches the colours");
  button.hidden = false;
  button.onclick = () => {
    stored.set(document.documentElement.dataset.theme = theme() === "dark" ? "light" : "dark");
    name();
  };
  system.onchange = name;
  name();
}

// Sidebar: the section being read is marked, and a phone's sidebar closes when a link of it is followed.

function followPlace() {
  const sidebar = $("#sidebar"), links = $$('a[href^="#"]', sidebar);
  const parts = links.map((link) => document.getElementById(link.hash.slice(1)));
  let current = null;
  const mark = () => {
    const passed = parts.filter((part) => part.getBoundingClientRect().top < innerHeight / 4).length;
    const atEnd = innerHeight + scrollY >= document.documentElement.scrollHeight - 2;
    const link = links[atEnd ? links.length - 1 : passed - 1] ?? null;
    if (link === current) return;
    current?.removeAttribute("aria-current");
    link?.setAttribute("aria-current", "location");
    if (link) reveal(link, sidebar);
    current = link;
  };
  let waiting = 0;
  addEventListener("scroll", () => { waiting ||= requestAnimationFrame(() => { waiting = 0; mark(); }); }, { passive: true });
  sidebar.addEventListener("click", (event) => { if (event.target.closest("a")) sidebar.hidePopover?.(); });
  reveal($('[aria-current="page"]', sidebar), sidebar);
  mark();
}

function reveal(link, sidebar) {
  const inner = link?.getBoundingClientRect(), outer = sidebar.getBoundingClientRect();
  if (link && (inner.top < outer.top || inner.bottom > outer.bottom)) {
    sidebar.scrollTop += inner.top - outer.top - outer.height / 3;
  }
}

// Folded text opens where a link leads into it, and all of it on paper.

function unfold() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let box = target && target.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  if (target) target.scrollIntoView({ behavior: "instant" });
}

// Copying commands and code.

function copyButton(text, classes) {
  const button = make("button", { type: "button", className: classes, textContent: "Copy" });
  button.setAttribute("aria-label", "Copy " + (text.includes("\n") ? "the code" : "the command"));
  button.onclick = async () => {
    await copy(text);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };
  return button;
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).catch(() => copyBySelection(text));
  return copyBySelection(text);
}

function copyBySelection(text) { // pages from a folder may be denied the clipboard
  const area = make("textarea", { value: text });
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function offerCopies() {
  for (const box of $$(".rebuild")) box.after(" ", copyButton($("code", box).textContent, "copy"));
  for (const block of $$("pre")) { // beside the block, which scrolls
    const box = make("div", { className: "copyable" }, copyButton($("code", block).textContent, "copy"));
    block.replaceWith(box);
    box.append(block);
  }
}

// A region that scrolls can be scrolled with the keyboard.

function focusScrollers() {
  for (const region of $$(".table, pre, .equation, p:has(> math)")) {
    if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
    else if (!region.hasAttribute("role")) region.removeAttribute("tabindex");
  }
}

// Lightbox: a figure as large as the window; arrow keys turn to the figures around it.

function openLightbox() {
  const box = $("#lightbox"), links = $$("a.zoom");
  let shown = 0;
  const show = (index) => {
    const link = links[shown = (index + links.length) % links.length];
    const picture = $("img", link), caption = $("figcaption", link.closest("figure"))?.cloneNode(true) ?? "";
    if (caption) $$(".rebuild, .copy", caption).forEach((part) => part.remove());
    const large = make("img", { src: link.href, alt: picture.alt });
    large.style.setProperty("--shape", picture.getAttribute("width") / picture.getAttribute("height"));
    $("figure", box).replaceChildren(make("div", { className: "large", tabIndex: 0 }, large), caption);
  };
  links.forEach((link, index) => link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(index);
    box.showModal();
  }));
  box.addEventListener("keydown", ({ key }) => {
    if (key === "ArrowRight") show(shown + 1);
    if (key === "ArrowLeft") show(shown - 1);
  });
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
}

// Search: sections, figures, tables and formulas of all pages, from a list that was made with them.

const script = (name) => new Promise((resolve, reject) => {
  document.head.append(make("script", { src: `assets/${name}`, onload: resolve, onerror: reject }));
});
let loading = null;
const data = () => (loading ??= script("search-data.js")).then(() => SEARCH_DATA);
let index = null;

// A word as it is compared: a matrix and matrices, a map and maps are one.
const singular = (word) => word.toLowerCase().replace(/ices$/, "ix").replace(/([^s])s$/, "$1");

async function finder() {
  const entries = await data();
  if (!index) {
    await script("minisearch.js");
    index = new MiniSearch({ idField: "href", processTerm: singular, fields: ["title", "text", "cells"], storeFields: ["href", "page", "title", "text"] });
    index.addAll(entries);
  }
  return (words) => index.search(words, { prefix: true, fuzzy: (word) => (word.length > 4 ? 0.2 : 0), combineWith: "AND", boost: { title: 3, cells: 0.2 } });
}

function openSearch() {
  const box = $("#search"), field = $("input", box), list = $("ol", box), status = $("[role=status]", box);
  const update = async () => {
    const find = await finder(), found = find(field.value);
    status.textContent = field.value.trim() ? `${found.length} found` : "";
    list.replaceChildren(...found.slice(0, 30).map((entry) => make("li", {}, result(entry))));
  };
  const open = () => { box.showModal(); field.select(); finder(); };
  $("#search-button").hidden = false;
  $("#search-button").onclick = open;
  field.oninput = update;
  list.onclick = () => box.close();
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  box.addEventListener("keydown", (event) => {
    const stops = [field, ...$$("a", list)], step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && event.target === field) $("a", list)?.click();
    if (!step) return;
    event.preventDefault();
    stops[(stops.indexOf(document.activeElement) + step + stops.length) % stops.length].focus();
  });
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, dialog");
    if (typing || !(event.key === "/" || (event.key === "k" && (event.ctrlKey || event.metaKey)))) return;
    event.preventDefault();
    open();
  });
}

function result({ href, title, page, text, terms }) {
  const found = new Set(terms);
  const near = [...text.matchAll(WORDS)].find(([word]) => found.has(singular(word)))?.index ?? 0;
  const start = near > 60 ? text.indexOf(" ", near - 60) + 1 : 0;
  const excerpt = (start ? "… " : "") + beginning(text.slice(start), 160);
  return make("a", { href }, make("strong", { textContent: title }), make("small", { textContent: page }), ...marked(excerpt, found));
}

// Whole words of at most so many characters.
const beginning = (text, most) => (text.length > most ? `${text.slice(0, text.lastIndexOf(" ", most))} …` : text);

const WORDS = /([\p{L}\p{N}_]+)/gu;

function marked(text, found) {
  return text.split(WORDS).map((piece) => (found.has(singular(piece)) ? make("mark", { textContent: piece }) : piece));
}

// Previews: what a cross reference or citation leads to, beside it.

async function preview(link) {
  const [page, id] = link.getAttribute("href").split("#");
  const target = page === "" && document.getElementById(id);
  if (target && !target.matches("section, table")) {
    const copied = target.cloneNode(true);
    $$("[id]", copied).forEach((part) => part.removeAttribute("id"));
    $$(".rebuild, .copy", copied).forEach((part) => part.remove());
    for (const attribute of ["id", "role"]) copied.removeAttribute(attribute); // an item of no list, in a citation
    return copied;
  }
  const href = (page || location.pathname.split("/").pop()) + "#" + id;
  const entry = (await data()).find((candidate) => candidate.href === href);
  if (!entry) return null;
  const shown = make("div", {}, make("p", {}, make("strong", { textContent: entry.title })));
  if (entry.image) shown.append(make("img", { src: entry.image, alt: "" }));
  if (entry.math) shown.insertAdjacentHTML("beforeend", entry.math);
  shown.append(make("p", { textContent: beginning(entry.text, 320) }));
  return shown;
}

function offerPreviews() {
  const box = make("div", { id: "preview", hidden: true });
  box.setAttribute("role", "tooltip");
  $("main").append(box);
  let timer = 0, owner = null;
  const hide = () => { clearTimeout(timer); box.hidden = true; owner?.removeAttribute("aria-describedby"); owner = null; };
  const later = (action, delay) => { clearTimeout(timer); timer = setTimeout(action, delay); };
  const show = async (link) => {
    const content = await preview(link).catch(() => null);
    if (!content || !link.matches(":hover, :focus-visible")) return;
    hide();
    owner = link;
    link.setAttribute("aria-describedby", "preview");
    box.replaceChildren(content);
    box.hidden = false;
    place(box, link.getBoundingClientRect());
  };
  for (const link of $$("a.reference, a[role=doc-biblioref]")) {
    link.onmouseenter = link.onfocus = () => later(() => show(link), 200);
    link.onmouseleave = link.onblur = () => later(hide, 200);
  }
  box.onmouseenter = () => clearTimeout(timer);
  box.onmouseleave = () => later(hide, 200);
  addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); });
  addEventListener("scroll", () => { // also where the focus moves to a link out of sight, before its preview is there
    const link = owner?.getBoundingClientRect();
    if (!link) return;
    if (link.bottom < 0 || link.top > innerHeight) hide(); else place(box, link);
  }, { passive: true });
}

function place(box, link) {
  const { width, height } = box.getBoundingClientRect();
  const below = link.bottom + 6 + height < innerHeight;
  box.style.left = `${Math.max(8, Math.min(link.left, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, below ? link.bottom + 6 : link.top - height - 6)}px`;
}

addEventListener("DOMContentLoaded", () => {
  for (const start of [switchTheme, followPlace, offerCopies, focusScrollers, openLightbox, openSearch, offerPreviews]) start();
  unfold();
  addEventListener("hashchange", unfold);
  addEventListener("resize", focusScrollers);
  addEventListener("toggle", focusScrollers, true);
});
