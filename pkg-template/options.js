/** Merge strategies: of a record with two states, the server's or this client's is kept. */
export const REMOTE_WINS = (localValue, localVersion, remoteValue, remoteVersion, callback) =>
  callback(null, remoteValue)

export const LOCAL_WINS = (localValue, localVersion, remoteValue, remoteVersion, callback) =>
  callback(null, localValue)

/** The defaults, as the JS client has them, with those of this client's own options. */
export const Options = {
  nativeTimerRegistry: true,
  intervalTimerResolution: 50,
  subscriptionInterval: 100,
  heartbeatInterval: 30000,
  heartbeatTimeoutAction: 'error',
  reconnectIntervalIncrement: 4000,
  maxReconnectInterval: 180000,
  maxReconnectAttempts: 5,
  connectTimeout: 10000,
  authenticationTimeout: 30000,
  maxQueuedMessages: 100000,
  maxQueuedBytes: 16777216,
  subscriptionTimeout: 2000,
  recordReadAckTimeout: 15000,
  recordReadTimeout: 15000,
  recordDeleteTimeout: 15000,
  offlineBufferTimeout: 2000,
  recordDiscardTimeout: 5000,
  offlineEnabled: false,
  saveUpdatesOffline: false,
  recordReadOnlyMode: false,
  recordPrefixWriteWhitelist: [],
  path: '/deepstream',
  mergeStrategy: REMOTE_WINS,
  recordDeepCopy: true,
  dirtyStorageName: '__ds__dirty_records',
  ignorePrefixes: [],
  storageName: 'indexdb',
  indexdb: {
    autoVersion: false,
    dbVersion: 1,
    primaryKey: 'id',
    storageDatabaseName: 'deepstream',
    defaultObjectStoreName: 'records',
    objectStoreNames: [],
    flushTimeout: 50,
  },
  localstorage: {
    nodeStoragePath: './local-storage',
    nodeStorageSize: 5,
  },
  lazyConnect: false,
  debug: false,
  initialRecordVersion: 1,
}
