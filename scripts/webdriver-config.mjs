// Prints webdriver.json for the Chrome that the environment names: the driver looks for its own.
import { readFileSync } from 'node:fs'

const config = JSON.parse(readFileSync(new URL('../webdriver.json', import.meta.url), 'utf8'))
if (process.env.CHROME) config['goog:chromeOptions'].binary = process.env.CHROME
console.log(JSON.stringify(config))
