// Stands in for what the age library can do and we never ask for: post-quantum and tag recipients, passkeys, ASCII
// armour and, on the reporter's side, passphrases. Leaving them out halves the bundle.
const absent = (): never => {
  throw new Error("left out")
}
export const MLKEM768P256 = absent
export const MLKEM768X25519 = absent
export const p256 = absent
export const scrypt = absent
