// What still has to reach the office: one after the other, each with an id of its own, again until it is taken.
// Unsent words outlast a reload (in this tab only); files do not.

const KEPT = "tiepdan.unsent";
const PAUSES = [1000, 2000, 4000, 8000, 15000, 30000];

export class Outbox {
  constructor({ onSent, onState, words }) {
    Object.assign(this, { onSent, onState, words });
    this.waiting = [];
    this.busy = false;
    this.tries = 0;
    addEventListener("online", () => this.wake());
  }

  /** Messages that an earlier page in this tab could not send. */
  restore() {
    try {
      this.waiting = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]");
    } catch {
      this.waiting = [];
    }
    return this.waiting;
  }

  add(item) {
    this.waiting.push(item);
    this.keep();
    this.run();
  }

  drop(item) {
    this.waiting = this.waiting.filter((other) => other !== item);
    this.keep();
  }

  clear() {
    this.waiting = [];
    sessionStorage.removeItem(KEPT);
  }

  keep() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(this.waiting.filter((item) => !item.upload)));
    } catch {
      // A full or forbidden store only means that a reload forgets what was not sent.
    }
  }

  wake() {
    if (this.pause) {
      clearTimeout(this.timer);
      this.pause();
    }
    this.run();
  }

  async run() {
    if (this.busy) return;
    this.busy = true;
    while (this.waiting.length) {
      const item = this.waiting[0];
      this.onState(item, this.tries ? "again" : "sending");
      const answer = item.upload ? await this.upload(item) : await this.post(item);
      if (answer.status === 200) {
        this.tries = 0;
        this.drop(item);
        this.onSent(item, answer.data);
      } else if (answer.status === 0 || answer.status === 429 || answer.status >= 500) {
        this.onState(item, "again");
        await this.rest(answer.after);
      } else {
        this.tries = 0;
        this.drop(item);
        this.onState(item, "failed", answer.data?.text ?? this.words.not_sent);
      }
    }
    this.busy = false;
  }

  rest(after) {
    const pause = Math.max(after * 1000, PAUSES[Math.min(this.tries, PAUSES.length - 1)]);
    this.tries += 1;
    return new Promise((resolve) => {
      this.pause = () => { this.pause = null; resolve(); };
      this.timer = setTimeout(this.pause, pause);
    });
  }

  async post(item) {
    try {
      const response = await fetch("/chat/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ id: item.id, ...item.body }),
        signal: AbortSignal.timeout(40000),
      });
      const data = await response.json().catch(() => null);
      return { status: response.status, data, after: Number(response.headers.get("Retry-After") ?? 0) };
    } catch {
      return { status: 0, after: 0 };
    }
  }

  upload(item) {
    const form = new FormData();
    form.append("id", item.id);
    form.append("caption", item.upload.caption);
    for (const file of item.upload.files) form.append("file", file, file.name);
    const request = new XMLHttpRequest();
    request.open("POST", "/chat/files");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) this.onState(item, "uploading", Math.round((event.loaded / event.total) * 100));
    });
    return new Promise((resolve) => {
      request.addEventListener("loadend", () => resolve({
        status: request.status, data: request.response, after: Number(request.getResponseHeader("Retry-After") ?? 0),
      }));
      request.send(form);
    });
  }
}
