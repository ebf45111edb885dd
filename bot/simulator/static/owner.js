// Whose phone it is, as it stands outside of it and on the shelf, and what to do with an empty one.

import { make } from "./element.js";

const CHANNELS = { telegram: "Telegram", whatsapp: "WhatsApp" };

export const channelOf = (phone) => CHANNELS[phone.channel];
export const plainName = (phone) => phone.name.replace(/\s*(\(contoh\)|—?\s*DATA CONTOH)/gi, "").trim();

// «Ketua Koperasi, Desa Wonosari — DATA CONTOH»: the place first, because it tells two phones apart
export function officeOf(phone) {
  const [office, ...place] = phone.note.replace(/\s*—?\s*DATA CONTOH/, "").split(", ");
  return { place: place.join(", "), office };
}

export function ownerOf(phone, closing) {
  const { place, office } = officeOf(phone);
  return make("div", { className: "owner" },
    make("div", { className: "who" },
      make("b", {}, plainName(phone)),
      make("small", {}, [office, place].filter(Boolean).join(", ") || "tanpa jabatan"),
      make("small", {}, make("span", { className: "badge" }, "DATA CONTOH"), ` ${phone.number} · ${channelOf(phone)}`)),
    closing);
}

export function hintFor(phone) {
  const words = phone.channel === "whatsapp"
    ? [phone.code ? `Tulis «Halo», lalu kode undangan dari kertasnya: ${phone.code}.`
      : "Tulis «Halo» untuk mulai. Nomor ini tidak punya kode undangan."]
    : phone.started ? ["Ponsel ini sudah dipakai. Tulis misalnya /menu atau /rekap."]
    : ["Tekan «Mulai», lalu bagikan nomornya."];
  return make("li", { className: "hint" }, ...words);
}
