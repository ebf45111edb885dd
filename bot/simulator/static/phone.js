// One phone on the table: whose it is, a header, a chat, a keyboard if the bot offered one, and a place to write.

import { attachMenu, menu, question } from "./attach.js";
import { drawBubble } from "./bubble.js";
import { dayOf, make } from "./element.js";
import { hintFor, ownerOf } from "./owner.js";
import { ask } from "./village.js";

const BOT = "Kopdes Bengkalis";
const NEAR_THE_END = 120;
const TYPING_LASTS = 30_000;

export class PhoneView {
  constructor(summary, { close, known }) {
    Object.assign(this, { id: summary.id, known, drawn: new Map(), atEnd: true, missed: 0, toastShown: null, phone: summary });
    const act = (action, body) => this.act(action, body);
    const dialog = (...details) => question(this.element, ...details);
    this.chat = make("ol", { className: "chat", "aria-label": `Percakapan ${summary.name}`, "aria-live": "polite" });
    this.toast = make("div", { className: "toast", role: "alert", hidden: true });
    this.newer = make("button", { type: "button", className: "newer", hidden: true, onclick: () => this.toTheEnd() });
    this.offered = make("div", { className: "offered" });
    this.startButton = make("button", { type: "button", className: "start", onclick: () => act("start", {}) }, "Mulai");
    this.unblockButton = make("button", { type: "button", className: "start", onclick: () => act("block", { blocked: false }) }, "Buka blokir");
    this.box = make("textarea", { rows: 1, placeholder: "Tulis pesan", onkeydown: (event) => this.key(event) });
    this.box.setAttribute("aria-label", `Pesan dari ${summary.name}`);
    this.composer = make("form", { className: "composer", onsubmit: (event) => this.send(event) },
      attachMenu(act, dialog), this.box, make("button", { className: "send", "aria-label": "Kirim" }, "➤"));
    this.state = make("small", { className: "state" });
    new ResizeObserver(() => this.resized()).observe(this.chat);
    this.chat.addEventListener("scroll", () => this.scrolled());
    this.element = make("section", { className: `phone ${summary.channel}`, "aria-label": `Ponsel ${summary.name}`, data: { phone: summary.id } },
      ownerOf(summary, make("button", { type: "button", className: "close", "aria-label": `Tutup ponsel ${summary.name}`, onclick: () => close(this.id) }, "✕")),
      make("div", { className: "screen" },
        make("header", {},
          make("span", { className: "face", "aria-hidden": "true" }, "K"),
          make("div", { className: "who" }, make("b", {}, BOT), this.state),
          menu("⋮", "Menu ponsel", [
            ["Blokir bot", () => act("block", { blocked: true })],
            ["Mulai dengan kode undangan", () => dialog("Buka tautan undangan", [["payload", "Kode", summary.code]], (answer) => act("start", answer))],
          ])),
        this.chat, this.newer, this.toast, this.offered, this.startButton, this.unblockButton, this.composer));
  }

  async refresh() {
    if (this.busy) return void (this.again = true);
    this.busy = true;
    try {
      this.show(await ask(`phones/${this.id}`));
    } finally {
      this.busy = false;
    }
    if (this.again) {
      this.again = false;
      await this.refresh();
    }
  }

  show(phone) {
    const first = this.phone.bubbles === undefined;
    const before = Math.max(0, ...(this.phone.bubbles ?? []).map((bubble) => bubble.id));
    this.phone = phone;

    this.drawBubbles(phone);
    if (first || this.atEnd) this.chat.scrollTop = this.chat.scrollHeight;
    else this.missed += phone.bubbles.filter((bubble) => !bubble.mine && bubble.id > before).length;
    this.showNewer();
    const mustStart = phone.channel === "telegram" && !phone.started;
    this.startButton.hidden = !mustStart || phone.blocked;
    this.unblockButton.hidden = !phone.blocked;
    this.composer.hidden = mustStart || phone.blocked;
    this.showTyping();
    this.drawKeyboard(phone.blocked ? null : phone.keyboard);
    if (first) this.toastShown = phone.toast?.n ?? null;
    if (phone.toast && phone.toast.n !== this.toastShown) {
      this.toastShown = phone.toast.n;
      this.say(phone.toast.text);
    }
    if (phone.unread && document.visibilityState === "visible") ask(`phones/${this.id}/read`, {}).catch(() => {});
  }

