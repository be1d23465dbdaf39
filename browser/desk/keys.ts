// The keys' pages: which of them this is, the page says.
import { boxPage } from "./keys/box"
import { foundPage } from "./keys/found"
import { ownPage } from "./keys/own"
import { recoverPage } from "./keys/recover"
import { recordPage, remakePage } from "./keys/remake"
import { renewPage } from "./keys/renew"

const PAGES: Record<string, () => void> = { own: ownPage, box: boxPage, found: foundPage, renew: renewPage, recover: recoverPage, remake: remakePage, record: recordPage }

const page = document.querySelector<HTMLElement>("[data-page]")?.dataset.page ?? ""
PAGES[page]?.()
