// Elements are made, never parsed from text, so that nothing a person writes can become a page.

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("aria-") || name === "role" || name === "for") element.setAttribute(name, value);
    else if (name === "data") Object.assign(element.dataset, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return element;
}

const wib = (options) => new Intl.DateTimeFormat("id-ID", { timeZone: "Asia/Jakarta", ...options });
const hour = wib({ hour: "2-digit", minute: "2-digit" });
const day = wib({ weekday: "long", day: "numeric", month: "long" });
const longTime = wib({ weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" });

export const hourOf = (seconds) => hour.format(seconds * 1000);
export const dayOf = (seconds) => day.format(seconds * 1000);
export const timeOf = (iso) => `${longTime.format(new Date(iso))} WIB`;
