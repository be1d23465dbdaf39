// The one door to the age library, so that what is used of it can be seen at a glance.
import { Decrypter } from "age-encryption"

export { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption"

/** One identity, or all that a box has had since its key was changed. */
export type Identities = string | readonly string[]

/** Tries each identity in turn. */
export function decrypterOf(identities: Identities): Decrypter {
  const decrypter = new Decrypter()
  for (const identity of [identities].flat()) decrypter.addIdentity(identity)
  return decrypter
}
