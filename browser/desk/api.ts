// Asking the desk's JSON addresses, as the officer signed in.

/** `code` as the server said; `network` when nothing came back. The message is a sentence for the officer. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

const NO_LINE = {
  vi: "Không nối được máy chủ. Đồng chí kiểm tra mạng rồi thử lại.",
  en: "The server can't be reached. Check the network and try again.",
}

export const REFUSED = "keng:refused"

/**
 * Says on the page that the server refused something: whoever holds keys looks at once whether they still may. Returns whether
 * somebody here does, and so will say on the page why nothing works any more.
 */
export function refused(status: number, code: string): boolean {
  if (status !== 403 && status !== 404) return false
  return !document.dispatchEvent(new CustomEvent(REFUSED, { detail: code, cancelable: true }))
}

function noLine(): ApiError {
  return new ApiError("network", 0, document.documentElement.lang === "en" ? NO_LINE.en : NO_LINE.vi)
}

async function ask<Answer>(address: string, options: RequestInit): Promise<Answer> {
  const headers = { Accept: "application/json", ...options.headers }
  const response = await fetch(address, { credentials: "same-origin", cache: "no-store", ...options, headers }).catch(() => {
    throw noLine()
  })
  const answer = await response.json().catch(() => {
    throw noLine()
  })
  if (!response.ok) {
    refused(response.status, String(answer.error))
    throw new ApiError(String(answer.error), response.status, String(answer.message))
  }
  return answer as Answer
}

export function getJson<Answer>(address: string): Promise<Answer> {
  return ask(address, {})
}

export function postJson<Answer>(address: string, body: object): Promise<Answer> {
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf]")?.content ?? ""
  const headers = { "Content-Type": "application/json", "X-CSRFToken": token }
  return ask(address, { method: "POST", headers, body: JSON.stringify(body) })
}
