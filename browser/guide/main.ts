// The guide's only script: it lets the pictures' sentences be heard where they have been recorded. Without it the page reads all the same.
import { $, forgetOnLeaving } from "../phone/dom"
import { begin } from "../phone/prompts"

forgetOnLeaving()
begin(JSON.parse($("box").textContent ?? "").voice)
