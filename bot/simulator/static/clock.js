// The village's clock goes forward only, in steps somebody would ask for.

import { make, timeOf } from "./element.js";
import { ask } from "./village.js";

const HOUR = 3600, DAY = 24 * HOUR, WIB = 7 * HOUR;

function untilMonday(iso) {
  const local = new Date(iso).getTime() / 1000 + WIB;
  const days = (8 - new Date(local * 1000).getUTCDay()) % 7 || 7;
  return (Math.floor(local / DAY) + days) * DAY + 8 * HOUR - local;
}

// the date field knows no zone of its own: what is picked means Bengkalis
const picked = (words) => Date.parse(`${words}:00+07:00`);
const asField = (iso) => new Date(new Date(iso).getTime() + WIB * 1000).toISOString().slice(0, 16);

export class Clock {
  constructor(element, hour) {
    this.hour = hour;
    this.time = make("p", { className: "time" });
    this.field = make("input", { type: "datetime-local", id: "when", onchange: () => (this.touched = true) });
    this.problem = make("p", { className: "problem", role: "alert" });
    const steps = [
      ["+1 jam", () => HOUR], ["+1 hari", () => DAY], ["+3 hari", () => 3 * DAY], ["Senin depan 08.00", untilMonday],
    ].map(([words, seconds]) => make("button", { type: "button", onclick: () => this.advance(seconds) }, words));
    const jump = make("form", { className: "jump", onsubmit: (event) => this.jump(event) },
      make("label", { for: "when" }, "Majukan ke (WIB)"), this.field, make("button", { className: "primary" }, "Majukan"));
    element.append(this.time, make("div", { className: "steps" }, ...steps), jump, this.problem);
  }

  show(iso) {
    // one moment for both lines, or they differ by a minute
    this.hour.textContent = this.time.textContent = timeOf(iso);
    this.field.min = asField(iso);
    if (!this.touched) this.field.value = asField(iso);
  }

  async jump(event) {
    event.preventDefault();
    const when = picked(this.field.value);
    this.touched = false;
    await this.advance((now) => Math.ceil((when - new Date(now).getTime()) / 1000));
  }

  async advance(seconds) {
    this.problem.textContent = "";
    try {
      const { now } = await ask("clock");
      const step = seconds(now);
      if (!(step > 0)) throw new Error("Jam hanya dapat dimajukan.");
      this.show((await ask("clock", { advance_seconds: step })).now);
    } catch (error) {
      this.problem.textContent = error.message;
    }
  }
}
