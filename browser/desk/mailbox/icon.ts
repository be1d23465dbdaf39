// Small drawings beside words that say the same; nobody who hears the page misses anything.
const SHAPES: Record<string, string> = {
  person: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-5.5 6a5.5 5.5 0 0 1 11 0",
  in_person: "M5 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1 14a4 4 0 0 1 8 0M11 7.5a2.2 2.2 0 1 0 0-4.4M11 10a4 4 0 0 1 4 4",
  phone: "M4 1.5h8v13H4zM7 12.5h2",
  zalo: "M2 3h12v8H8l-3.5 3v-3H2Z",
  facebook: "M2 2.5h12v11H2zM8.5 13V7.5a2 2 0 0 1 2-2M6.5 9h4",
  vneid: "M1.5 3h13v10h-13zM5 8.2a1.4 1.4 0 1 0 0-2.8 1.4 1.4 0 0 0 0 2.8ZM3 11a2 2 0 0 1 4 0M9.5 6.5h3M9.5 9.5h3",
  portal: "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM1.5 8h13M8 1.5c3.5 4 3.5 9 0 13-3.5-4-3.5-9 0-13",
  link: "M6.5 9.5a3 3 0 0 0 4.2 0l2.4-2.4a3 3 0 0 0-4.2-4.2L8 3.8M9.5 6.5a3 3 0 0 0-4.2 0L2.9 8.9a3 3 0 0 0 4.2 4.2l.9-.9",
  from: "M2 8h11M9 4l4 4-4 4",
}
const SVG = "http://www.w3.org/2000/svg"

export function icon(name: string): SVGElement {
  const drawing = document.createElementNS(SVG, "svg")
  drawing.setAttribute("viewBox", "0 0 16 16")
  drawing.setAttribute("class", "icon")
  drawing.setAttribute("aria-hidden", "true")
  const path = document.createElementNS(SVG, "path")
  path.setAttribute("d", SHAPES[name] ?? SHAPES.portal)
  drawing.append(path)
  return drawing
}
