// The receipt for the person, shown once: large on the screen, small on paper. It is on this page alone and goes with it.
import { groups } from "../../sealed/receipt"
import { el } from "../dom"
import { words } from "./words"

const today = (): string => new Date().toLocaleDateString("en-GB", { timeZone: "Asia/Ho_Chi_Minh" })

function print(): void {
  document.body.dataset["print"] = "slip"
  window.print()
  delete document.body.dataset["print"]
}

export function slip(receipt: string, boxTitle: string, address: string, left: HTMLElement | null): HTMLElement[] {
  const digits = el("output", { id: "receipt", className: "digits" }, ...groups(receipt).split(" ").map((group) => el("span", {}, group)))
  const paper = el(
    "div",
    { className: "slip" },
    el("h2", {}, words.slipTitle),
    el("p", {}, words.slipWhat(boxTitle, today())),
    el("p", {}, words.slipHow, " ", el("span", { className: "where" }, address.replace(/^https?:\/\//, ""))),
    digits,
    el("p", {}, words.slipKeep),
  )
  const press = el("button", { type: "button", id: "print-slip", className: "primary", onclick: print }, words.print)
  const another = el("a", { href: location.pathname, className: "button" }, words.another)
  const back = el("a", { href: "/mailbox/", className: "button" }, words.back)
  return [el("h1", {}, words.done), ...(left ? [left] : []), el("p", {}, words.give), paper, el("p", { className: "actions" }, press, " ", another, " ", back)]
}
