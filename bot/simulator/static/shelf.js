// The shelf on the left: every phone there is, and the form for one more.

import { make } from "./element.js";
import { ask } from "./village.js";

export class Shelf {
  constructor(list, find, form, { known, open, choose }) {
    Object.assign(this, { list, find, known, open, choose, items: new Map() });
    find.addEventListener("input", () => this.draw());
    form.addEventListener("submit", (event) => this.add(event, form));
  }

  draw() {
    const wanted = this.find.value.toLowerCase();
    for (const phone of this.known.values()) {
      const item = this.item(phone);
      const found = `${phone.name} ${phone.note} ${phone.number}`.toLowerCase().includes(wanted);
      item.hidden = !found || (phone.put_away && !wanted && !this.open.has(phone.id));
    }
  }

  item(phone) {
    const opened = this.open.has(phone.id);
    const signature = JSON.stringify([phone, opened]);
    const earlier = this.items.get(phone.id);
    if (earlier?.signature === signature) return earlier.element;
    const [name, note] = [phone.name, phone.note].map((words) => words.replace(/\s*—?\s*DATA CONTOH/, ""));
    const button = make("button", { className: `pick ${phone.channel}`, onclick: () => this.choose(phone.id) },
      make("span", { className: "face", "aria-hidden": "true" }, name.slice(0, 1).toUpperCase()),
      make("span", { className: "who" },
        make("b", {}, name),
        make("small", {}, note || phone.number),
        make("small", { className: "badge" }, `DATA CONTOH · ${phone.channel === "telegram" ? "Telegram" : "WhatsApp"}`)),
      phone.unread > 0 && make("span", { className: "unread", "aria-label": `${phone.unread} belum dibaca` }, String(phone.unread)));
    button.setAttribute("aria-pressed", opened);
    const element = make("li", {}, button);
    if (earlier) {
      const focused = earlier.element.contains(document.activeElement);
      earlier.element.replaceWith(element);
      if (focused) button.focus();
    } else this.list.append(element);
    this.items.set(phone.id, { signature, element });
    return element;
  }

  async add(event, form) {
    event.preventDefault();
    const problem = form.querySelector(".problem");
    problem.textContent = "";
    try {
      const phone = await ask("phones", Object.fromEntries(new FormData(form)));
      this.known.set(phone.id, phone);
      form.reset();
      this.choose(phone.id);
    } catch (error) {
      problem.textContent = error.message;
    }
  }
}
