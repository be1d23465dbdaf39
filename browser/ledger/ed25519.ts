// Ed25519 signatures: the browser's own where it has them (Chrome 137, Safari 17, Firefox 129), else a library that is fetched when it is needed.
import type { Bytes } from "../sealed/bytes"

export type Library = (signature: Uint8Array, message: Uint8Array, key: Uint8Array) => boolean

let load: () => Promise<Library> = () => Promise.reject(new Error("no Ed25519"))
let library: Promise<Library> | null = null

/** Where to get a library from, should the browser have no Ed25519. */
export function fallBackOn(loader: () => Promise<Library>): void {
  load = loader
  library = null
}

const own = (key: Uint8Array): Promise<CryptoKey | null> =>
  crypto.subtle.importKey("raw", key as Bytes, { name: "Ed25519" }, false, ["verify"]).catch(() => null)

/** Fetches ahead what `verify` will need. */
export async function warmUp(): Promise<void> {
  // The base point, which is a key like any other.
  if (!(await own(new Uint8Array(32).fill(0x66).fill(0x58, 0, 1)))) await (library ??= load())
}

/** Whether `key`, 32 bytes, signed `message`. Rejects only where there is neither a native nor a fetched implementation. */
export async function verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const imported = await own(key)
  if (imported) return crypto.subtle.verify("Ed25519", imported, signature as Bytes, message as Bytes)
  const check = await (library ??= load()).catch((error) => {
    library = null // the line dropped: the next question asks again
    throw error
  })
  try {
    return check(signature, message, key)
  } catch {
    return false
  }
}
