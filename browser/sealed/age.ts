// The one door to the age library, so that what is used of it can be seen at a glance.
export { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption"
