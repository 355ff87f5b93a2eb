// Never run: the compiler is what tests it. Each `@ts-expect-error` is a mistake it has to find.
import connect, {
  C,
  DeepstreamClient,
  DefaultOptions,
  LOCAL_WINS,
  Options,
  REMOTE_WINS,
  deepstream,
  type AnonymousRecord,
  type AuthenticationCallback,
  type ConnectionInfo,
  type ConnectionState,
  type Dequeue,
  type EventCallback,
  type EventHandler,
  type IndividualQueryResult,
  type JSONObject,
  type JSONValue,
  type List,
  type ListenCallback,
  type ListenResponse,
  type MergeStrategy,
  type PresenceHandler,
  type QueryCallback,
  type QueryError,
  type QueryResult,
  type RPCHandler,
  type RPCMakeCallback,
  type RPCProvider,
  type RPCRequestor,
  type RPCResponse,
  type ReadCallback,
  type Record,
  type RecordHandler,
  type RecordOfflineStore,
  type ResumeCallback,
  type Socket,
  type SubscribeCallback,
  type SubscriptionCallback,
  type Timeout,
  type TimerRef,
  type TimerRegistry,
  type ValueAt,
  type WriteAckCallback,
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

// Records
interface Todo {
  title: string;
  done: boolean;
  tags: string[];
  due?: { on: string; at: number | null };
  place: { x: number } | null;
  size: [width: number, unit: string];
  grid: number[][];
  votes: { [user: string]: { count: number } };
  years: { [year: number]: string };
  parts?: Todo[];
}
declare const todo: Todo;
declare const anyPath: string;
declare const pathOrNone: string | undefined;
const records: RecordHandler = client.record;
const record = records.getRecord('todo/1');
sameType<typeof record, Record<any>>(true);
const typed = records.getRecord<Todo>('todo/1');
sameType<typeof typed, Record<Todo>>(true);
const typedByTarget: Record<Todo> = records.getRecord('todo/1');
const untyped: Record = typed;
sameType<ReturnType<RecordHandler['getRecord']>, Record<any>>(true);
sameType<typeof typed.name, string>(true);
sameType<typeof typed.isReady, boolean>(true);
sameType<typeof typed.version, number>(true);
sameType<typeof typed.hasProvider, boolean>(true);
sameType<typeof typed.debugId, string | null>(true);
// @ts-expect-error
records.getRecord();
// @ts-expect-error
records.getRecord(1);
// @ts-expect-error
typed.version = 2;
// @ts-expect-error
client.record = records;

typed.whenReady().then((ready) => sameType<typeof ready, Record<Todo>>(true));
const whenReady: void = typed.whenReady((ready) => sameType<typeof ready, Record<Todo>>(true));
// @ts-expect-error
typed.whenReady('now');

// Reading: a path says what is there, as far as it is known
sameType<ReturnType<typeof record.get>, any>(true);
const whole = typed.get();
sameType<typeof whole, Todo>(true);
const title = typed.get('title');
sameType<typeof title, string>(true);
const at = typed.get('due.at');
sameType<typeof at, number | null | undefined>(true);
const anywhere = typed.get(anyPath);
sameType<typeof anywhere, any>(true);
const anywhereOrAll = typed.get(pathOrNone);
sameType<typeof anywhereOrAll, any>(true);
const ofUntyped = record.get('due.at');
sameType<typeof ofUntyped, any>(true);
sameType<ValueAt<Todo, 'tags[0]'>, string | undefined>(true);
sameType<ValueAt<Todo, 'tags.0'>, string | undefined>(true);
sameType<ValueAt<Todo, `tags[${number}]`>, string | undefined>(true);
sameType<ValueAt<Todo, 'tags'>, string[]>(true);
sameType<ValueAt<Todo, 'place.x'>, number | undefined>(true);
sameType<ValueAt<Todo, 'size[0]'>, number>(true);
sameType<ValueAt<Todo, 'size[1]'>, string>(true);
sameType<ValueAt<Todo, 'grid[1][2]'>, number | undefined>(true);
sameType<ValueAt<Todo, 'votes.chris.count'>, number | undefined>(true);
sameType<ValueAt<Todo, 'years.1999'>, string | undefined>(true);
sameType<ValueAt<Todo, 'parts[3].due.on'>, string | undefined>(true);
sameType<ValueAt<Todo, ' due . on '>, string | undefined>(true);
sameType<ValueAt<Todo, '.title.'>, string>(true);
sameType<ValueAt<Todo, ''>, Todo>(true);
sameType<ValueAt<Todo, 'nothing'>, any>(true);
sameType<ValueAt<Todo, 'title.nothing'>, any>(true);
sameType<ValueAt<Todo, 'tags[x]'>, any>(true);
sameType<ValueAt<Todo, `${string}.title`>, any>(true);
sameType<ValueAt<Todo, string>, any>(true);
sameType<ValueAt<any, 'due.at'>, any>(true);
sameType<ValueAt<{ a: any }, 'a.b[1]'>, any>(true);
// Far too long for the compiler to follow, and a path all the same
interface Tree {
  t: Tree;
}
declare const tree: Record<Tree>;
tree.get('t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t.t');
tree.get('t[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]');
// @ts-expect-error
typed.get('due.at').toFixed();
// @ts-expect-error
typed.get('tags[0]').length;
// @ts-expect-error
typed.get(0);
// @ts-expect-error
typed.get(['due', 'at']);

// Writing
const onWritten: WriteAckCallback = (error, recordName) => {
  sameType<typeof error, string | null>(true);
  sameType<typeof recordName, string>(true);
};
record.set({ title: 'Tea', tags: ['a', null] });
record.set(['a', 1]);
record.set({ title: 'Tea' }, onWritten);
record.set('title', 'Tea');
record.set('title', 'Tea', onWritten);
record.set('title', undefined);
record.set(anyPath, { a: [1] });
typed.set(todo);
typed.set({ ...todo, done: true }, onWritten);
typed.set('done', true);
typed.set('done', true, (error) => sameType<typeof error, string | null>(true));
typed.set('due', { on: 'Monday', at: null });
typed.set('due', undefined);
typed.set('tags[2]', 'c');
typed.set('nothing', { a: 1 });
typed.set(anyPath, 5);
// @ts-expect-error
record.set('title');
// @ts-expect-error
record.set(5);
// @ts-expect-error
record.set(() => 0);
// @ts-expect-error
record.set('title', () => 0);
// @ts-expect-error
record.set({}, 'callback');
// @ts-expect-error
typed.set({ title: 'Tea' });
// @ts-expect-error
typed.set('done', 'yes');
// @ts-expect-error
typed.set('due.at', 'noon');
// @ts-expect-error
typed.set('tags[0]', 1);
// @ts-expect-error
typed.set('nothing', () => 0);
// @ts-expect-error
typed.set('done', true, (error: number) => error);

declare const onWrittenOrNot: WriteAckCallback | undefined;
const written1: Promise<void> = record.setWithAck({ title: 'Tea' });
const written2: Promise<void> = record.setWithAck('title', 'Tea');
const written3: void = typed.setWithAck(todo, onWritten);
const written4: void = typed.setWithAck('done', true, onWritten);
const written5: Promise<void> | void = typed.setWithAck('done', true, onWrittenOrNot);
const written6: Promise<void> | void = typed.setWithAck(todo, onWrittenOrNot);
typed.setWithAck('done', true, (error: string) => error.length);
// @ts-expect-error
typed.setWithAck('done', 'yes');
// @ts-expect-error
typed.setWithAck('done');
// @ts-expect-error
typed.setWithAck('done', true, onWritten).then();

declare const patches: { path: string; data: any }[];
record.setMulti(patches);
record.setMulti([{ path: 'title', data: todo }, { path: 'done' }], onWritten);
typed.setMulti([{ path: 'title', data: 'Tea' }, { path: 'done', data: true }]);
typed.setMulti([{ path: 'due' }, { path: 'tags[0]', data: undefined }, { path: anyPath, data: 1 }]);
typed.setMulti(patches, onWritten);
const written7: Promise<void> = typed.setMultiWithAck([{ path: 'done', data: true }]);
const written8: void = typed.setMultiWithAck([{ path: 'done', data: true }], onWritten);
const written9: Promise<void> | void = typed.setMultiWithAck(patches, onWrittenOrNot);
// @ts-expect-error
typed.setMulti([{ path: 'title', data: 'Tea' }, { path: 'done', data: 'yes' }]);
// @ts-expect-error
typed.setMulti([{ data: 'Tea' }]);
// @ts-expect-error
typed.setMulti({ path: 'title', data: 'Tea' });
// @ts-expect-error
typed.setMultiWithAck(patches, onWritten).then();

typed.erase('due');
typed.erase(anyPath);
const erased: Promise<void> = typed.eraseWithAck('due');
const erased1: void = typed.eraseWithAck('due', onWritten);
const erased2: Promise<void> | void = typed.eraseWithAck('due', onWrittenOrNot);
// @ts-expect-error
typed.erase();
// @ts-expect-error
typed.erase('due', onWritten);

// Subscriptions
const onTitle: SubscriptionCallback<string> = (text) => text.length;
record.subscribe((data) => sameType<typeof data, any>(true));
record.subscribe((data: Todo) => data.title);
record.subscribe('title', onTitle, true);
typed.subscribe((data) => sameType<typeof data, Todo>(true));
typed.subscribe((data) => data.done, true);
typed.subscribe('title', (text) => sameType<typeof text, string>(true));
typed.subscribe('title', onTitle, true);
typed.subscribe('due.on', (on) => sameType<typeof on, string | undefined>(true));
typed.subscribe(anyPath, (value) => sameType<typeof value, any>(true));
typed.subscribe('nothing', (value: number) => value);
typed.unsubscribe();
typed.unsubscribe((data: Todo) => data);
typed.unsubscribe('title');
typed.unsubscribe('title', onTitle);
typed.unsubscribe(anyPath, onTitle);
// @ts-expect-error
typed.subscribe('title');
// @ts-expect-error
typed.subscribe();
// @ts-expect-error
typed.subscribe('done', (done: string) => done);
// @ts-expect-error
typed.subscribe('done', (done, more: number) => [done, more]);
// @ts-expect-error
typed.subscribe('done', (done) => done, 'now');
// @ts-expect-error
typed.unsubscribe(5);

// The end of it
typed.discard();
const deleted: Promise<void> = typed.delete();
const deleted1: void = typed.delete((error) => sameType<typeof error, string | null>(true));
declare const onDeletedOrNot: ((error: string | null) => void) | undefined;
const deleted2: Promise<void> | void = typed.delete(onDeletedOrNot);
// @ts-expect-error
typed.discard(true);
// @ts-expect-error
typed.delete('now');

// Events of a record
typed
  .on('error', (error, action) => {
    sameType<typeof error, string>(true);
    sameType<typeof action, string | undefined>(true);
  })
  .on(C.EVENT.RECORD_ERROR, (error: string) => error)
  .on('error', (error: Error) => error.message)
  .on('ready', (ready) => sameType<typeof ready, Record<Todo>>(true))
  .on('hasProviderChanged', (hasProvider) => sameType<typeof hasProvider, boolean>(true))
  .once('discard', (...none) => sameType<typeof none, []>(true))
  .once('delete', function () { this.off(); })
  .on('delete', anyFunction)
  .on('my own', (first: number, second: string) => second.repeat(first))
  .emit('my own', 1, 'two')
  .off('delete', anyFunction)
  .off();
typed.removeContext(scope);
const recordHeard: [boolean, string[]] = [typed.hasListeners('error'), typed.eventNames()];
// @ts-expect-error
typed.on('hasProviderChanged', (hasProvider: string) => hasProvider);
// @ts-expect-error
typed.on('ready', (ready: string) => ready);
// @ts-expect-error
typed.on('error');
// @ts-expect-error
typed.emit('hasProviderChanged', 'yes');

// Lists
const list: List = records.getList('todos');
sameType<ReturnType<List['getEntries']>, string[]>(true);
sameType<ReturnType<List['isEmpty']>, boolean>(true);
list.whenReady().then((ready) => sameType<typeof ready, List>(true));
list.whenReady((ready) => sameType<typeof ready, List>(true));
list.setEntries(['todo/1', 'todo/2']);
list.setEntries([], onWritten);
const listed: Promise<void> = list.setEntriesWithAck(['todo/1']);
const listed1: void = list.setEntriesWithAck(['todo/1'], onWritten);
list.addEntry('todo/3');
list.addEntry('todo/3', 0);
list.addEntry('todo/3', undefined, onWritten);
list.removeEntry('todo/3');
list.removeEntry('todo/3', 0, onWritten);
list.subscribe((entries) => sameType<typeof entries, string[]>(true));
list.subscribe((entries) => entries.length, true);
list.unsubscribe((entries: string[]) => entries);
list.discard();
const listDeleted: Promise<void> = list.delete();
list.delete(onDeletedOrNot);
list
  .on('entry-added', (entry, index) => {
    sameType<typeof entry, string>(true);
    sameType<typeof index, number>(true);
  })
  .on('entry-removed', (entry, index) => [entry.length, index.toFixed()])
  .on(C.EVENT.ENTRY_MOVED_EVENT, (entry, index) => [entry.length, index.toFixed()])
  .on('ready', (ready) => sameType<typeof ready, List>(true))
  .on('discard', (gone) => sameType<typeof gone, List>(true))
  .on('delete', (gone) => gone.getEntries())
  .on('error', (error, action) => [error.length, action?.length]);
// @ts-expect-error
list.setEntries('todo/1');
// @ts-expect-error
list.setEntries([1]);
// @ts-expect-error
list.addEntry(1);
// @ts-expect-error
list.addEntry('todo/3', onWritten);
// @ts-expect-error
list.addEntry('todo/3', '0');
// @ts-expect-error
list.subscribe('path', (entries: string[]) => entries);
// @ts-expect-error
list.subscribe((entries: number[]) => entries);
// @ts-expect-error
list.get();
// @ts-expect-error
list.on('entry-added', (entry: number) => entry);
// @ts-expect-error
list.emit('entry-added', 1);

// Dequeues
const queue: Dequeue = records.getDq('jobs');
sameType<ReturnType<Dequeue['getEntries']>, string[]>(true);
const ends: string[] = [queue.getFirst(), queue.getLast(), queue.pop(), queue.shift()];
queue.whenReady().then((ready) => sameType<typeof ready, Dequeue>(true));
queue.whenReady((ready) => ready.isEmpty() === true);
queue.setEntries(['a'], onWritten);
queue.setEntriesWithAck(['a']).then((none) => sameType<typeof none, void>(true));
queue.push('a');
queue.push('a', onWritten);
queue.unshift('a', onWritten);
const pushed: Promise<void>[] = [queue.pushWithAck('a'), queue.unshiftWithAck('a')];
const pushed1: void[] = [queue.pushWithAck('a', onWritten), queue.unshiftWithAck('a', onWritten)];
queue.insertEntry('a', 1);
queue.insertEntry('a', 1, onWritten);
queue.removeEntry('a');
queue.removeEntry('a', 1);
queue.subscribe((entries) => sameType<typeof entries, string[]>(true));
queue.subscribe('first', (entry) => sameType<typeof entry, string>(true));
queue.subscribe('last', (entry: string) => entry.length);
queue.unsubscribe((entries: string[]) => entries);
queue.unsubscribe('first', (entry: string) => entry);
queue.on('entry-moved', (entry, index) => [entry.length, index.toFixed()]);
queue.on('discard', (gone) => sameType<typeof gone, Dequeue>(true));
queue.discard();
queue.delete().catch((error) => error);
// @ts-expect-error
queue.push();
// @ts-expect-error
queue.push(1);
// @ts-expect-error
queue.insertEntry('a');
// @ts-expect-error
queue.pop(onWritten);
// @ts-expect-error
queue.subscribe('first', (entry: number) => entry);
// @ts-expect-error
queue.pushWithAck('a', onWritten).then();

// Anonymous records
const anonymous: AnonymousRecord<Todo> = records.getAnonymousRecord<Todo>();
sameType<ReturnType<RecordHandler['getAnonymousRecord']>, AnonymousRecord<any>>(true);
anonymous.setName('todo/1').then((ready) => sameType<typeof ready, AnonymousRecord<Todo>>(true));
const named: void = anonymous.setName('todo/1', (ready) => ready.get('title').length);
anonymous.whenReady().then((ready) => sameType<typeof ready, AnonymousRecord<Todo>>(true));
sameType<typeof anonymous.version, number>(true);
const itsTitle: string = anonymous.get('title');
anonymous.set(todo, onWritten);
anonymous.set('done', true);
anonymous.setWithAck('done', true).then((none) => sameType<typeof none, void>(true));
anonymous.setWithAck(todo, onWrittenOrNot);
anonymous.erase('due');
anonymous.eraseWithAck('due', onWritten);
anonymous.subscribe('title', (text) => sameType<typeof text, string>(true), true);
anonymous.unsubscribe('title');
anonymous.on('ready', (ready) => sameType<typeof ready, AnonymousRecord<Todo>>(true));
anonymous.on('nameChanged', (changed) => sameType<typeof changed, string>(true));
anonymous.on('error', (error, action) => [error.length, action?.length]);
anonymous.setMergeStrategy(LOCAL_WINS);
anonymous.discard();
records.getAnonymousRecord().set(todo);
// @ts-expect-error
anonymous.set('done', 'yes');
// @ts-expect-error
anonymous.setName();
// @ts-expect-error
anonymous.on('nameChanged', (changed: number) => changed);
// @ts-expect-error
anonymous.setMulti(patches);

// Without a handle
records.snapshot('todo/1').then((data) => sameType<typeof data, C.RecordData>(true));
records.snapshot<Todo>('todo/1').then((data) => sameType<typeof data, Todo>(true));
const snapshot: Promise<Todo> = records.snapshot('todo/1');
const snapshot1: void = records.snapshot('todo/1', (error, data) => {
  sameType<typeof error, string | null>(true);
  sameType<typeof data, C.RecordData>(true);
});
records.snapshot('todo/1', (error: string | null, data: Todo) => error ?? data.title);
records.snapshot<Todo>('todo/1', (_error, data) => sameType<typeof data, Todo>(true));
const onRead: ReadCallback = (error, data) => [error?.length, data];
records.snapshot('todo/1', onRead);
const has: Promise<boolean> = records.has('todo/1');
const has1: void = records.has('todo/1', (error, there) => {
  sameType<typeof error, string | null>(true);
  sameType<typeof there, boolean | null>(true);
});
const head: Promise<number> = records.head('todo/1');
records.head('todo/1', (_error, version) => sameType<typeof version, number>(true));
// @ts-expect-error
records.snapshot();
// @ts-expect-error
records.snapshot('todo/1', 'callback');
// @ts-expect-error
records.snapshot('todo/1', (error: number) => error);
// @ts-expect-error
records.has('todo/1', (error: string | null, there: string) => error ?? there);
// @ts-expect-error
records.head('todo/1', onRead).then();

records.setData('todo/1', { title: 'Tea' });
records.setData('todo/1', { title: 'Tea' }, onWritten);
records.setData('todo/1', 'title', 'Tea');
records.setData('todo/1', 'title', undefined, onWritten);
records.setData<Todo>('todo/1', todo, onWritten);
const setData: Promise<void> = records.setDataWithAck('todo/1', { title: 'Tea' });
const setData1: Promise<void> = records.setDataWithAck('todo/1', 'title', 'Tea');
const setData2: void = records.setDataWithAck('todo/1', { title: 'Tea' }, onWritten);
const setData3: void = records.setDataWithAck('todo/1', 'title', undefined, onWritten);
const setData4: Promise<void> | void = records.setDataWithAck('todo/1', {}, onWrittenOrNot);
records.setDataWithAck<Todo>('todo/1', todo);
// @ts-expect-error
records.setData('todo/1');
// @ts-expect-error
records.setData('todo/1', 'title');
// @ts-expect-error
records.setData('todo/1', () => 0);
// @ts-expect-error
records.setData<Todo>('todo/1', { title: 'Tea' });
// @ts-expect-error
records.setDataWithAck('todo/1', 'title');

const notified: Promise<void> = records.notify(['todo/1', 'todo/2']);
const notified1: void = records.notify(['todo/1'], (error) => error?.length);
records.notify(['todo/1'], onDeletedOrNot);
const recordNames: string[] = records.names();
records.listen('^todo/.*', onListen);
records.unlisten('^todo/.*');
records.saveToOfflineStorage();
const cleared: Promise<void> = records.clearOfflineStorage();
const cleared1: void = records.clearOfflineStorage((error) => error?.length);
// @ts-expect-error
records.notify('todo/1');
// @ts-expect-error
records.listen(/^todo/, onListen);
// @ts-expect-error
records.names('^todo');

// Merging
const strategy: MergeStrategy<Todo> = (local, localVersion, remote, remoteVersion, done) => {
  sameType<typeof local, Todo>(true);
  sameType<typeof localVersion, number>(true);
  sameType<typeof remote, Todo | null>(true);
  sameType<typeof remoteVersion, number>(true);
  if (remote === null) return done(null, null);
  if (localVersion > remoteVersion) return done('too old');
  done(null, { ...remote, tags: [...local.tags, ...remote.tags] });
};
const untypedStrategy: MergeStrategy = (_local, _version, remote, _remoteVersion, done) => {
  sameType<typeof remote, C.RecordData>(true);
  done(null, remote);
};
for (const each of [strategy, LOCAL_WINS, REMOTE_WINS]) typed.setMergeStrategy(each);
record.setMergeStrategy(untypedStrategy);
record.setMergeStrategy(strategy);
records.setMergeStrategy('todo/1', strategy);
records.setMergeStrategy('todo/1', LOCAL_WINS);
records.setMergeStrategy('todo/1', (local, _version, _remote, _remoteVersion, done) => {
  sameType<typeof local, C.RecordData>(true);
  done(null, local);
});
records.setMergeStrategyRegExp(/^todo\//, strategy);
records.setMergeStrategyRegExp(/^todo\//, async (local, _version, _remote, _remoteVersion, done) =>
  done(null, await local),
);
deepstream('localhost', { mergeStrategy: LOCAL_WINS });
deepstream('localhost', { mergeStrategy: untypedStrategy });
Options.mergeStrategy === REMOTE_WINS;
LOCAL_WINS(todo, 1, todo, 2, (error, merged) => {
  sameType<typeof error, string | null>(true);
  sameType<typeof merged, Todo | null | undefined>(true);
});
// @ts-expect-error
typed.setMergeStrategy('REMOTE_WINS');
// @ts-expect-error
typed.setMergeStrategy((_local, _version, _remote, _remoteVersion, done) => done(null, 'text'));
// @ts-expect-error
records.setMergeStrategy(strategy);
// @ts-expect-error
records.setMergeStrategyRegExp('^todo/', strategy);
// @ts-expect-error
LOCAL_WINS(todo, 1, todo, 2);

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
  [queriedSome, noProvider, queryAll, typedByTarget, untyped, whenReady, title, at, anywhere],
  [anywhereOrAll, ofUntyped, whole, written1, written2, written3, written4, written5, written6],
  [written7, written8, written9, erased, erased1, erased2, deleted, deleted1, deleted2],
  [recordHeard, listed, listed1, listDeleted, ends, pushed, pushed1, named, snapshot, snapshot1],
  [has, has1, head, setData, setData1, setData2, setData3, setData4, notified, notified1],
  [recordNames, cleared, cleared1, itsTitle],
];
