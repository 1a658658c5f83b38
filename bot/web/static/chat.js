// The chat page: shows what was said, sends what is written, follows what the office answers.

import { Outbox } from "./outbox.js";
import { View, button, element, fileSize, fill } from "./view.js";

const at = (id) => document.getElementById(id);
const main = at("main"), log = at("log"), scroll = at("scroll"), input = at("text"), picker = at("files");
const words = JSON.parse(main.dataset.words);
const language = document.documentElement.lang;
const mostBytes = Number(main.dataset.maxBytes), mostFiles = 10;
const hiddenFor = 5 * 60 * 1000, answerSoon = 12000;

const bySeq = new Map(); // number → {item, message}
const byId = new Map(); // the page's own id → {item, message}
let last = 0;
let stream = null;
let chosen = [];

const view = new View({
  words, language, zone: main.dataset.zone, onChoice: choose, onCommand: say, onPlace: sendPlace, onFiles: () => picker.click(),
});
const outbox = new Outbox({ words, onSent: sent, onState: state });

// --- showing

function show(message) {
  const known = bySeq.get(message.seq) ?? byId.get(message.id);
  if (known) {
    const previews = known.message.previews;
    known.message = { ...message, previews };
    known.item.classList.remove("failed");
    view.draw(known.item, known.message);
    remember(known);
    return;
  }
  const item = element("li");
  const entry = { item, message };
  const follow = nearEnd();
  view.draw(item, message);
  place(item, message);
  remember(entry);
  if (message.from === "office") at("waiting").hidden = true;
  if (message.pressed) mark(message);
  if (follow || message.from === "me") toEnd();
  else if (!log.hasAttribute("aria-busy")) at("newest").hidden = false;
}

function remember(entry) {
  const { message } = entry;
  if (message.seq) bySeq.set(message.seq, entry);
  if (message.id) byId.set(message.id, entry);
}

function place(item, message) {
  const moment = new Date(message.at);
  const day = view.dayOf(moment);
  const days = log.querySelectorAll(".day");
  if (days[days.length - 1]?.dataset.day !== day) log.append(view.separator(moment));
  log.append(item);
  at("examples").hidden = true;
}

function mark(message) {
  const target = bySeq.get(message.pressed.ref);
  if (target && (!message.seq || target.message.changed < message.seq)) view.press(target.item, message.pressed.token);
}

function nearEnd() {
  return scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 160;
}

function toEnd() {
  at("newest").hidden = true;
  requestAnimationFrame(() => { scroll.scrollTop = scroll.scrollHeight; });
}

function problem(text) {
  at("problem").textContent = text;
  at("problem").hidden = !text;
}

const banners = new Map();
function banner(name, text) {
  if (text) banners.set(name, text);
  else banners.delete(name);
  const shown = [...banners.values()][0] ?? "";
  at("banner").textContent = shown;
  at("banner").hidden = !shown;
}

// --- sending

function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // plain http has no randomUUID
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function send(body, shown, upload = null) {
  const item = { id: newId(), body, shown: { ...shown, at: new Date().toISOString() }, upload };
  present(item);
  outbox.add(item);
}

function present(item) {
  show({ ...item.shown, id: item.id, from: "me" });
  if (item.body?.choice) view.press(bySeq.get(item.body.choice.ref)?.item ?? log, item.body.choice.token);
}

function say(text) {
  const trimmed = text.trim();
  if (trimmed) send({ text: trimmed }, { text: trimmed });
}

function choose(message, choice) {
  const pressed = { token: choice.token, ref: message.seq };
  send({ choice: pressed }, { text: choice.label, pressed });
  if (matchMedia("(pointer: fine)").matches) input.focus();
}

function sendPlace(pressedButton) {
  const label = pressedButton.textContent;
  pressedButton.disabled = true;
  pressedButton.textContent = words.place_finding;
  const restore = () => { pressedButton.disabled = false; pressedButton.textContent = label; };
  navigator.geolocation.getCurrentPosition(({ coords: { latitude, longitude } }) => {
    restore();
    send({ location: { latitude, longitude } }, { location: [latitude, longitude] });
  }, () => { restore(); problem(words.place_failed); }, { enableHighAccuracy: true, timeout: 20000 });
}

function state(item, name, detail) {
  const entry = byId.get(item.id);
  if (!entry) return;
  const line = entry.item.querySelector(".meta");
  const parts = [];
  if (name === "uploading") {
    const bar = element("progress");
    bar.max = 100;
    bar.value = detail;
    bar.setAttribute("aria-label", fill(words.uploading, { percent: detail }));
    parts.push(bar, element("span", "", fill(words.uploading, { percent: detail })));
  } else if (name === "failed") {
    entry.item.classList.add("failed");
    if (item.body?.choice) view.press(bySeq.get(item.body.choice.ref)?.item ?? log, item.body.choice.token, false);
    parts.push(element("span", "", detail), button("plain", words.again, () => { view.draw(entry.item, entry.message); outbox.add(item); }));
    parts.push(button("plain", words.drop, () => { entry.item.remove(); byId.delete(item.id); }));
    problem(detail);
  } else {
    parts.push(element("span", "", name === "again" ? words.resending : words.sending));
  }
  line.replaceChildren(...parts);
}

