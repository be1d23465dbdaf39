// An officer's own age key, and the fingerprint that colleagues compare face to face.
import { decrypterOf, Encrypter, generateX25519Identity, type Identities, identityToRecipient } from "../sealed/age"
import { text, utf8 } from "../sealed/bytes"
import { fingerprint } from "../sealed/statement"

export type Pair = { identity: string; recipient: string }

export async function newPair(): Promise<Pair> {
  const identity = await generateX25519Identity()
  return { identity, recipient: await identityToRecipient(identity) }
}

export const FINGERPRINT_LENGTH = 16

/** 16 characters (80 bits) of the recipient's hash, in groups of four. */
export async function officerFingerprint(recipient: string): Promise<string[]> {
  return inGroups((await fingerprint(utf8(recipient))).slice(0, FINGERPRINT_LENGTH))
}

export function inGroups(code: string): string[] {
  return code.match(/.{1,4}/g) ?? []
}

export async function sealTo(recipient: string, content: string | Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  return encrypter.encrypt(content)
}

/** The text in an age file. Rejects when none of `identities` opens it. */
export async function openWith(identities: Identities, sealed: Uint8Array): Promise<string> {
  return text(await openBytes(identities, sealed))
}

export async function openBytes(identities: Identities, sealed: Uint8Array): Promise<Uint8Array> {
  return decrypterOf(identities).decrypt(sealed)
}
