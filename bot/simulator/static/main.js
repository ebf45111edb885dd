// The table: which phones lie on it, and who hears the news.

import { question } from "./attach.js";
import { Clock } from "./clock.js";
import { make } from "./element.js";
import { Faults } from "./faults.js";
import { PhoneView } from "./phone.js";
import { Shelf } from "./shelf.js";
import { ask, listen } from "./village.js";

const $ = (id) => document.getElementById(id);
const known = new Map();
const open = new Map();
const row = $("row");

const shelf = new Shelf($("shelf"), $("find"), $("new-phone"), { known, open, choose });
const clock = new Clock($("clock"), $("hour"));
const faults = new Faults($("faults"));

function choose(id) {
  if (open.has(id)) return open.get(id).focus();
  const view = new PhoneView(known.get(id), { close, known });
  open.set(id, view);
  row.append(view.element);
  view.refresh().then(() => view.focus());
  settle();
}

function close(id) {
  open.get(id)?.element.remove();
  open.delete(id);
  settle();
}

function settle() {
  $("empty").hidden = open.size > 0;
  sessionStorage.setItem("open", JSON.stringify([...open.keys()]));
  shelf.draw();
}

function showAlarm(news) {
  const alarms = news.faults.map((fault) => make("span", { className: "alarm" }, `⚡ ${faults.nameOf(fault)}`));
  if (news.complaints) {
    alarms.push(make("span", { className: "alarm", title: news.last_complaint }, `⚠ ${news.complaints} keluhan`));
  }
  $("alarm").replaceChildren(...alarms);
}

let born;

// another start of the program: its phones are not the ones on this page
function startAnew() {
  sessionStorage.removeItem("open");
  location.reload();
}

$("beginning").addEventListener("click", () => question(document.body, "Ulangi dari awal?",
  [["history", "Keadaan awal", [["yes", "Tiga minggu laporan contoh"], ["no", "Kosong, belum ada laporan"]]]],
  async ({ history }) => {
    const waiting = make("p", { role: "status" }, "Menyiapkan ulang…");
    const curtain = make("div", { className: "curtain" }, waiting);
    document.body.append(curtain);
    try {
      await ask("beginning", { history: history === "yes" });
    } catch (error) {
      waiting.textContent = error.message;
      curtain.addEventListener("click", () => curtain.remove());
    }
  }, { words: "Semua percakapan, laporan dan keputusan di simulator ini dihapus, dan jamnya kembali ke hari ini.", yes: "Ulangi" }));

listen(
  (news) => {
    if ((born ??= news.born) !== news.born) return void startAnew();
    for (const phone of news.phones) known.set(phone.id, phone);
    $("beginning").hidden = !news.can_begin_again;
    clock.show(news.now);
    faults.show(news.faults);
    showAlarm(news);
    const changed = news.all ? [...open.keys()] : news.phones.map((phone) => phone.id);
    for (const id of changed) open.get(id)?.refresh();
    if (news.all && open.size === 0) {
      for (const id of JSON.parse(sessionStorage.getItem("open") ?? "[]")) if (known.has(id)) choose(id);
    }
    shelf.draw();
  },
  (connected) => {
    $("line").textContent = connected ? "tersambung" : "terputus, mencoba lagi…";
    $("line").classList.toggle("down", !connected);
  },
);

setInterval(() => ask("clock").then(({ now }) => clock.show(now)).catch(() => {}), 20_000);
