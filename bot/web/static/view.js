// How messages look. Text enters the page through textContent only.

const ACTIVE = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]|(?<=^|[\s(“"])\/[a-z]{2,20}(?=$|[\s.,;:)”"])/gm;

export function element(tag, className = "", text = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function button(className, text, onPress) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", onPress);
  return made;
}

export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export function fileSize(bytes, language) {
  const mega = bytes >= 1e6;
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: mega ? 1 : 0 });
  return `${number.format(mega ? bytes / 1e6 : Math.max(1, bytes / 1e3))} ${mega ? "MB" : "kB"}`;
}

const SHAPES = {
  file: "M7 3.5h7l4.5 4.5v12a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1v-15.500a1 1 0 0 1 1-1M14 3.500V8h4.500",
  place: "M12 21s6.500-6 6.500-11a6.500 6.500 0 0 0-13 0c0 5 6.500 11 6.500 11M12 12.300a2.300 2.300 0 1 0 0-4.600 2.300 2.300 0 0 0 0 4.600",
};

function picture(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

export class View {
  constructor({ words, language, zone, onChoice, onCommand, onPlace, onFiles }) {
    Object.assign(this, { words, language, onChoice, onCommand, onPlace, onFiles });
    this.clock = new Intl.DateTimeFormat(language, { timeZone: zone, hour: "2-digit", minute: "2-digit" });
    this.dayKey = new Intl.DateTimeFormat("en-CA", { timeZone: zone });
    this.dayName = new Intl.DateTimeFormat(language, {
      timeZone: zone, weekday: "long", day: "numeric", month: "long", year: "numeric",
    });
  }

  day(at) {
    const key = this.dayKey.format(at);
    const now = Date.now();
    if (key === this.dayKey.format(now)) return this.words.today;
    if (key === this.dayKey.format(now - 86400000)) return this.words.yesterday;
    return this.dayName.format(at);
  }

  separator(at) {
    const line = element("li", "day", this.day(at));
    line.dataset.day = this.dayKey.format(at);
    return line;
  }

  dayOf(at) {
    return this.dayKey.format(at);
  }

  /** The whole of a message, put into its list item (again after an edit). */
  draw(item, message) {
    const mine = message.from === "me";
    item.className = mine ? "message me" : "message office";
    const bubble = element("div", "bubble");
    bubble.append(element("span", "sr", `${mine ? this.words.you : this.words.office}: `));
    if (message.title) bubble.append(element("h3", "", message.title));
    if (message.text) bubble.append(this.text(message, mine));
    if (message.location) bubble.append(this.place(message.location));
    if (message.contact) bubble.append(element("div", "text", [message.contact.name, message.contact.phone].filter(Boolean).join(" ")));
    if (message.files) bubble.append(this.files(message));
    if (message.file?.url) bubble.append(this.download(message.file));
    const parts = [bubble];
    const rows = mine ? null : this.rows(message);
    if (rows) parts.push(rows);
    parts.push(this.meta(message));
    item.replaceChildren(...parts);
  }

  text(message, mine) {
    const block = element("div", "text");
    const marks = (message.monospace ?? []).filter(Boolean);
    let rest = message.text;
    while (rest) {
      const found = marks.map((mark) => [rest.indexOf(mark), mark]).filter(([at]) => at >= 0).sort((a, b) => a[0] - b[0])[0];
      const before = found ? rest.slice(0, found[0]) : rest;
      this.plain(block, before, mine);
      if (!found) break;
      block.append(this.code(found[1]));
      rest = rest.slice(found[0] + found[1].length);
    }
    return block;
  }

  plain(block, text, mine) {
    let from = 0;
    for (const match of mine ? [] : text.matchAll(ACTIVE)) {
      block.append(text.slice(from, match.index));
      block.append(match[0].startsWith("/") ? this.command(match[0]) : this.link(match[0]));
      from = match.index + match[0].length;
    }
    block.append(text.slice(from));
  }

  link(address) {
    const link = element("a", "", address);
    link.href = address;
    link.rel = "noopener noreferrer";
    if (new URL(address).origin !== location.origin) link.target = "_blank";
    return link;
  }

  /** A command named in a text, such as /mine, can be pressed. */
  command(name) {
    return button("command", name, () => this.onCommand(name));
  }

  code(text) {
    const whole = element("span", "code");
    whole.append(element("code", "", text));
    const copy = button("copy", this.words.copy, async () => {
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        getSelection().selectAllChildren(whole.firstChild);
        document.execCommand("copy");
      }
      copy.textContent = this.words.copied;
      setTimeout(() => { copy.textContent = this.words.copy; }, 2500);
    });
    copy.setAttribute("aria-label", fill(this.words.copy_label, { text }));
    whole.append(copy);
    return whole;
  }

  place([latitude, longitude]) {
    const line = element("div", "file");
    const numbers = fill(this.words.place_link, { latitude: latitude.toFixed(5), longitude: longitude.toFixed(5) });
    const words = element("span");
    words.append(this.words.place_sent, document.createElement("br"), element("span", "file-size", numbers));
    line.append(picture("place"), words);
    return line;
  }

  files(message) {
    const list = element("ul", "attached");
    message.files.forEach((file, index) => {
      const line = element("li");
      const preview = message.previews?.[index];
      if (preview) {
        const image = element("img");
        image.src = preview;
        image.alt = file.name;
        line.append(image);
      } else {
        line.append(this.fileLine(file));
      }
      list.append(line);
    });
    return list;
  }

  fileLine(file) {
    const line = element("span", "file");
    const words = element("span", "", `${file.name} `);
    if (file.size) words.append(element("span", "file-size", fileSize(file.size, this.language)));
    line.append(picture("file"), words);
    return line;
  }

  download(file) {
    const link = element("a", "file");
    link.href = file.url;
    link.download = file.name;
    link.setAttribute("aria-label", fill(this.words.file_open, { name: file.name }));
    const words = element("span", "", `${file.name} `);
    if (file.size) words.append(element("span", "file-size", fileSize(file.size, this.language)));
    link.append(picture("file"), words);
    return link;
  }

  rows(message) {
    const wishes = message.wishes ?? [];
    const rows = element("div", "rows");
    for (const row of message.rows ?? []) {
      const line = element("div", "row");
      line.append(...row.map((choice) => this.choice(message, choice)));
      rows.append(line);
    }
    const line = element("div", "row");
    if (wishes.includes("location") && navigator.geolocation && isSecureContext) {
      line.append(button("choice quiet", this.words.place, (event) => this.onPlace(event.currentTarget)));
    }
    if (wishes.includes("files")) line.append(button("choice quiet", this.words.attach, this.onFiles));
    if (line.childElementCount) rows.append(line);
    return rows.childElementCount ? rows : null;
  }

  choice(message, choice) {
    if (choice.url) {
      const link = element("a", "choice", choice.label);
      link.href = /^(https?:|\/)/.test(choice.url) ? choice.url : "#";
      link.rel = "noopener noreferrer";
      if (/^https?:/.test(choice.url) && new URL(choice.url).origin !== location.origin) link.target = "_blank";
      return link;
    }
    const made = button(`choice ${choice.style === "primary" || choice.style === "danger" ? choice.style : ""}`, choice.label, () => {
      this.onChoice(message, choice);
    });
    made.dataset.token = choice.token;
    return made;
  }

  /** Show that a button was pressed, or (`pressed` false) that the press did not arrive. */
  press(item, token, pressed = true) {
    for (const made of item.querySelectorAll(".choice[data-token]")) {
      if (made.dataset.token !== token) continue;
      made.disabled = pressed;
      made.classList.toggle("pressed", pressed);
    }
  }

  meta(message) {
    const line = element("div", "meta");
    if (message.at) {
      const time = element("time", "", this.clock.format(new Date(message.at)));
      time.dateTime = message.at;
      line.append(time);
    }
    if (message.edited) line.append(element("span", "", this.words.edited));
    return line;
  }
}
