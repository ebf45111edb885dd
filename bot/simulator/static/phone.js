// One phone on the table: a header, a chat, a keyboard if the bot offered one, and a place to write.

import { attachMenu, menu, question } from "./attach.js";
import { drawBubble } from "./bubble.js";
import { dayOf, make } from "./element.js";
import { ask } from "./village.js";

export class PhoneView {
  constructor(summary, { close, known }) {
    Object.assign(this, { id: summary.id, known, drawn: new Map(), atEnd: true, toastShown: null, phone: summary });
    const act = (action, body) => this.act(action, body);
    const dialog = (...details) => question(this.element, ...details);
    this.chat = make("ol", { className: "chat", "aria-label": `Percakapan ${summary.name}`, "aria-live": "polite" });
    this.toast = make("div", { className: "toast", role: "alert", hidden: true });
    this.offered = make("div", { className: "offered" });
    this.startButton = make("button", { type: "button", className: "start", onclick: () => act("start", {}) }, "Mulai");
    this.box = make("textarea", { rows: 1, placeholder: "Tulis pesan", onkeydown: (event) => this.key(event) });
    this.box.setAttribute("aria-label", `Pesan dari ${summary.name}`);
    this.composer = make("form", { className: "composer", onsubmit: (event) => this.send(event) },
      attachMenu(act, dialog), this.box, make("button", { className: "send", "aria-label": "Kirim" }, "➤"));
    this.state = make("small", {});
    new ResizeObserver(() => this.atEnd && (this.chat.scrollTop = this.chat.scrollHeight)).observe(this.chat);
    this.chat.addEventListener("scroll", () => (this.atEnd = this.chat.scrollHeight - this.chat.scrollTop - this.chat.clientHeight < 120));
    this.element = make("section", { className: `phone ${summary.channel}`, "aria-label": `Ponsel ${summary.name}`, data: { phone: summary.id } },
      make("header", {},
        make("span", { className: "face", "aria-hidden": "true" }, summary.name.slice(0, 1).toUpperCase()),
        make("div", { className: "who" }, make("b", {}, summary.name), make("small", {}, `${summary.number} · ${summary.channel === "telegram" ? "Telegram" : "WhatsApp"}`), this.state),
        menu("⋮", "Menu ponsel", [
          ["Blokir / buka blokir bot", () => act("block", { blocked: !this.phone.blocked })],
          ["Mulai dengan kode undangan", () => dialog("Buka tautan undangan", [["payload", "Kode", summary.code]], (answer) => act("start", answer))],
        ]),
        make("button", { type: "button", className: "close", "aria-label": `Tutup ponsel ${summary.name}`, onclick: () => close(this.id) }, "✕")),
      summary.note ? make("p", { className: "note" }, summary.note) : "",
      this.chat, this.toast, this.offered, this.startButton, this.composer);
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
    this.phone = phone;

    this.drawBubbles(phone);
    if (first || this.atEnd) this.chat.scrollTop = this.chat.scrollHeight;
    const mustStart = phone.channel === "telegram" && !phone.started;
    this.startButton.hidden = !mustStart;
    this.composer.hidden = mustStart || phone.blocked;
    this.state.textContent = phone.blocked ? "bot diblokir" : "";
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
    for (const node of [...this.chat.children]) if (!nodes.includes(node)) node.remove();
    nodes.forEach((node, place) => this.chat.children[place] !== node && this.chat.insertBefore(node, this.chat.children[place] ?? null));
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
    (this.startButton.hidden ? this.box : this.startButton).focus({ preventScroll: true });
  }
}
