// The shelf on the left: every phone there is, and the form for one more.

import { question } from "./attach.js";
import { make } from "./element.js";
import { channelOf, officeOf, plainName } from "./owner.js";
import { ask } from "./village.js";

export class Shelf {
  constructor(list, find, form, { known, open, choose }) {
    Object.assign(this, { list, find, known, open, choose, items: new Map() });
    this.word = make("li", { className: "word" });
    find.addEventListener("input", () => this.draw());
    form.addEventListener("submit", (event) => this.add(event, form));
  }

  draw() {
    const wanted = this.find.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const phone of this.known.values()) {
      const words = `${phone.name} ${phone.note} ${phone.number} ${phone.channel}`.toLowerCase();
      const found = wanted.every((word) => words.includes(word));
      const visible = found && (!phone.put_away || wanted.length > 0 || this.open.has(phone.id));
      const item = this.items.get(phone.id);
      // three hundred phones that nobody looks for need not be drawn
      if (visible) this.item(phone).hidden = false;
      else if (item) item.element.hidden = true;
      shown += visible;
    }
    const others = this.known.size - shown;
    this.word.textContent = !shown ? "Tidak ada ponsel yang cocok. Coba nama desa atau jabatan, misalnya «wonosari kepala»."
      : !wanted.length && others ? `${others} ponsel lain: cari nama, desa atau jabatan.` : "";
    this.list.append(this.word);
  }

  item(phone) {
    const opened = this.open.has(phone.id);
    const signature = JSON.stringify([phone, opened]);
    const earlier = this.items.get(phone.id);
    if (earlier?.signature === signature) return earlier.element;
    const [name, { place, office }] = [plainName(phone), officeOf(phone)];
    const button = make("button", { className: `pick ${phone.channel}`, onclick: () => this.choose(phone.id) },
      make("span", { className: "face", "aria-hidden": "true" }, name.slice(0, 1).toUpperCase()),
      make("span", { className: "who" },
        make("b", {}, name),
        place && make("span", { className: "place" }, place),
        make("small", {}, office || phone.number),
        make("small", { className: "badge" }, `DATA CONTOH · ${channelOf(phone)}`)),
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

  async add(event, form, again = {}) {
    event.preventDefault();
    const problem = form.querySelector(".problem");
    problem.textContent = "";
    try {
      const phone = await ask("phones", { ...Object.fromEntries(new FormData(form)), ...again });
      this.known.set(phone.id, phone);
      form.reset();
      form.closest("details").open = false;
      this.choose(phone.id);
    } catch (error) {
      if (!error.known) return void (problem.textContent = error.message);
      question(document.body, "Ganti ponsel?", [], () => this.add(event, form, { renew: true }), {
        words: `${error.message} Ponsel baru memakai nomor yang sama, tetapi akunnya baru dan percakapannya kosong.`, yes: "Ganti ponsel" });
    }
  }
}