  drawBubbles(phone) {
    const nodes = [];
    let lastDay = "";
    for (const bubble of phone.bubbles) {
      const today = dayOf(bubble.at);
      if (today !== lastDay) nodes.push(this.kept(today, today, () => make("li", { className: "day" }, today)));
      lastDay = today;
      const turning = Object.values(phone.waiting).filter((each) => each.message === bubble.id);
      nodes.push(this.kept(bubble.id, JSON.stringify([bubble, turning]), () =>
        drawBubble(bubble, phone, { onTap: (message, button) => this.tap(message, button), onMenu: (each) => this.bubbleMenu(each) })));
    }
    if (!phone.bubbles.length) nodes.push(this.kept("hint", phone.channel, () => hintFor(phone)));
    if (this.typing) nodes.push(this.kept("typing", "", () => make("li", { className: "bubble theirs typing", "aria-label": "Bot sedang mengetik" },
      make("div", { className: "paperback" }, make("i"), make("i"), make("i")))));
    for (const node of [...this.chat.children]) if (!nodes.includes(node)) node.remove();
    nodes.forEach((node, place) => this.chat.children[place] !== node && this.chat.insertBefore(node, this.chat.children[place] ?? null));
  }

  showTyping() {
    const last = this.phone.bubbles.at(-1);
    const waits = Boolean(last?.mine) && last.ticks !== "lost" && !this.phone.blocked;
    if (last?.id !== this.asked) [this.asked, this.askedAt] = [last?.id, Date.now()];
    const typing = waits && Date.now() - this.askedAt < TYPING_LASTS;
    this.state.textContent = this.phone.blocked ? "diblokir" : typing ? "sedang mengetik…" : this.phone.channel === "telegram" ? "bot" : "akun bisnis";
    if (typing === Boolean(this.typing)) return;
    this.typing = typing;
    this.drawBubbles(this.phone);
    if (this.atEnd) this.chat.scrollTop = this.chat.scrollHeight;
    // a bot that never answers does not write for ever
    clearTimeout(this.typingTimer);
    if (typing) this.typingTimer = setTimeout(() => this.showTyping(), TYPING_LASTS + 100);
  }

  resized() {
    this.shape = this.shapeOf();
    if (this.atEnd) this.chat.scrollTop = this.chat.scrollHeight;
  }

  shapeOf() {
    return `${this.chat.clientWidth}x${this.chat.clientHeight}`;
  }

  scrolled() {
    // a phone that became narrower scrolls by itself, before anybody is told of its new shape
    if (this.shape !== this.shapeOf()) return;
    this.atEnd = this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < NEAR_THE_END;
    this.showNewer();
  }

  showNewer() {
    if (this.atEnd) this.missed = 0;
    this.newer.hidden = this.atEnd;
    this.newer.textContent = this.missed ? `↓ ${this.missed}` : "↓";
    this.newer.setAttribute("aria-label", this.missed ? `${this.missed} pesan baru, ke bawah` : "Ke bawah");
  }

  toTheEnd() {
    this.chat.scrollTop = this.chat.scrollHeight;
    this.box.focus({ preventScroll: true });
  }

  kept(key, signature, draw) {
    const earlier = this.drawn.get(key);
    if (earlier?.signature === signature) return earlier.node;
    const node = draw();
    this.drawn.set(key, { signature, node });
    return node;
  }

  drawKeyboard(keyboard) {
    this.offered.replaceChildren(...(keyboard?.keyboard ?? []).map((row) => make("div", {}, ...row.map((button) => {
      const todo = button.request_contact ? () => this.act("share_contact", {})
        : button.request_location ? () => this.act("send_location", { latitude: 1.4892, longitude: 102.0797 })
        : () => this.act("type", { text: button.text });
      return make("button", { type: "button", onclick: todo }, button.text);
    }))));
  }

  bubbleMenu(bubble) {
    const phones = [...this.known.values()].filter((phone) => phone.channel === "whatsapp" || phone.started);
    const own = bubble.mine && bubble.kind === "text" && this.phone.channel === "telegram";
    const forward = [["to", "Teruskan ke bot dari ponsel", phones.map((phone) => [phone.id, phone.name])]];
    if (own) forward.unshift(["text", "Ubah pesan menjadi", bubble.text]);
    question(this.element, own ? "Ubah atau teruskan pesan" : "Teruskan pesan", forward, ({ to, text }) =>
      text !== undefined && text !== bubble.text ? this.act("edit", { message: bubble.id, text })
        : this.act("forward", { of: this.id, message: bubble.id }, to));
  }

  async tap(message, button) {
    const answer = await this.act("tap", { message, button });
    if (answer?.result?.startsWith("http")) window.open(answer.result, "_blank", "noopener");
  }

  async act(action, body, id = this.id) {
    try {
      return await ask(`phones/${id}/${action}`, body);
    } catch (error) {
      this.say(error.message);
    }
  }

  async send(event) {
    event?.preventDefault();
    const text = this.box.value;
    if (text.trim() && (await this.act("type", { text }))) {
      this.box.value = "";
      this.chat.scrollTop = this.chat.scrollHeight;
    }
    this.box.focus();
  }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    this.send(event);
  }

  say(words) {
    this.toast.textContent = words;
    this.toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => (this.toast.hidden = true), 5000);
  }

  focus() {
    this.element.scrollIntoView({ block: "nearest", inline: "nearest" });
    const first = [this.startButton, this.unblockButton].find((button) => !button.hidden) ?? this.box;
    first.focus({ preventScroll: true });
  }
}
