// The village's clock goes forward only, in steps somebody would ask for.

import { make, timeOf } from "./element.js";
import { ask } from "./village.js";

const HOUR = 3600, DAY = 24 * HOUR, WIB = 7 * HOUR;

function untilMonday(iso) {
  const local = new Date(iso).getTime() / 1000 + WIB;
  const days = (8 - new Date(local * 1000).getUTCDay()) % 7 || 7;
  return (Math.floor(local / DAY) + days) * DAY + 8 * HOUR - local;
}

export class Clock {
  constructor(element) {
    this.time = make("p", { className: "time" });
    const steps = [
      ["+1 jam", () => HOUR], ["+1 hari", () => DAY], ["+3 hari", () => 3 * DAY], ["Senin depan 08.00", untilMonday],
    ].map(([words, seconds]) => make("button", { type: "button", onclick: () => this.advance(seconds) }, words));
    element.append(this.time, make("div", { className: "steps" }, ...steps));
  }

  show(iso) {
    this.time.textContent = timeOf(iso);
  }

  async advance(seconds) {
    const { now } = await ask("clock");
    this.show((await ask("clock", { advance_seconds: seconds(now) })).now);
  }
}
