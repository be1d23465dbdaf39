// What the browser tests reach into: the protocol's own code, as no page ever exposes it.
import * as age from "../../browser/sealed/age"
import * as bytes from "../../browser/sealed/bytes"
import * as header from "../../browser/sealed/header"
import * as part from "../../browser/sealed/part"
import * as pin from "../../browser/sealed/pin"
import * as pow from "../../browser/sealed/pow"
import * as receipt from "../../browser/sealed/receipt"
import * as statement from "../../browser/sealed/statement"
import * as tar from "../../browser/sealed/tar"
import * as photo from "../../browser/phone/photo"
import * as voice from "../../browser/phone/voice"
import { x25519 } from "../../browser/stubs/x25519"

Object.assign(globalThis, { lab: { age, bytes, header, part, photo, pin, pow, receipt, statement, tar, voice, x25519 } })
