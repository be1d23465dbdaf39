import type { t as vi } from "./strings.vi"

export const t: typeof vi = {
  photo: "Photo",
  voice: "Voice",
  remove: "Remove",
  stop: "Stop",
  speak: "Speak here",
  working: "Removing hidden information…",
  enough: "At most 8 photos and 3 recordings. Remove one, then add.",
  noMicrophone: "The microphone is refused. Press “Use the phone's own recorder”, or write.",
  zalo: "This page is open inside Zalo. If photos or recording are refused, press ⋯ at the top and choose “Open in browser”, or copy this address into Chrome:",
  copyAddress: "Copy the address",
  media: {
    heic: "A HEIC photo's hidden information can't be removed. Choose “Most compatible” in the camera settings and take it again, or add a screenshot of it.",
    video: "This is a video; its hidden information can't be removed. Add a screenshot of one moment, or tell it in words.",
    huge: "The picture is too large for this phone to open. Add a screenshot of it.",
    no_photo: "This file is no picture that can be read. Choose another, or take a screenshot.",
    no_sound: "This recording can't be read. Press “Speak here”, or write.",
    long: "The recording is longer than 3 minutes. Make a shorter one.",
  },
  kb: (sent, total) => `${Math.round(sent / 1024)} / ${Math.round(total / 1024)} KB`,
  waiting: (seconds) => `The line dropped. Trying again in ${seconds} s; what has arrived is not sent again. Keep this page open.`,
  refused: (reason) => `The server refused. ${reason}`,
}
