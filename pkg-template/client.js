import {
  AnonymousRecord,
  DeepstreamClient as WasmClient,
  Dequeue,
  EventHandler,
  List,
  ListenResponse,
  MergeResponse,
  PresenceHandler,
  Record,
  RecordHandler,
  RPCHandler,
  RPCResponse,
} from '../target/wasm-pack/short.js'
import { Given } from './given.js'
import { guardMethods } from './methods.js'
import { LOCAL_WINS, REMOTE_WINS } from './options.js'
import { readInPlace } from './reading.js'
import { handOverAtOnce } from './usual.js'

/**
 * The class that users see, over the one that wasm-bindgen generates.
 *
 * `instantiate` makes sure that the wasm runs, or throws why it cannot. It is called when a client
 * is made and not before, so that importing the package costs and needs nothing.
 */
export function defineClient(instantiate) {
  for (const Class of CLASSES) guardMethods(Class)
  for (const Class of [Record, AnonymousRecord]) readInPlace(Class)
  handOverAtOnce(EventHandler, Record)
  for (const name of OPENERS) keepOwners(RecordHandler.prototype, name)
  return class extends WasmClient {
    // Said so, because bundlers rename classes, and consoles would show that name.
    static name = 'DeepstreamClient'

    // What JavaScript gave to the client lives and dies with this object: the wasm side keeps only
    // keys into it, because anything that wasm itself refers to is never garbage.
    #held

    // The parts, once each was asked for: they may be asked for at every call.
    #event
    #rpc
    #presence
    #record

    constructor(url, options) {
      requireWebSocket()
      instantiate()
      // There before the options are read, which may name them.
      const held = new Map([
        ['REMOTE_WINS', REMOTE_WINS],
        ['LOCAL_WINS', LOCAL_WINS],
      ])
      super(url, options, held)
      // Nothing to be looped over, or written down as JSON.
      Object.defineProperty(this, '__wbg_ptr', { enumerable: false })
      held.set(0, this)
      this.#held = held
    }

    get event() {
      return (this.#event ??= part(super.event, this))
    }

    get rpc() {
      return (this.#rpc ??= part(super.rpc, this))
    }

    get presence() {
      return (this.#presence ??= part(super.presence, this))
    }

    get record() {
      return (this.#record ??= part(super.record, this))
    }
  }
}

/** A part of a client keeps the client alive: a page may hold on to nothing else of it. */
class Part extends Given {
  #client

  constructor(object, client) {
    super(object)
    this.#client = client
  }

  static client(object) {
    return object.#client
  }
}

const part = (object, client) => new Part(object, client)

/** Has what a method of a part returns keep the client alive, as the part does. */
function keepOwners(prototype, name) {
  const method = prototype[name]
  prototype[name] = function (...args) {
    return part(method.apply(this, args), Part.client(this))
  }
}

const OPENERS = ['getRecord', 'getList', 'getDq', 'getAnonymousRecord']

const CLASSES = [
  AnonymousRecord,
  Dequeue,
  EventHandler,
  List,
  ListenResponse,
  MergeResponse,
  PresenceHandler,
  Record,
  RecordHandler,
  RPCHandler,
  RPCResponse,
  WasmClient,
]

function requireWebSocket() {
  if (typeof WebSocket === 'undefined') {
    throw new Error(
      'deepstream-wasm: there is no WebSocket here. Node has one from version 22 on; ' +
        'elsewhere put one on globalThis before making a client.',
    )
  }
}
