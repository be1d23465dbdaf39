// A passphrase of six words: made without bias, read forgivingly. What is sealed with it is the folded form.
import { WORDS } from "./words"

const COUNT = 6

/** Six random words, 66 bits. */
export function makePassphrase(): string[] {
  // 2,048 divides 65,536: no word is likelier than another.
  return Array.from(crypto.getRandomValues(new Uint16Array(COUNT)), (random) => WORDS[random % WORDS.length])
}

/** In characters: six words written most spaciously, accents apart, are a tenth of this. */
const LONGEST = 1000

/** Whether this can't be a passphrase, however it was typed: a file was pasted, or a book. Asked before anything is done with it. */
export function tooLong(typed: string): boolean {
  return typed.length > LONGEST
}

/**
 * What was typed, as it was sealed: lower case, no accents, one space between words; commas, dashes and numbers in a list are dropped.
 * Letters of full width are taken for the plain ones, and what nobody sees (soft hyphens, marks of direction) is not there.
 */
export function fold(typed: string): string {
  return typed
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}]/gu, "")
    .toLowerCase()
    .replace(/đ/g, "d")
    .replace(/[^a-z]+/g, " ")
    .trim()
}
