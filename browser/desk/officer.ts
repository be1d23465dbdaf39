// An officer's own age key, and the fingerprint that colleagues compare face to face.
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "../sealed/age"
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

/** The text in an age file. Rejects when `identity` does not open it. */
export async function openWith(identity: string, sealed: Uint8Array): Promise<string> {
  return text(await openBytes(identity, sealed))
}

export async function openBytes(identity: string, sealed: Uint8Array): Promise<Uint8Array> {
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  return decrypter.decrypt(sealed)
}
