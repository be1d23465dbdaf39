// The receipt, shown once: large, with two ways of keeping it and what each of them risks.
import { t } from "strings/report"

import { $, button, copy, el } from "../phone/dom"
import { groups } from "../sealed/receipt"
import { speaker } from "../phone/prompts"

const WIDTH = 720
const HEIGHT = 420

/** Draws the receipt and hands it to the phone as a picture with a name that says nothing. */
function savePicture(receipt: string): void {
  const canvas = el("canvas", { width: WIDTH, height: HEIGHT })
  const context = canvas.getContext("2d")
  if (!context) return
  context.fillStyle = "#fff"
  context.fillRect(0, 0, WIDTH, HEIGHT)
  context.fillStyle = "#1d1b18"
  context.textAlign = "center"
  context.font = "bold 64px monospace"
  const parts = groups(receipt).split(" ")
  context.fillText(parts.slice(0, 3).join(" "), WIDTH / 2, 150)
  context.fillText(parts.slice(3).join(" "), WIDTH / 2, 240)
  context.font = "32px sans-serif"
  context.fillText(`${location.host}/r`, WIDTH / 2, 350)
  canvas.toBlob((blob) => {
    const address = URL.createObjectURL(blob as Blob)
    el("a", { href: address, download: "ghi-chu.png" }).click()
    setTimeout(() => URL.revokeObjectURL(address), 60_000)
  })
}

/** The card that follows a text that has arrived; its last child leaves the page. `receipt` null: no answer wanted. */
export function receiptCard(receipt: string | null, back: string): HTMLElement {
  const heading = el("h2", { id: "done" }, speaker("report.arrived"), t.arrived)
  const leave = button(t.leave, () => $("exit").click(), { className: "send" })
  if (!receipt) return el("div", {}, heading, el("p", {}, speaker("report.nothingToKeep"), t.nothingToKeep), leave)
  const copied = el("p", { className: "s" })
  copied.setAttribute("role", "status")
  const code = el("output", { id: "receipt", className: "code" }, groups(receipt))
  return el(
    "div",
    {},
    heading,
    el("p", {}, speaker("report.keep"), t.keep),
    code,
    el(
      "div",
      { className: "row" },
      button(t.copy, () => void copy(groups(receipt)).then((done) => (copied.textContent = done ? t.copied : t.copyFailed))),
      button(t.save, () => savePicture(receipt)),
    ),
    copied,
    el("p", { className: "warn" }, speaker("report.risks"), t.risks),
    el("p", {}, t.lookUp, " ", el("a", { href: back }, t.backPage)),
    leave,
  )
}
