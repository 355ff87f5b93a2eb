// Never run: the compiler is what tests it. Each `@ts-expect-error` is a mistake it has to find.
import connect, {
  C,
  DeepstreamClient,
  DefaultOptions,
  Options,
  deepstream,
  type AuthenticationCallback,
  type ConnectionInfo,
  type ConnectionState,
  type EventCallback,
  type EventHandler,
  type IndividualQueryResult,
  type JSONObject,
  type JSONValue,
  type ListenCallback,
  type ListenResponse,
  type PresenceHandler,
  type QueryCallback,
  type QueryError,
  type QueryResult,
  type RPCHandler,
  type RPCMakeCallback,
  type RPCProvider,
  type RPCRequestor,
  type RPCResponse,
  type RecordOfflineStore,
  type ResumeCallback,
  type Socket,
  type SubscribeCallback,
  type Timeout,
  type TimerRef,
  type TimerRegistry,
  type offlineStoreWriteResponse,
} from 'deepstream-wasm';

/** Compiles only where the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function sameType<A, B>(_same: Same<A, B>): void {}

// Making a client
const client: DeepstreamClient = deepstream('localhost:6020');
connect('wss://example.com', { reconnectIntervalIncrement: 10000, maxReconnectAttempts: Infinity });
new DeepstreamClient('ws://localhost:6020', { heartbeatTimeoutAction: 'reconnect' });
// @ts-expect-error
deepstream();
// @ts-expect-error
deepstream(6020);
// @ts-expect-error
deepstream('localhost', { heartbeatInterval: '30s' });
// @ts-expect-error
deepstream('localhost', { heartbeatTimeoutAction: 'ignore' });
// @ts-expect-error
deepstream('localhost', { reconnectInterval: 1000 });

// States, by name and by constant
const state: C.CONNECTION_STATE = client.getConnectionState();
const name: ConnectionState = client.getConnectionState();
state === C.CONNECTION_STATE.OPEN;
state === 'OPEN';
name === C.CONNECTION_STATE.OPEN;
// @ts-expect-error
name === 'OPENED';
// @ts-expect-error
const wrongState: ConnectionState = 'CONNECTED';

// Listeners get what their event brings
client
  .on('connectionStateChanged', (changed) => sameType<typeof changed, C.CONNECTION_STATE>(true))
  .on(C.EVENT.CONNECTION_STATE_CHANGED, (changed) => changed === C.CONNECTION_STATE.ERROR)
  .once('clientDataChanged', (data) => sameType<typeof data, JSONObject>(true))
  .on('reauthenticationFailure', ({ reason }) => sameType<typeof reason, JSONValue>(true))
  .on('MAX_RECONNECTION_ATTEMPTS_REACHED', (attempts) => attempts.toFixed())
  .on('error', (meta, event, topic) => {
    sameType<typeof meta, unknown>(true);
    sameType<typeof event, string | undefined>(true);
    sameType<typeof topic, string>(true);
    event === C.EVENT.OUTGOING_QUEUE_FULL;
  })
  .on('error', (meta: string, event: string, topic: string) => [meta, event, topic])
  .on('my own', (first: number, second: string) => second.repeat(first))
  .emit('my own', 1, 'two')
  .off('my own');
// @ts-expect-error
client.on('connectionStateChanged', (changed: number) => changed);
// @ts-expect-error
client.off('connectionStateChanged', (changed: number) => changed);
// @ts-expect-error
client.once('clientDataChanged', (data: string) => data);
// @ts-expect-error
client.on('reauthenticationFailure', (reason: string) => reason);
// @ts-expect-error
client.on('MAX_RECONNECTION_ATTEMPTS_REACHED', (attempts: C.CONNECTION_STATE) => attempts);
// @ts-expect-error
client.on('error', (meta: Error, event: string, topic: boolean) => [meta, event, topic]);
// @ts-expect-error
client.on('connectionStateChanged', 'OPEN');
// @ts-expect-error
client.on('connectionStateChanged', { state: 'OPEN' });
// @ts-expect-error
client.on('connectionStateChanged');
// @ts-expect-error
client.emit('MAX_RECONNECTION_ATTEMPTS_REACHED', 'five');
// @ts-expect-error
client.emit('connectionStateChanged', 5);
// @ts-expect-error
client.emit('clientDataChanged', 'chris');

// As does what is removed again, and what knows nothing of its arguments is taken
declare const anyFunction: Function;
client
  .off('connectionStateChanged', (changed) => sameType<typeof changed, C.CONNECTION_STATE>(true))
  .on('connectionStateChanged', anyFunction)
  .once('error', anyFunction, anyFunction)
  .off('error', anyFunction);

const scope = { seen: 0 };
client.on('connectionStateChanged', function () { this.seen += 1; }, scope);
client.on('connectionStateChanged', function () { this.close(); });
client.off('connectionStateChanged', (changed: C.CONNECTION_STATE) => changed, scope);
declare const ownListener: (this: { seen: number }, changed: C.CONNECTION_STATE) => void;
client.off('connectionStateChanged', ownListener);
client.off();
client.removeContext(scope);
const heard: boolean = client.hasListeners('error');
const heardNames: string[] = client.eventNames();
declare const anyName: string;
client.on(anyName, (...args: unknown[]) => args);

// Login
const onLogin: AuthenticationCallback = (success, data) => {
  sameType<typeof success, boolean>(true);
  sameType<typeof data, JSONObject | null>(true);
};
const loggedIn: Promise<JSONObject> = client.login({ username: 'chris', groups: ['a', 'b'] });
client.login().then((data) => sameType<typeof data, JSONObject>(true));
const nothing: void = client.login(onLogin);
client.login({ token: 'secret' }, onLogin);
client.login((success) => success);
declare const onLoginOrNot: AuthenticationCallback | undefined;
const perhaps: Promise<JSONObject> | void = client.login(undefined, onLoginOrNot);
client.login({ token: 'secret' }, onLoginOrNot);
client.login(undefined, onLogin);
// @ts-expect-error
client.login('chris');
// @ts-expect-error
client.login({ when: () => 0 });
// @ts-expect-error
client.login({}, 'callback');
// @ts-expect-error
client.login(onLogin, {});

// Close, pause, resume
client.close();
client.pause();
const resumed: Promise<void> = client.resume();
const onResume: ResumeCallback = (error) => error?.['reason'];
client.resume(onResume);
const resumedToo: Promise<void> = client.resume(undefined);
declare const onResumeOrNot: ResumeCallback | undefined;
const resumedPerhaps: Promise<void> | void = client.resume(onResumeOrNot);
// @ts-expect-error
client.close(true);
// @ts-expect-error
client.resume('now');

const uid: string = client.getUid();

const info: ConnectionInfo = client.getConnectionInfo();
sameType<typeof info.nextAttemptIn, number | null>(true);
sameType<typeof info.heartbeatLatency, number | null>(true);
const sum: number =
  info.attempts +
  info.missedHeartbeats +
  info.heartbeats +
  info.queuedMessages +
  info.queuedBytes +
  info.bufferedAmount +
  info.url.length;
// @ts-expect-error
info.nextAttemptIn.toFixed();

// What an application has its own types for; an interface, which is no JSONObject
interface News {
  headline: string;
}
interface Sum {
  a: number;
  b: number;
}

// Events
const events: EventHandler = client.event;
events.emit('news');
events.emit('news', undefined);
events.emit('news', { headline: 'none', sections: [1, 'two', null] });
// @ts-expect-error
events.emit();
// @ts-expect-error
events.emit('news', () => 0);
// @ts-expect-error
client.event = client.event;

const onNews: EventCallback<News> = ({ headline }) => headline.length;
const onAnything: EventCallback = (data) => sameType<typeof data, JSONValue>(true);
events.subscribe('news', (data) => sameType<typeof data, JSONValue>(true));
events.subscribe('news', async (data) => sameType<typeof data, JSONValue>(true));
events.subscribe('news', (data: News) => data.headline);
events.subscribe('news', (data?: News) => data?.headline);
events.subscribe('news', onNews);
events.subscribe('news', onAnything);
events.subscribe('news', () => 0);
// @ts-expect-error
events.subscribe('news', (data) => data.headline);
// @ts-expect-error
events.subscribe('news', (data: News, more: string) => [data, more]);
// @ts-expect-error
events.subscribe('news');
// @ts-expect-error
events.subscribe(onNews);
// @ts-expect-error
events.subscribe('news', 'callback');
events.unsubscribe('news');
events.unsubscribe('news', undefined);
events.unsubscribe('news', onNews);
events.unsubscribe('news', onAnything);
// @ts-expect-error
events.unsubscribe();
// @ts-expect-error
events.unsubscribe('news', 'callback');
const subscribed: string[] = events.eventNames();

// Listening
const onListen: ListenCallback = (subscriptionName, response) => {
  sameType<typeof subscriptionName, string>(true);
  sameType<typeof response, ListenResponse>(true);
};
events.listen('^news/.*', onListen);
events.listen('^news/.*', (subscriptionName, { accept, reject, onStop }) => {
  if (subscriptionName === 'news/none') return reject();
  if (subscriptionName === 'news/old') return reject('not any more');
  accept();
  onStop((stopped) => sameType<typeof stopped, string>(true));
});
events.unlisten('^news/.*');
// @ts-expect-error
events.listen(/^news/, onListen);
// @ts-expect-error
events.listen('^news/.*');
// @ts-expect-error
events.listen('^news/.*', (subscriptionName: number) => subscriptionName);
// @ts-expect-error
events.listen('^news/.*', (_, response) => response.send());
// @ts-expect-error
events.listen('^news/.*', (_, response) => response.onStop());
// @ts-expect-error
events.unlisten('^news/.*', onListen);

// Providing RPCs
const rpc: RPCHandler = client.rpc;
rpc.provide('add', (data, response) => response.send(data.a + data.b));
rpc.provide('add', ({ a, b }: Sum, response) => response.send(a + b));
rpc.provide('add', async (data: Sum, response: RPCResponse) => response.send(data.a + data.b));
rpc.provide('add', (data, response, requestor) => {
  sameType<typeof data, any>(true);
  sameType<typeof response, RPCResponse>(true);
  sameType<typeof requestor, Required<RPCRequestor>>(true);
});
rpc.provide('add', (_data, response, requestor) => response.send(requestor.requestorName));
rpc.provide('add', (_data, response, requestor?: RPCRequestor) => {
  sameType<typeof requestor, RPCRequestor | undefined>(true);
  response.send(requestor?.requestorName ?? null);
});
rpc.provide('add', (_data, _response, { requestorData }: { requestorData: News }) => requestorData);
const add: RPCProvider<Sum> = (data, response, requestor) => {
  sameType<typeof data, Sum>(true);
  sameType<typeof requestor, RPCRequestor | undefined>(true);
  response.send(data.a + data.b);
};
rpc.provide('add', add);
rpc.unprovide('add');
const provided: string[] = rpc.providerNames();
// @ts-expect-error
rpc.provide('add');
// @ts-expect-error
rpc.provide(add);
// @ts-expect-error
rpc.provide('add', 'callback');
// @ts-expect-error
rpc.provide('add', (data: Sum, response: string) => [data, response]);
// @ts-expect-error
rpc.provide('add', (_data, _response, requestor) => requestor.name);
// @ts-expect-error
rpc.unprovide();
// @ts-expect-error
rpc.unprovide('add', add);

// Answering them
declare const response: RPCResponse;
response.autoAccept = false;
response.accept();
response.reject();
response.error('not a number');
response.error({ code: 5, reasons: ['a', null] });
response.send();
response.send({ sum: 3, parts: [1, 2] });
// @ts-expect-error
response.autoAccept = 'no';
// @ts-expect-error
response.accept(true);
// @ts-expect-error
response.reject('busy');
// @ts-expect-error
response.error();
// @ts-expect-error
response.error(new Error('not a number').toString);
// @ts-expect-error
response.send(() => 0);

// Making them
const sum3: Promise<number> = rpc.make('add', { a: 1, b: 2 });
rpc.make('now').then((result) => sameType<typeof result, any>(true));
rpc.make<number>('add', { a: 1, b: 2 }).then((result) => sameType<typeof result, number>(true));
const noPromise: void = rpc.make('add', { a: 1, b: 2 }, (error, result) => {
  sameType<typeof error, any>(true);
  sameType<typeof result, any>(true);
});
rpc.make<number>('add', { a: 1, b: 2 }, (error, result) => {
  sameType<typeof error, any>(true);
  sameType<typeof result, number | undefined>(true);
});
rpc.make('add', { a: 1, b: 2 }, (error: string | null, result?: number) => error ?? result);
rpc.make('add', { a: 1, b: 2 }, (error: Error | null, result: News) => error ?? result.headline);
const onMade: RPCMakeCallback<number> = (error, result) => {
  sameType<typeof result, number | undefined>(true);
  if (error) throw error;
};
rpc.make('add', undefined, onMade);
async function makeThem(): Promise<number> {
  const made = await rpc.make('add', { a: 1, b: 2 });
  sameType<typeof made, any>(true);
  const both = await Promise.all([rpc.make('a'), rpc.make<News>('b', 1)]);
  sameType<typeof both, [any, News]>(true);
  const { list = [] } = await rpc.make('list', 1);
  list.map(({ headline }: News) => headline);
  return rpc.make('add', { a: 1, b: 2 });
}
// @ts-expect-error
rpc.make();
// @ts-expect-error
rpc.make('add', {}, 'callback');
// @ts-expect-error
rpc.make('add', (error, result) => [error, result]);
// @ts-expect-error
rpc.make('add', {}, (error: string, result: number, more: string) => [error, result, more]);
// @ts-expect-error
rpc.make('add', {}, (error) => error).then();
// @ts-expect-error
rpc.make<number>('add').then((result) => result.headline);
// @ts-expect-error
client.rpc = rpc;

// Presence
const presence: PresenceHandler = client.presence;
const onPresence: SubscribeCallback = (user, online) => {
  sameType<typeof user, string>(true);
  sameType<typeof online, boolean>(true);
};
presence.subscribe(onPresence);
presence.subscribe((user, online) => [user.length, online === true]);
presence.subscribe('chris', onPresence);
presence.subscribe('chris', (user, online) => [user.length, online === true]);
presence.unsubscribe();
presence.unsubscribe(onPresence);
presence.unsubscribe('chris');
presence.unsubscribe('chris', undefined);
presence.unsubscribe('chris', onPresence);
// @ts-expect-error
presence.subscribe();
// @ts-expect-error
presence.subscribe('chris');
// @ts-expect-error
presence.subscribe(['chris'], onPresence);
// @ts-expect-error
presence.subscribe((user: string, online: string) => [user, online]);
// @ts-expect-error
presence.subscribe(onPresence, 'chris');
// @ts-expect-error
presence.unsubscribe(['chris']);
// @ts-expect-error
presence.unsubscribe(onPresence, onPresence);
// @ts-expect-error
client.presence = presence;

const everybody: Promise<QueryResult> = presence.getAll();
presence.getAll().then((users) => sameType<typeof users, string[]>(true));
const some: Promise<IndividualQueryResult> = presence.getAll(['chris', 'pat']);
presence.getAll(['chris']).then(({ chris }) => sameType<typeof chris, boolean>(true));
const queried: void = presence.getAll((error, users) => {
  sameType<typeof error, QueryError | null>(true);
  sameType<typeof users, string[] | undefined>(true);
});
const queriedSome: void = presence.getAll(['chris'], (error, users) => {
  sameType<typeof error, QueryError | null>(true);
  sameType<typeof users, IndividualQueryResult | undefined>(true);
});

// The error says whether there is a result, and the other way round
presence.getAll((error, users) => {
  if (error) error.toUpperCase();
  else users.join();
});
presence.getAll(['chris'], (error, users) => {
  if (users) return users['chris'] === true;
  if (error === C.EVENT.CLIENT_OFFLINE) return false;
  return error === 'MESSAGE_DENIED';
});
const onQueried: QueryCallback<QueryResult> = (error, users) => {
  if (error !== null) throw new Error(error);
  sameType<typeof users, string[]>(true);
};
presence.getAll(onQueried);
presence.getAll((error: string | null, users?: string[]) => error ?? users?.length);
presence.getAll(['chris'], (error: string | null, users?: IndividualQueryResult) => error ?? users);
presence.getAll((error: { reason: string }, users?: string[]) => error.reason ?? users);
// @ts-expect-error
presence.getAll((error, users) => users.join());
// @ts-expect-error
presence.getAll((error) => error === 'client ofline');
// @ts-expect-error
presence.getAll((error: string | null, users?: IndividualQueryResult) => error ?? users);
// @ts-expect-error
presence.getAll(['chris'], (error: string | null, users?: string[]) => error ?? users);
// @ts-expect-error
presence.getAll(['chris'], onQueried);
// @ts-expect-error
presence.getAll('chris');
// @ts-expect-error
presence.getAll([1]);
// @ts-expect-error
presence.getAll(onQueried, ['chris']);
// @ts-expect-error
presence.getAll(onQueried).then();

// Constants are values and types, in both directions
const topic: C.TOPIC = C.TOPIC.RECORD;
const topicName: string = C.TOPIC[5];
sameType<typeof C.RECORD_ACTION.PATCH_MULTI, C.RECORD_ACTION.PATCH_MULTI>(true);
const five: 5 = C.TOPIC.RECORD;
C.ACTIONS[C.TOPIC.RECORD].READ;
C.RESPONSE_TO_REQUEST[C.TOPIC.RPC]?.[C.RPC_ACTION.ACCEPT];
sameType<typeof C.EVENT_ACTION.LISTEN_REJECT, C.EVENT_ACTION.LISTEN_REJECT>(true);
const noProvider: 100 = C.RPC_ACTION.NO_RPC_PROVIDER;
const queryAll: 2 = C.PRESENCE_ACTION.QUERY_ALL;
C.ACTIONS[C.TOPIC.RPC].NO_RPC_PROVIDER === C.RPC_ACTION.NO_RPC_PROVIDER;
C.ACTIONS[C.TOPIC.PRESENCE].QUERY_ALL === C.PRESENCE_ACTION.QUERY_ALL;
C.ACTIONS[C.TOPIC.EVENT].LISTEN === C.EVENT_ACTION.LISTEN;
// @ts-expect-error
C.TOPIC.RECORDS;

// Messages say by their type what they are about
declare const change: C.RecordWriteMessage;
sameType<typeof change.topic, C.TOPIC.RECORD>(true);
sameType<typeof change.version, number>(true);
declare const parsed: C.ParseResult;
// @ts-expect-error
parsed.topic;
// @ts-expect-error
const eventMessage: C.EventMessage = { topic: C.TOPIC.RPC, action: C.EVENT_ACTION.EMIT, name: '' };

// Defaults
const defaults: Options = Options;
const sameDefaults: typeof DefaultOptions = Options;
Options.mergeStrategy?.(null, 1, { a: 1 }, 2, (error, merged) => [error, merged]);
sameType<Options['maxQueuedBytes'], number>(true);

// What code for @deepstream/client also imports
const written: offlineStoreWriteResponse = (error, recordName) => [error, recordName];
const storage: RecordOfflineStore = {
  get: (recordName, callback) => callback(recordName, -1, null),
  set: (recordName, _version, _data, callback) => callback(null, recordName),
  delete: (recordName, callback) => callback(null, recordName),
  reset: (callback) => callback(null),
};
deepstream('localhost', { offlineEnabled: true, storage, mergeStrategy: null });
declare const timers: TimerRegistry;
const timeout: Timeout = { callback: () => 0, duration: 10, context: null };
const timer: TimerRef = timers.add(timeout);
declare const socket: Socket;
deepstream('localhost', {
  socketFactory: (url, options) => (url && options?.jsonTransportMode ? socket : socket),
});
socket.onparsedmessages = ([message]) => message?.topic === C.TOPIC.AUTH;

export const used = [
  [heard, heardNames, loggedIn, nothing, resumed, uid, sum, topic, topicName, five],
  [defaults, sameDefaults, timer, written, wrongState, perhaps, resumedToo, resumedPerhaps],
  [eventMessage, subscribed, provided, sum3, noPromise, makeThem, everybody, some, queried],
  [queriedSome, noProvider, queryAll],
];
