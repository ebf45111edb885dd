// What else a phone can send: a picture, a paper, where it is, and whose number.

import { make } from "./element.js";
import { base64 } from "./village.js";

const BENGKALIS = { latitude: 1.4892, longitude: 102.0797 };

function picker(accept, onFile) {
  const input = make("input", { type: "file", accept, hidden: true });
  input.addEventListener("change", () => input.files[0] && onFile(input.files[0]).finally(() => (input.value = "")));
  return input;
}

export function attachMenu(act, dialog) {
  const upload = (action) => async (file) =>
    act(action, { name: file.name, mime: file.type || "application/octet-stream", base64: await base64(file) });
  const photo = picker("image/png,image/jpeg,image/webp", upload("send_photo"));
  const paper = picker("", upload("send_document"));
  const choices = [
    ["🖼️ Foto", () => photo.click()],
    ["📄 PDF / berkas", () => paper.click()],
    ["📍 Lokasi", () => dialog("Kirim lokasi", [["latitude", "Lintang", BENGKALIS.latitude], ["longitude", "Bujur", BENGKALIS.longitude]],
      ({ latitude, longitude }) => act("send_location", { latitude: Number(latitude), longitude: Number(longitude) }))],
    ["👤 Kontak saya", () => act("share_contact", {})],
    ["👥 Kontak orang lain", () => dialog("Kirim kontak orang lain", [["name", "Nama", ""], ["number", "Nomor", ""]],
      (card) => act("send_contact", card))],
  ];
  return menu("📎", "Lampirkan", choices, [photo, paper]);
}

export function menu(sign, label, choices, hidden = []) {
  const details = make("details", { className: "menu" });
  const items = choices.map(([words, todo]) => make("button", {
    type: "button",
    onclick: () => {
      details.open = false;
      todo();
    },
  }, words));
  details.append(make("summary", { "aria-label": label, title: label }, sign), make("div", { className: "items" }, ...items), ...hidden);
  details.addEventListener("keydown", (event) => event.key === "Escape" && (details.open = false));
  details.addEventListener("focusout", (event) => event.relatedTarget && !details.contains(event.relatedTarget) && (details.open = false));
  return details;
}

// one thumb opens one thing: whatever else was open closes when it presses elsewhere. The panels beside the shelf close
// only after that press has done its work: they have room of their own, and no phone may move under the thumb
function closes(when, opened) {
  document.addEventListener(when, ({ target }) => {
    for (const each of document.querySelectorAll(opened)) if (!each.contains(target)) each.open = false;
  });
}
closes("pointerdown", "details.menu[open]");
closes("click", ".shelf details[open]");

export function question(host, title, fields, onAnswer, { words = "", yes = "Kirim" } = {}) {
  const inputs = fields.map(([name, words, value]) =>
    make("label", {}, words, Array.isArray(value)
      ? make("select", { name }, ...value.map(([id, label]) => make("option", { value: id }, label)))
      : make("input", { name, value, required: true })));
  const form = make("form", { method: "dialog" }, make("h3", {}, title), words && make("p", {}, words), ...inputs,
    make("div", { className: "steps" },
      make("button", { className: "primary" }, yes),
      make("button", { type: "button", onclick: () => dialog.close() }, "Batal")));
  const dialog = make("dialog", {}, form);
  form.addEventListener("submit", () => onAnswer(Object.fromEntries(new FormData(form))));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("keydown", (event) => event.key === "Escape" && dialog.close());
  host.append(dialog);
  // what one phone asks is no business of the others
  if (host === document.body) dialog.showModal();
  else dialog.show();
}
