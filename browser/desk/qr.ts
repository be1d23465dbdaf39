// A QR code as an SVG of our own making: no markup from a library goes into the page.
import { encode } from "uqr"

const SVG = "http://www.w3.org/2000/svg"
// Blank modules round the code (ISO/IEC 18004 asks for four).
const QUIET = 4

/** `text` as a QR code that a phone reads from paper. `label` is for those who can't see it. */
export function qr(text: string, label: string): SVGSVGElement {
  const { data, size } = encode(text, { ecc: "M", border: QUIET })
  const svg = document.createElementNS(SVG, "svg")
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`)
  svg.setAttribute("class", "qr-code")
  svg.setAttribute("role", "img")
  svg.setAttribute("aria-label", label)
  const path = document.createElementNS(SVG, "path")
  path.setAttribute("d", data.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join(""))
  svg.append(path)
  return svg
}
