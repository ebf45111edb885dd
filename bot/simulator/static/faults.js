// Bad days, one switch each; what is switched on is also shown in the banner.

import { make } from "./element.js";
import { ask } from "./village.js";

const NAMES = {
  flood: "Diminta menunggu, pesan terlalu banyak", forbidden: "Pesan bot ditolak", error: "Server Telegram/WhatsApp rusak",
  slow: "Jawaban lambat", cut_before: "Sinyal putus sebelum terkirim", cut_after: "Sinyal putus setelah terkirim",
  duplicate_updates: "Pesan masuk dua kali", reorder_updates: "Tombol tiba sebelum pesan",
};
const CHANNELS = [["", "Telegram dan WhatsApp"], ["telegram", "Telegram saja"], ["whatsapp", "WhatsApp saja"]];

export class Faults {
  constructor(form) {
    this.channel = make("select", {}, ...CHANNELS.map(([value, words]) => make("option", { value }, words)));
    this.times = make("input", { type: "number", min: 1, placeholder: "sampai dimatikan" });
    this.seconds = make("input", { type: "number", min: 0.1, step: 0.1, value: 3 });
    this.switches = new Map(Object.keys(NAMES).map((kind) => [kind,
      make("input", { type: "checkbox", onchange: (event) => this.turn(kind, event.target.checked) })]));
    this.problem = make("p", { className: "problem", role: "alert" });
    form.append(
      make("label", {}, "Di mana", this.channel),
      make("label", {}, "Berapa kali", this.times),
      make("label", {}, "Lama menunggu, dalam detik", this.seconds),
      ...[...this.switches].map(([kind, box]) => make("label", { className: "switch" }, box, NAMES[kind])),
      make("button", { type: "button", onclick: () => ask("faults", undefined, "DELETE") }, "Matikan semua"),
      this.problem,
    );
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  nameOf(fault) {
    const left = fault.times === null ? "" : ` ${fault.struck}/${fault.times}`;
    return `${NAMES[fault.kind]}${fault.channel ? ` · ${fault.channel}` : ""}${left}`;
  }

  show(active) {
    this.active = active;
    for (const [kind, box] of this.switches) box.checked = active.some((fault) => fault.kind === kind);
  }

  async turn(kind, on) {
    this.problem.textContent = "";
    try {
      if (on) {
        const seconds = Number(this.seconds.value) || 1;
        await ask("faults", {
          kind, channel: this.channel.value || null, times: Number(this.times.value) || null,
          seconds, retry_after: Math.ceil(seconds),
        });
      } else for (const fault of this.active.filter((each) => each.kind === kind)) await ask(`faults/${fault.id}`, undefined, "DELETE");
    } catch (error) {
      this.problem.textContent = error.message;
    }
  }
}
