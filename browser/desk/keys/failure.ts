// What to say when a step fails: the server's sentence, ours, or, for what nobody foresaw, a general one.
import { ApiError } from "../api"
import { words } from "../strings"

/** A step that must stop here, with the sentence for the officer. */
export class Stop extends Error {}

export function sentence(error: unknown): string {
  if (error instanceof Stop || error instanceof ApiError) return error.message
  console.error(error)
  return words.failed
}
