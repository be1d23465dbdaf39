// Words of a language that was added from the desk, laid over the Vietnamese ones, and the marks by which a sentence says how far
// it is to be trusted. A marked sentence is OPEN vietnamese SHUT where nobody has translated it, OPEN vietnamese MID draft SHUT where no
// native reader has approved the translation; a reviewed one is bare. `keng.mailbox.languages.catalogue` writes them.

const MARKED = /\ue000([^\ue001\ue002]*)(?:\ue001([^\ue002]*))?\ue002/

/** What a marked text is made of: bare text, then Vietnamese and draft (or undefined), then bare text again, and so on. */
export const pieces = (text: string): (string | undefined)[] => text.split(MARKED)

/** The sentence as text alone, for an attribute or within another sentence: a draft keeps its Vietnamese. */
export const bare = (text: string): string =>
  text.split(MARKED).reduce((all: string, piece = "", i) => all + (i % 3 === 2 && piece ? ` (${piece})` : piece), "")

/** Fills `{name}` with its value. */
export const put = (sentence: string, values: Record<string, string | number>): string =>
  sentence.replace(/\{(\w+)\}/g, (_, name: string) => bare(String(values[name])))

export type Words = { [key: string]: string | undefined | Words }

/** Lays `over`, by key with dots, over `words`; what it lacks stays Vietnamese and is marked so. */
export function overlay(words: Words, over: Record<string, string>, name: string): void {
  for (const [key, own] of Object.entries(words)) {
    const path = `${name}.${key}`
    if (typeof own === "object") overlay(own, over, path)
    else words[key] = over[path] ?? `\ue000${own}\ue002`
  }
}

export const kilobytes = (sent: number, total: number): string => `${Math.round(sent / 1024)} / ${Math.round(total / 1024)} KB`
