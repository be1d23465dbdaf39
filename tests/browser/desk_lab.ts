// What the tests of keys reach into: the desk's code for passphrases, keyrings and ceremonies, as no page ever exposes it.
import { run } from "../../browser/desk/age-passphrase"
import * as ceremony from "../../browser/desk/keys/ceremony"
import { firstWrong } from "../../browser/desk/keys/own"
import * as officer from "../../browser/desk/officer"
import * as passphrase from "../../browser/desk/passphrase"
import * as unlock from "../../browser/desk/unlock"
import { WORDS } from "../../browser/desk/words"

Object.assign(globalThis, { desk: { ceremony, firstWrong, officer, passphrase, run, unlock, WORDS } })
