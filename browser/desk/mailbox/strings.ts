// The words of the page's language; `<html lang>` says which.
import { en } from "./strings.en"
import { vi } from "./strings.vi"

export type Words = typeof vi
export const lang = document.documentElement.lang === "en" ? "en" : "vi"
export const t: Words = lang === "en" ? en : vi
