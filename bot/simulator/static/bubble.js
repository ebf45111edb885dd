// One bubble in a chat, drawn from what the simulator says about it.

import { hourOf, make } from "./element.js";

const TICKS = {
  queued: ["🕓", "menunggu"], sent: ["✓", "terkirim"], delivered: ["✓✓", "sampai"], read: ["✓✓", "dibaca"],
  undelivered: ["⚠", "tidak sampai"], failed: ["⚠", "gagal"], lost: ["⚠", "bot tidak menerima; di WhatsApp sungguhan ini tidak terlihat"],
};

const bytes = (size) => (size > 1e6 ? `${(size / 1e6).toFixed(1)} MB` : `${Math.max(1, Math.round(size / 1e3))} kB`);

function content(bubble) {
  const address = bubble.file && `/sim/files/${encodeURIComponent(bubble.file)}`;
  switch (bubble.kind) {
    case "photo":
      return make("img", { src: address, alt: bubble.text || "Foto", loading: "lazy" });
    case "document":
      return make("a", { className: "paper", href: address, download: bubble.paper?.name ?? "berkas" },
        make("span", { "aria-hidden": "true" }, "📄"), make("b", {}, bubble.paper?.name ?? "berkas"),
        make("small", {}, bytes(bubble.paper?.size ?? 0)));
    case "location":
      return make("span", { className: "place" }, `📍 ${bubble.place[0]}, ${bubble.place[1]}`);
    case "contact":
      return make("span", { className: "vcard" }, make("b", {}, `👤 ${bubble.card.first_name}`), bubble.card.phone_number);
    default:
      return null;
  }
}

function ticks(bubble) {
  const [sign, words] = TICKS[bubble.ticks] ?? [];
  return sign && make("span", { className: `ticks ${bubble.ticks}`, title: words, "aria-label": words }, sign);
}

function buttons(bubble, waiting, onTap) {
  let index = 0;
  return bubble.buttons.map((row) => make("div", { className: "inline" }, ...row.map((button) => {
    const number = index++;
    const turning = waiting.some((each) => each.message === bubble.id && each.button === number);
    const drawn = make("button", { type: "button", className: button.style ?? "", onclick: () => onTap(bubble.id, number) }, button.text);
    if (turning) {
      drawn.classList.add("turning");
      drawn.setAttribute("aria-busy", "true");
    }
    return drawn;
  })));
}

export function drawBubble(bubble, phone, { onTap, onMenu }) {
  const waiting = Object.values(phone.waiting);
  const side = bubble.mine ? "mine" : "theirs";
  return make("li", { className: `bubble ${side}`, data: { message: bubble.id } },
    make("div", { className: "paperback" },
      bubble.forwarded && make("small", { className: "forwarded" }, "Diteruskan"),
      content(bubble),
      bubble.text && make("p", {}, bubble.text),
      make("small", { className: "meta" }, bubble.edited ? "diubah " : "", hourOf(bubble.at), " ", (bubble.mine && ticks(bubble)) || ""),
      make("button", { type: "button", className: "more", "aria-label": "Pilihan pesan", onclick: () => onMenu(bubble) }, "⋯")),
    ...buttons(bubble, waiting, onTap));
}
