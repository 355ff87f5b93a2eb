// Runs in the page, before the SDK: notes with their times what a client tells its page, and what it
// asks of the browser's WebSocket. Each note goes to the test at once through the `report` binding.
(() => {
  const now = () => performance.timeOrigin + performance.now()

  // JSON has no `undefined`, which is a documented argument of `error`, and no Event objects.
  const portable = (value) =>
    JSON.stringify(value, (key, inner) => {
      if (inner === undefined) return '__undefined__'
      if (typeof inner === 'number' && !Number.isFinite(inner)) return String(inner)
      if (inner instanceof Error) return { name: inner.name, message: inner.message }
      if (inner instanceof Event) return { event: inner.type }
      return inner
    })

  const note = (client, kind, ...args) => {
    if (window.report) window.report(portable({ at: now(), client, kind, args }))
  }

  const NAMES = [
    'connectionStateChanged',
    'error',
    'clientDataChanged',
    'reauthenticationFailure',
    'MAX_RECONNECTION_ATTEMPTS_REACHED',
  ]

  let clients = 0

  window.recorder = {
    note: (kind, ...args) => note(null, kind, ...args),
    /** Notes everything that a client emits under the name `label`. */
    watch(client, label = `client ${++clients}`) {
      for (const name of NAMES) client.on(name, (...args) => note(label, name, ...args))
      return client
    },
    /** How a promise ended, in a form that travels to the test. */
    settled(promise) {
      return promise.then(
        (resolved) => ({ resolved }),
        (error) => ({ rejected: error instanceof Error ? `${error.name}: ${error.message}` : error }),
      )
    },
    /** What a page would do, watched from the first moment on. */
    connect(url, options) {
      window.client = this.watch(window.deepstream(url, options))
      return window.client
    },
  }

  // The sockets stay the browser's own: only their birth, their end and the calls of close are noted.
  let sockets = 0
  window.WebSocket = new Proxy(window.WebSocket, {
    construct(Target, args, newTarget) {
      const socket = Reflect.construct(Target, args, newTarget)
      const number = ++sockets
      note(null, 'dial', number, String(args[0]))
      socket.addEventListener('open', () => note(null, 'socket-open', number))
      socket.addEventListener('close', () => note(null, 'socket-close', number))
      return socket
    },
  })
})()
