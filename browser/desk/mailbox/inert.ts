// Text by strangers, made harmless to look at: it is only ever set as text, and what could turn lines round is written out.

// Controls but for tab and newline; marks that reorder or hide text (Unicode TR36, "Trojan Source").
const TRICKS =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Cs}]/gu
const CLAMP = 3000

/** The text with every such mark as `[U+202E]`, and all kinds of line ends as newlines. */
export function inert(s: string): string {
  return s
    .replace(/\r\n?|[\u2028\u2029\u0085]/g, "\n")
    .replace(TRICKS, (mark) => `[U+${mark.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}]`)
}

/** One line of at most `length` characters for lists. */
export function oneLine(s: string, length: number): string {
  const line = inert(s.slice(0, length * 4)).replace(/\s+/g, " ").trim()
  return line.length > length ? [...line].slice(0, length).join("") + "…" : line
}

/** The beginning of a very long text, or null when it is shown whole. Cut between characters, never inside one. */
export function clamped(s: string): string | null {
  if (s.length <= CLAMP + 500) return null
  const end = /[\ud800-\udbff]/.test(s[CLAMP - 1]) ? CLAMP - 1 : CLAMP
  return s.slice(0, end)
}

/** As `keng.core.text.fold`: lower case, no diacritics, single spaces. */
export function fold(s: string): string {
  return s
    .replace(/[Đđ]/g, "d")
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .trim()
}
