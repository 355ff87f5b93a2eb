import { chromium } from 'playwright-core'

/** The Chromium of the machine. */
export const EXECUTABLE = process.env.CHROME || '/usr/bin/chromium'

/** Containers run as root, without a GPU, and with little shared memory. */
export const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function launchChromium(options = {}) {
  return chromium.launch({ ...options, executablePath: EXECUTABLE, args: ARGUMENTS })
}
