// A drawing for each kind of outcome: lines of one weight on 24 x 24, in the colour of the text. The words beside it say the same.

const SVG = "http://www.w3.org/2000/svg"

const PATHS: Record<string, string> = {
  major_case: "M3 6h6l2 2h10v11H3zM12 10.5l1 2 2.2.2-1.7 1.5.6 2.1-2.1-1.1-2.1 1.1.6-2.1-1.7-1.5 2.2-.2z",
  other_case: "M3 6h6l2 2h10v11H3z",
  arrest: "M7 11a4 4 0 1 0 .01 0zM17 11a4 4 0 1 0 .01 0zM7 11V7a5 5 0 0 1 10 0v4M11 15h2",
  illegal_resident: "M6 3h12v18H6zM12 8a2.5 2.5 0 1 0 .01 0zM9 17h6",
  weapon: "M3 8h17v4h-8l-1.5 6H6l1.5-6H3zM12 12c0 2-1 3-2.5 3",
  victim: "M12 20s-7-4.4-7-9.5A3.8 3.8 0 0 1 12 8a3.8 3.8 0 0 1 7 2.5C19 15.6 12 20 12 20z",
  exhibit: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
  money: "M3 7h18v10H3zM12 9.5a2.5 2.5 0 1 0 .01 0zM6 12h.01M18 12h.01",
  administrative: "M6 3h9l3 3v15H6zM9 9h6M9 13h6M9 17h3",
}

export function icon(kind: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg")
  const path = document.createElementNS(SVG, "path")
  path.setAttribute("d", PATHS[kind] ?? PATHS.exhibit)
  svg.setAttribute("viewBox", "0 0 24 24")
  svg.setAttribute("class", "kind-icon")
  svg.setAttribute("aria-hidden", "true")
  svg.append(path)
  return svg
}