function sent(item, answer) {
  problem("");
  show(answer.message);
  if (answer.verdict === "done" && answer.message.seq >= last) {
    at("waiting").hidden = false;
    toEnd();
    setTimeout(() => { at("waiting").hidden = true; }, answerSoon);
  }
}

// --- files

function takeFiles(files) {
  problem("");
  for (const file of files) {
    if (file.size > mostBytes) problem(fill(words.file_large, { name: file.name }));
    else if (chosen.length >= mostFiles) problem(words.files_many);
    else chosen.push({ file, preview: file.type.startsWith("image/") ? URL.createObjectURL(file) : null });
  }
  picker.value = "";
  drawChosen();
  if (chosen.length) input.focus();
}

function drawChosen() {
  const box = at("chosen");
  box.hidden = !chosen.length;
  if (!chosen.length) return box.replaceChildren();
  const list = element("ul");
  for (const one of chosen) {
    const line = element("li");
    if (one.preview) {
      const image = element("img");
      image.src = one.preview;
      image.alt = "";
      line.append(image);
    }
    line.append(element("span", "name", one.file.name), element("span", "file-size", fileSize(one.file.size, language)));
    const remove = button("plain", "✕", () => { chosen = chosen.filter((other) => other !== one); drawChosen(); input.focus(); });
    remove.setAttribute("aria-label", fill(words.file_remove, { name: one.file.name }));
    line.append(remove);
    list.append(line);
  }
  return box.replaceChildren(element("span", "small", words.files_chosen), list);
}

function sendFiles(caption) {
  const files = chosen.map(({ file }) => file);
  const shown = {
    text: caption,
    files: files.map(({ name, size, type }) => ({ name, size, mime: type })),
    previews: chosen.map(({ preview }) => preview),
  };
  chosen = [];
  drawChosen();
  send(null, shown, { files, caption });
}

// --- following

function follow() {
  stream?.close();
  stream = new EventSource(`/chat/events?after=${last}`);
  stream.addEventListener("message", (event) => {
    const message = JSON.parse(event.data);
    last = Math.max(last, message.changed);
    show(message);
  });
  stream.addEventListener("pressed", (event) => {
    const { text } = JSON.parse(event.data);
    if (text) problem(text);
  });
  stream.addEventListener("open", () => { banner("lost", ""); clearTimeout(follow.patience); });
  stream.addEventListener("error", () => {
    clearTimeout(follow.patience);
    follow.patience = setTimeout(() => banner("lost", navigator.onLine ? words.reconnecting : ""), 4000);
    if (stream.readyState === EventSource.CLOSED) {
      clearTimeout(follow.again);
      follow.again = setTimeout(follow, 5000);
    }
  });
}

async function load() {
  log.setAttribute("aria-busy", "true");
  try {
    const response = await fetch("/chat/history");
    if (!response.ok) throw new Error(String(response.status));
    const known = await response.json();
    for (const message of known.messages) show(message);
    last = known.last;
    banner("history", "");
  } catch {
    banner("history", words.history_failed);
    setTimeout(load, 4000);
    return;
  }
  for (const item of outbox.restore()) if (!byId.has(item.id)) present(item);
  outbox.run();
  toEnd();
  if (!log.childElementCount) {
    at("examples").hidden = false;
    scroll.scrollTop = 0;
  }
  requestAnimationFrame(() => log.removeAttribute("aria-busy"));
  follow();
}

// --- the page

function grow() {
  input.style.height = "auto";
  input.style.height = `${Math.min(input.scrollHeight, 180)}px`;
}

at("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = input.value;
  if (chosen.length) sendFiles(text.trim());
  else if (text.trim()) say(text);
  else return input.focus();
  input.value = "";
  problem("");
  grow();
  return input.focus();
});
input.addEventListener("input", grow);
input.addEventListener("keydown", (event) => {
  const enterSends = matchMedia("(pointer: fine)").matches;
  if (event.key === "Enter" && enterSends && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    at("composer").requestSubmit();
  }
});
input.addEventListener("paste", (event) => { if (event.clipboardData.files.length) takeFiles(event.clipboardData.files); });
at("attach").addEventListener("click", () => picker.click());
picker.addEventListener("change", () => takeFiles(picker.files));
main.addEventListener("dragover", (event) => event.preventDefault());
main.addEventListener("drop", (event) => { event.preventDefault(); takeFiles(event.dataTransfer.files); });
at("newest").addEventListener("click", toEnd);
scroll.addEventListener("scroll", () => { if (nearEnd()) at("newest").hidden = true; });
at("leave").addEventListener("click", () => at("leaving").showModal());
at("leaving").addEventListener("close", async () => {
  if (at("leaving").returnValue !== "yes") return;
  stream?.close();
  outbox.clear();
  await fetch("/chat/leave", { method: "POST" });
  location.replace("/");
});
addEventListener("offline", () => banner("offline", words.offline));
addEventListener("online", () => { banner("offline", ""); follow(); });
document.addEventListener("visibilitychange", () => {
  clearTimeout(follow.away);
  if (document.hidden) follow.away = setTimeout(() => { stream?.close(); stream = null; }, hiddenFor);
  else if (!stream) follow();
});
for (const name of ["example_1", "example_2", "example_3"]) {
  at("examples").append(button("choice", words[name], () => say(words[name])));
}
at("composer").hidden = at("foot").hidden = false; // without scripts they would only mislead
if (!navigator.cookieEnabled) banner("cookie", words.no_cookie);
load();
