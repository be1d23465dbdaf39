// A passphrase of six words: made without bias, read forgivingly. What is sealed with it is the folded form.
import { WORDS } from "./words"

const COUNT = 6

/** Six random words, 66 bits. */
export function makePassphrase(): string[] {
  // 2,048 divides 65,536: no word is likelier than another.
  return Array.from(crypto.getRandomValues(new Uint16Array(COUNT)), (random) => WORDS[random % WORDS.length])
}

/** What was typed, as it was sealed: lower case, no accents, one space between words; commas, dashes and numbers in a list are dropped. */
export function fold(typed: string): string {
  return typed
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/đ/g, "d")
    .replace(/[^a-z]+/g, " ")
    .trim()
}
