// The pin record: which root the reporter trusted and which parts they sent, under a key that only the receipt gives.
import { equal, hex, hmac, utf8 } from "./bytes"

/** `hour`: the reporter's, of the first part; absent from records made before there was one. */
export type Pin = { v: 1; box: string; root: string; seq: number; hour?: string; parts: string[] }
export type MadePin = { pin: string; pin_mac: string }

const macOf = async (pinKey: Uint8Array, text: string): Promise<string> => hex(await hmac(pinKey, utf8("keng/pin/1\n" + text)))

export async function makePin(pinKey: Uint8Array, record: Omit<Pin, "v">): Promise<MadePin> {
  const { box, root, seq, hour, parts } = record
  const pin = JSON.stringify({ v: 1, box, root, seq, hour, parts })
  return { pin, pin_mac: await macOf(pinKey, pin) }
}

/** The record, or null when it was altered: then trust nothing and seal nothing. */
export async function checkPin(pinKey: Uint8Array, { pin, pin_mac }: MadePin): Promise<Pin | null> {
  if (!equal(utf8(await macOf(pinKey, pin)), utf8(pin_mac))) return null
  return JSON.parse(pin) as Pin
}
