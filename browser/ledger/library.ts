// Ed25519 for browsers that have none of their own, as a script of its own: `window.KENG_ED25519`.
import { ed25519 } from "@noble/curves/ed25519.js"

// Strict, as RFC 8032 and browsers do it: nothing that only some verifiers would take.
Object.assign(window, {
  KENG_ED25519: (signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean => ed25519.verify(signature, message, key, { zip215: false }),
})
