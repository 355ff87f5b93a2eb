// Written for @deepstream/client 7.0.5; only the name in the next line was changed. The test
// changes it back, too, and compiles that with the official typings.
import {
  C,
  DeepstreamClient,
  DefaultOptions,
  type RecordOfflineStore,
  type Services,
  type Socket,
  type Timeout,
  type TimerRef,
  type TimerRegistry,
  type offlineStoreWriteResponse,
} from 'deepstream-wasm';

type Handler = (...args: any[]) => void;

interface Credentials extends C.JSONObject {
  username: string;
  password: string;
}

interface Profile {
  id: string;
  roles: string[];
}

/** A service that owns the client, as applications have them. */
export class ConnectionService {
  readonly client: DeepstreamClient;
  state: C.CONNECTION_STATE = C.CONNECTION_STATE.CLOSED;
  profile?: Profile;
  private readonly handlers = new Map<string, Function[]>();

  constructor(url: string, options: Partial<typeof DefaultOptions> = {}) {
    this.client = new DeepstreamClient(url, { ...DefaultOptions, ...options });
    this.client
      .on('connectionStateChanged', this.onState, this)
      .on('clientDataChanged', (data: Profile) => (this.profile = data))
      .on('reauthenticationFailure', ({ reason }: { reason: string }) => this.fail(reason))
      .on('MAX_RECONNECTION_ATTEMPTS_REACHED', (attempts: number) => this.fail(String(attempts)))
      .on('error', this.onError.bind(this));
  }

  private onState(state: C.CONNECTION_STATE): void {
    this.state = state;
  }

  private onError(error: string, event: C.EVENT, topic: C.TOPIC): void {
    if (topic === C.TOPIC.AUTH || event === C.EVENT.IS_CLOSED) this.fail(error);
  }

  fail(reason: string): never {
    throw new Error(reason);
  }

  async signIn(credentials: Credentials): Promise<C.JSONObject> {
    if (this.client.getConnectionState() === C.CONNECTION_STATE.OPEN) this.client.close();
    const data = await this.client.login(credentials);
    await new Promise<void>((resolve) => this.client.once('connectionStateChanged', resolve));
    return data;
  }

  signInWith(details: C.JSONObject, done: (error: Error | null, data?: any) => void): void {
    this.client.login(details, (success: boolean, data: any) => {
      if (success) done(null, data);
      else done(new Error(data.reason));
    });
  }

  subscribe(event: string, fn: Function): () => void {
    this.handlers.set(event, [...(this.handlers.get(event) ?? []), fn]);
    this.client.on(event, fn, this);
    return () => {
      this.client.off(event, fn, this);
    };
  }

  dispose(): void {
    this.handlers.forEach((fns, event) => fns.forEach((fn) => this.client.off(event, fn)));
    this.client.off('connectionStateChanged', this.onState, this);
    this.client.removeContext(this);
    this.client.off();
    this.client.close();
  }

  wake(done?: (error?: C.JSONObject) => void): void | Promise<void> {
    return this.client.resume(done);
  }

  publish(name: string, data: C.EventData): void {
    this.client.event.emit(name, data);
  }
}

// Proxies
export function listen(client: DeepstreamClient, event: string, fn: Function, scope?: any): void {
  client.on(event, fn, scope);
  client.once(event, fn, scope);
  client.off(event, fn, scope);
  client.emit(event, fn.name, 1, null);
}

export function listenToStates(client: DeepstreamClient, fn: Function, optional?: Function): void {
  client.on('connectionStateChanged', fn).once(C.EVENT.CONNECTION_STATE_CHANGED, fn, fn);
  client.on('error', fn).on('clientDataChanged', fn);
  client.off('connectionStateChanged', fn).off('connectionStateChanged', optional);
}

export function listenAs<F extends Function>(client: DeepstreamClient, event: string, fn: F): F {
  client.on(event, fn).once(event, fn, client).off(event, fn);
  return fn;
}

export function listenWith<F extends Handler, Name extends string>(
  client: DeepstreamClient,
  name: Name,
  fn: F,
): F {
  client.on('connectionStateChanged', fn).once('error', fn, client).off('error', fn);
  client.on(name, fn).off(name, fn);
  return fn;
}

interface EmitterLike {
  on(event: string, fn: Function, scope?: any): this;
  off(event?: string, fn?: Function, scope?: any): this;
  emit(event: string, ...args: any[]): this;
}

interface NodeStyle {
  on(event: string, fn: Handler): unknown;
  once(event: string, fn: Handler): unknown;
  off(event: string, fn: Handler): unknown;
}

export function adapt(client: DeepstreamClient): [EmitterLike, NodeStyle] {
  return [client, client];
}

export function fromEvents(client: DeepstreamClient, names: string[]): Handler {
  const add = (handler: Handler) => names.forEach((name) => client.on(name, handler));
  add(console.log);
  return (...args) => names.forEach((name) => client.emit(name, ...args));
}

// Listeners, annotated as one liked
export function annotate(client: DeepstreamClient, remember: (nothing: void) => void): void {
  client.on('connectionStateChanged', (state: string) => state.length);
  client.on('connectionStateChanged', async (state: C.CONNECTION_STATE) => await state);
  client.on('connectionStateChanged', remember);
  client.once('clientDataChanged', remember);
  client.on('clientDataChanged', (data: Profile | null) => data?.id);
  client.on('clientDataChanged', (data?: Profile) => data?.roles);
  client.off('clientDataChanged', (data: Profile) => data.id);
  client.on('error', (error: any, event: string, topic: string) => [error, event, topic]);
  client.on('error', (error: Error) => error.message);
  client.on('error', (error: string, event: any, topic: C.TOPIC) => [error, event, topic]);
  client.on('error', (_: Error, event: C.EVENT | C.ALL_ACTIONS, topic: C.TOPIC) => [event, topic]);
  client.on('error', function (this: DeepstreamClient, _: Error, _event: string, topic: C.TOPIC) {
    if (topic === C.TOPIC.CONNECTION) this.close();
  });
  for (const name of Object.values(C.EVENT)) {
    client.on(name, (...args: any[]) => console.log(name, ...args));
    client.on(name, (first: string) => console.log(name, first));
  }
  for (const name of ['connectionStateChanged', 'error'] as const) client.on(name, () => name);
}

// Emitting in the client's name, as tests do
export function simulate(
  client: DeepstreamClient,
  state: string,
  profile: Profile,
  args: any[],
): void {
  client.emit('connectionStateChanged', state);
  client.emit('connectionStateChanged', C.CONNECTION_STATE.OPEN, 'more');
  client.emit('connectionStateChanged');
  client.emit('error');
  client.emit('error', new Error('mine'));
  client.emit('error', 'text', C.EVENT.ACK_TIMEOUT, C.TOPIC.RECORD);
  client.emit('error', { a: 1 }, C.RECORD_ACTION.VERSION_EXISTS, C.TOPIC[C.TOPIC.RECORD]);
  client.emit('error', ...args);
  client.emit('clientDataChanged', profile);
  client.emit('reauthenticationFailure', { reason: C.EVENT.INVALID_AUTHENTICATION_DETAILS });
  client.emit('custom', profile, state);
}

// Login and resume with callbacks that may be missing
export function callBack(
  client: DeepstreamClient,
  onResume: ((error?: C.JSONObject) => void) | undefined,
  onLogin: (success: boolean, data: C.JSONObject | null) => void,
): void {
  const resumed: void | Promise<void> = client.resume();
  client.resume(onResume);
  client.resume(undefined);
  client.login().then((data) => [data.id, resumed]);
  client.login(onLogin);
  client.login({ token: 'a', nested: { list: [1, 'a', null] } }, onLogin);
  client.login((success, data) => success && data && data.id);
}

// Subclasses and doubles
export class Logging extends DeepstreamClient {
  override on(event: string, fn: Function, scope?: any): this {
    console.log('on', event);
    return super.on(event, fn, scope);
  }

  override once(event: string, fn: Function, scope?: any): this {
    return super.once(event, fn, scope);
  }

  override off(event?: string, fn?: Function, scope?: any): this {
    return super.off(event, fn, scope);
  }

  override emit(event: string, ...args: any[]): this {
    return super.emit(event, ...args);
  }

  override close(): void {
    super.close();
  }
}

export const double: Pick<DeepstreamClient, 'on' | 'off' | 'emit' | 'getConnectionState'> = {
  on: (_event: string, _fn: Function) => new Logging('localhost'),
  off: (_event?: string, _fn?: Function) => new Logging('localhost'),
  emit: (_event: string, ..._args: any[]) => new Logging('localhost'),
  getConnectionState: () => C.CONNECTION_STATE.OPEN,
};

// Options
interface SocketSettings {
  proxy: string;
}

type Options = typeof DefaultOptions;
type GivenOptions = ConstructorParameters<typeof DeepstreamClient>[1];

export function configure(settings: SocketSettings, storage: RecordOfflineStore): GivenOptions {
  const connect = (url: string, { proxy }: SocketSettings): Socket => new Tunnel(proxy + url);
  const own: Partial<Options> = {
    storage,
    socketOptions: settings,
    socketFactory: connect,
    indexdb: { ...DefaultOptions.indexdb, dbVersion: 2 },
    mergeStrategy: (local, localVersion, remote, remoteVersion, done) =>
      localVersion > remoteVersion
        ? done(null, local)
        : DefaultOptions.mergeStrategy(local, localVersion, remote, remoteVersion, done),
  };
  new DeepstreamClient('localhost', {
    socketFactory: (url: string, options: C.JSONObject) => new Tunnel(url + options.proxy),
  });
  return own;
}

// Parts of one's own
export class Tunnel implements Socket {
  onparsedmessages: (messages: C.Message[]) => void = () => {};
  onclosed = () => {};
  onopened = () => {};
  onerror: (error: any) => void = () => {};
  private last = 0;

  constructor(readonly url: string) {}

  close = () => this.onclosed();
  sendParsedMessage = (message: C.Message) => console.log(describe(message));
  getTimeSinceLastMessage = () => Date.now() - this.last;
}

export class MemoryStore implements RecordOfflineStore {
  private readonly records = new Map<string, [number, C.RecordData]>();

  get = (name: string, done: (name: string, version: number, data: C.RecordData) => void) => {
    const [version, data] = this.records.get(name) ?? [-1, undefined];
    done(name, version, data);
  };
  set = (name: string, version: number, data: C.RecordData, done: offlineStoreWriteResponse) => {
    this.records.set(name, [version, data]);
    done(null, name);
  };
  delete = (name: string, done: offlineStoreWriteResponse) => done(null, name);
  reset = (done: (error: string | null) => void) => done(null);
}

export class Plugin {
  private timer?: TimerRef;

  constructor(private readonly services: Services) {}

  start(timeout: Timeout): void {
    const { connection, logger, socketFactory, storage } = this.services;
    const { timeoutRegistry, timerRegistry } = this.services;
    this.timer = timerRegistry.add(timeout);
    connection.onLost(() => this.stop(timerRegistry));
    connection.onReestablished(() => logger.warn({ topic: C.TOPIC.RPC }, C.EVENT.ACK_TIMEOUT));
    connection.onExitLimbo(() => {
      logger.error({ topic: C.TOPIC.RPC }, C.RPC_ACTION.ACCEPT_TIMEOUT, 'text');
    });
    connection.registerHandler(C.TOPIC.EVENT, (message: C.EventMessage) => describe(message));
    const message: C.Message = { topic: C.TOPIC.EVENT, action: C.EVENT_ACTION.EMIT, name: 'a' };
    if (connection.isConnected && !connection.isInLimbo) connection.sendMessage(message);
    connection.emitter.on('error', (error: Error) => error);
    const state: C.CONNECTION_STATE = connection.getConnectionState();
    const id: string | null = timeoutRegistry.add({
      message,
      event: C.EVENT.ACK_TIMEOUT,
      duration: 10,
      callback: (event, late) => logger.warn(late, event),
    });
    timeoutRegistry.clear(id);
    timeoutRegistry.remove(message);
    socketFactory('localhost', { state }, 1000).close();
    storage.reset(() => {});
  }

  stop(timers: TimerRegistry): void {
    if (this.timer !== undefined && timers.has(this.timer)) timers.remove(this.timer);
  }
}

// Constants and messages
function describe(message: C.Message): string {
  const name: string = C.ACTIONS[message.topic][message.action];
  return [C.TOPIC[message.topic], name, message.name ?? message.names?.join()].join(' ');
}

export function read(result: C.ParseResult): C.Message {
  if (result.parseError) {
    const { action, description, parsedMessage }: C.ParseError = result;
    console.log(C.PRESENCE_ACTION[action], description, result.raw);
    return parsedMessage;
  }
  return result as C.Message;
}

export function handle(message: C.Message): string | undefined {
  const data: C.RecordData | C.RPCResult | C.EventData | C.AuthData = message.parsedData;
  switch (message.topic) {
    case C.TOPIC.EVENT:
      return (message as C.EventMessage).name;
    case C.TOPIC.RPC: {
      const { correlationId, requestorName, requestorData, name } = message as C.RPCMessage;
      return [correlationId, requestorName, requestorData, name, data].join();
    }
    case C.TOPIC.RECORD: {
      const { version, isWriteAck, path = '' } = message as C.RecordWriteMessage;
      return [version.toFixed(), isWriteAck === true, path.length].join();
    }
    default:
      return C.RESPONSE_TO_REQUEST[message.topic]?.[message.action] === undefined ? '' : undefined;
  }
}

const base = { name: 'a', correlationId: '1' };
const state: C.StateMessage = {
  topic: C.TOPIC.STATE_REGISTRY,
  action: C.STATE_ACTION.ADD,
  registryTopic: C.TOPIC.RPC,
};
const call: C.RPCMessage = { topic: C.TOPIC.RPC, action: C.RPC_ACTION.REQUEST, ...base };
const query: C.PresenceMessage = {
  topic: C.TOPIC.PRESENCE,
  action: C.PRESENCE_ACTION.QUERY,
  ...base,
};
const head: C.RecordMessage = { topic: C.TOPIC.RECORD, action: C.RECORD_ACTION.HEAD, name: 'a' };
const lock: C.LockMessage = {
  topic: C.TOPIC.LOCK,
  action: C.LOCK_ACTION.REQUEST,
  name: 'a',
  locked: true,
};
const status: C.ClusterMessage = {
  topic: C.TOPIC.CLUSTER,
  action: C.CLUSTER_ACTION.STATUS,
  serverName: 'a',
};
export const messages: C.Message[] = [state, call, query, head, lock, status];

export const acknowledged: C.RecordAckMessage = {
  topic: C.TOPIC.RECORD,
  action: C.RECORD_ACTION.WRITE_ACKNOWLEDGEMENT,
  name: 'a',
  data: { versions: [1] },
};

export function subscriptions(
  single: C.SubscriptionMessage,
  bulk: C.BulkSubscriptionMessage,
  listening: C.ListenMessage,
  monitoring: C.MonitoringMessage,
): string[] {
  const topic: C.TOPIC.MONITORING = monitoring.topic;
  const listened: C.TOPIC.RECORD | C.TOPIC.EVENT = listening.topic;
  const names = [single.name, ...bulk.names, listening.subscription, listening.raw ?? ''];
  return [...names, bulk.correlationId, C.TOPIC[topic], C.TOPIC[listened]];
}

// Events, behind a class that is given nothing but the handler
type Events = DeepstreamClient['event'];
type EventListener = Parameters<Events['subscribe']>[1];
type ListenListener = Parameters<Events['listen']>[1];
type ListenAnswer = Parameters<ListenListener>[1];

export class EventBus {
  private readonly listeners = new Map<string, Set<EventListener>>();
  private last: C.EventData = null;

  constructor(private readonly events: Events) {}

  add(name: string, listener: (data: C.EventData) => void): () => void {
    const known = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, known.add(listener));
    this.events.subscribe(name, listener);
    this.events.subscribe(name, this.remember);
    this.events.subscribe(name, (data) => {
      this.last = data;
    });
    return () => this.events.unsubscribe(name, listener);
  }

  remember = (data: C.EventData): void => {
    this.last = typeof data === 'string' ? data.trim() : data;
  };

  next(name: string): Promise<C.EventData> {
    return new Promise((resolve) => {
      const once: EventListener = (data) => {
        this.events.unsubscribe(name, once);
        resolve(data);
      };
      this.events.subscribe(name, once);
    });
  }

  publish(name: string, profile: Profile): void {
    this.events.emit(name, { ...profile });
    this.events.emit(name, [profile.id, 1, null, { last: this.last }]);
  }

  forward(...args: Parameters<Events['emit']>): ReturnType<Events['emit']> {
    return this.events.emit(...args);
  }

  dispose(): void {
    for (const name of this.events.eventNames()) {
      this.listeners.get(name)?.forEach((listener) => this.events.unsubscribe(name, listener));
    }
  }
}

export function subscribeAs<T>(events: Events, name: string, on: (data: T) => void): () => void {
  const listener = (data: any) => on(data);
  events.subscribe(name, listener);
  events.subscribe(name, (data) => on(data as unknown as T));
  events.subscribe(name, async (data: any) => on(await data.value));
  return () => events.unsubscribe(name, listener);
}

interface Publisher {
  subscribe(name: string, listener: (data: C.EventData) => void): void;
  unsubscribe(name: string, listener: (data: C.EventData) => void): void;
  emit(name: string, data: C.EventData): void;
  listen(pattern: string, listener: (name: string, answer: ListenAnswer) => void): void;
}

export const publisherOf = (client: DeepstreamClient): Publisher => client.event;

export const silent: Pick<Events, 'subscribe' | 'emit' | 'eventNames'> = {
  subscribe: (name, listener) => listener(name),
  emit: (name, data) => console.log(name, data),
  eventNames: () => [],
};

export class Recorder implements Pick<Events, 'subscribe' | 'emit' | 'listen'> {
  readonly emitted: [string, C.EventData][] = [];
  subscribe(name: string, listener: (data: C.EventData) => void): void {
    listener(name);
  }
  emit(name: string, data: C.EventData): void {
    this.emitted.push([name, data]);
  }
  listen(pattern: string, listener: ListenListener): void {
    listener(pattern, { accept: () => {}, reject: (_reason?: string) => {}, onStop: () => {} });
  }
}

// Listening: emits only what somebody subscribes to
export class Ticker {
  private readonly running = new Map<string, { answer: ListenAnswer; timer: any }>();

  constructor(
    private readonly events: Events,
    private readonly every: (run: () => void) => any,
  ) {
    events.listen('^ticks/.*', this.onMatch.bind(this));
    events.listen('^quiet/.*', (_name, answer) => answer.reject());
    events.listen('^busy/.*', async (name, { accept, reject, onStop }) => {
      if ((await this.find(name)) === undefined) return reject('unknown');
      accept();
      onStop((stopped: string) => this.running.delete(stopped));
    });
  }

  private async find(name: string): Promise<string | undefined> {
    return this.running.has(name) ? name : undefined;
  }

  private onMatch(name: string, answer: ListenAnswer): void {
    answer.accept();
    const timer = this.every(() => this.events.emit(name, Date.now()));
    this.running.set(name, { answer, timer });
    answer.onStop((stopped) => this.running.delete(stopped));
  }

  stop(): void {
    this.running.forEach(({ answer }, name) => answer.reject(name));
    this.events.unlisten('^ticks/.*');
  }
}

// Providing RPCs
type Calls = DeepstreamClient['rpc'];
type Provider = Parameters<Calls['provide']>[1];
type RPCAnswer = Parameters<Provider>[1];
type MakeCallback = Parameters<Calls['make']>[2];

interface Job {
  id: string;
  priority: number;
}

/** Keeps the answers until there is time for them. */
export class JobQueue {
  private readonly waiting: { job: Job; answer: RPCAnswer }[] = [];

  constructor(private readonly calls: Calls) {
    calls.provide('add', (data, response) => response.send(data.a + data.b));
    calls.provide('echo', ({ value }, { send }) => send(value));
    calls.provide('queue', this.enqueue);
    calls.provide('who', (_data, response, requestor) => {
      if (!requestor) return response.error('nobody');
      response.send(requestor.requestorName.toUpperCase());
    });
    calls.provide('whose', (_data, response, requestor) => {
      const profile: Profile = requestor.requestorData;
      response.send({ id: profile.id, roles: profile.roles, name: requestor?.requestorName });
    });
    calls.provide('mine', (data: Job, response: RPCAnswer, requestor?: any) => {
      response.send(requestor && requestor.requestorData.jobs[data.id]);
    });
    calls.provide('yours', (_, response: any, requestor: { requestorName: string }) => {
      response.send(requestor.requestorName.length);
    });
    calls.provide('slow', async (data: Job, response) => {
      response.autoAccept = false;
      try {
        const { result } = await this.work(data);
        response.accept();
        response.send(result);
      } catch (error) {
        response.error((error as Error).message);
      }
    });
  }

  private readonly enqueue = (job: Job, answer: RPCAnswer): void => {
    answer.autoAccept = false;
    if (this.waiting.length > 10) answer.reject();
    else this.waiting.push({ job, answer });
  };

  private async work({ id, priority }: Job): Promise<{ result: C.RPCResult }> {
    return { result: [id, priority] };
  }

  async drain(): Promise<void> {
    for (const { job, answer } of this.waiting.splice(0)) {
      answer.accept();
      const { result } = await this.work(job);
      answer.send(result);
    }
  }

  dispose(): void {
    this.calls.providerNames().forEach((name) => this.calls.unprovide(name));
  }
}

export function provideAs<In, Out extends C.RPCResult>(
  calls: Calls,
  name: string,
  answer: (data: In) => Out | Promise<Out>,
): () => void {
  const provider: Provider = (data, response, requestor) => {
    Promise.resolve(answer(data)).then(
      (result) => response.send(result),
      (error) => response.error(error.message ?? requestor.requestorName),
    );
  };
  calls.provide(name, provider);
  return () => calls.unprovide(name);
}

export function tryOut(provider: Provider, answer: RPCAnswer): void {
  provider({ a: 1 }, answer);
  provider('text', answer, { requestorName: 'chris' });
}

// Making them
export async function callThem(calls: Calls, job: Job): Promise<Profile> {
  const result = await calls.make('x', 1);
  console.log(result.foo, result[0].bar, result());
  const sum: number = await calls.make('add', { a: 1, b: 2 });
  const { list = [], total } = await calls.make('list', job);
  list.forEach((each: Job) => each.priority + total + sum);
  const [first, second] = await Promise.all([calls.make('a', job), calls.make('b', undefined)]);
  let profile: Profile | undefined;
  profile = await calls.make('profile', [first.id, second.id]);
  if (profile === undefined) {
    await calls.make('queue', job).catch((error) => {
      if (error === C.RPC_ACTION[C.RPC_ACTION.NO_RPC_PROVIDER]) console.log(error);
    });
  }
  return profile ?? calls.make('profile', null);
}

export function makeAs<Out>(client: DeepstreamClient, name: string, data: unknown): Promise<Out> {
  return client.rpc.make(name, data);
}

export function makeWithin<T>(calls: Calls, milliseconds: Promise<never>, job: Job): Promise<T> {
  return Promise.race([calls.make('queue', job), milliseconds]);
}

export function makeWith(calls: Calls, job: Job, done: MakeCallback): void {
  calls.make('queue', job, done);
  calls.make('queue', job, (error, result) => {
    if (error) console.log(error.length, new Error(error));
    else if (typeof result === 'string') console.log(result.length);
    done(error, result);
  });
  calls.make('queue', job, (error: string | null) => done(error));
  calls.make('queue', job, (error: string | null, result?: C.RPCResult) => done(error, result));
  calls.make('queue', job, (error: string | null, result: any) => done(error, result.id));
  calls.make('queue', job, (error: any, result: any) => done(error.message, result));
  const nothing: ReturnType<Calls['make']> = calls.make('queue', job, done);
  return nothing;
}

export function promised(calls: Calls, name: string, data: any): Promise<C.RPCResult | undefined> {
  return new Promise((resolve, reject) => {
    calls.make(name, data, (error, result) => (error ? reject(error) : resolve(result)));
  });
}

export const answering: Pick<Calls, 'provide' | 'unprovide' | 'providerNames'> = {
  provide: (name, provider) => console.log(name, provider.length),
  unprovide: (name) => console.log(name.length),
  providerNames: () => ['add'],
};

export class FakeCalls implements Pick<Calls, 'make' | 'provide'> {
  private readonly providers = new Map<string, Provider>();
  make(name: string, data: any): Promise<any>;
  make(name: string, data: any, callback: MakeCallback): void;
  make(name: string, data: any, callback?: MakeCallback): Promise<any> | void {
    if (!callback) return Promise.resolve([name, data]);
    callback(null, name);
  }
  provide(name: string, provider: Provider): void {
    this.providers.set(name, provider);
  }
}

// Presence
type Presence = DeepstreamClient['presence'];
type PresenceListener = Parameters<Presence['subscribe']>[1];
type Online = Record<string, boolean>;

export class Roster {
  readonly online = new Set<string>();
  private readonly watched: Record<string, PresenceListener> = {};

  constructor(
    private readonly presence: Presence,
    private readonly report: (reason: string) => void,
  ) {
    presence.subscribe(this.onChange);
    presence.subscribe((user, online) => console.log(user.length, online === true));
  }

  private readonly onChange = (user: string, online: boolean): void => {
    if (online) this.online.add(user);
    else this.online.delete(user);
  };

  watch(user: string, listener: PresenceListener = this.onChange): () => void {
    this.watched[user] = listener;
    this.presence.subscribe(user, listener);
    return () => this.presence.unsubscribe(user, listener);
  }

  async refresh(): Promise<string[]> {
    const users = await this.presence.getAll();
    users.forEach((user) => this.online.add(user));
    const some = await this.presence.getAll(users.slice(0, 10));
    return Object.keys(some).filter((user) => some[user]);
  }

  refreshLater(done: (users: string[]) => void): void {
    this.presence.getAll((error, users) => {
      if (error) this.report(error.reason);
      else done(users!);
    });
    this.presence.getAll((error, users) => {
      if (users) done(users);
      else if (error.reason === C.EVENT.CLIENT_OFFLINE) this.report('offline');
    });
    this.presence.getAll((error, users = []) => (error ? this.report(error.reason) : done(users)));
    this.presence.getAll((error: { reason: C.EVENT }, users?: string[]) => {
      if (!error && users) done(users);
      else this.report(error.reason.toLowerCase());
    });
    this.presence.getAll((error: any, users: any) => (error ? this.report(error) : done(users)));
    this.presence.getAll(function (error) {
      if (error && error.reason) throw error;
    });
    this.presence.getAll([...this.online], (error, users) => {
      if (error) return this.report(error.reason);
      for (const user in users) this.onChange(user, users[user] === true);
    });
    this.presence.getAll(['chris'], this.onAnswer);
    this.presence.getAll(['chris'], (_: { reason: C.EVENT }, users?: Online) => {
      done(Object.keys(users ?? {}));
    });
  }

  private readonly onAnswer = (error: { reason: string }, users?: Online): void => {
    if (error) this.report(error.reason);
    else Object.entries(users ?? {}).forEach(([user, online]) => this.onChange(user, online));
  };

  dispose(): void {
    Object.keys(this.watched).forEach((user) => this.presence.unsubscribe(user));
    this.presence.unsubscribe(this.onChange);
    this.presence.unsubscribe();
  }
}

export function whoIsThere(presence: Presence): Promise<string[] | undefined> {
  return new Promise((resolve, reject) => {
    presence.getAll((error, users) => (error ? reject(error) : resolve(users)));
  });
}

export const nobody: Pick<Presence, 'subscribe'> = {
  subscribe: (...args: any[]) => console.log(args.length),
};

export class FakePresence implements Pick<Presence, 'getAll' | 'subscribe'> {
  subscribe(callback: PresenceListener): void;
  subscribe(user: string, callback: PresenceListener): void;
  subscribe(...args: any[]): void {
    args.pop()('chris', true);
  }
  getAll(): Promise<string[]>;
  getAll(users: string[]): Promise<Online>;
  getAll(callback: (error: { reason: C.EVENT }, result?: string[]) => void): void;
  getAll(users: string[], callback: (error: { reason: C.EVENT }, result?: Online) => void): void;
  getAll(...args: any[]): any {
    return args.length === 0 ? Promise.resolve([]) : Promise.resolve({});
  }
}

interface Handlers {
  event: Pick<Events, 'subscribe' | 'unsubscribe' | 'emit'>;
  rpc: Pick<Calls, 'make'>;
  presence: Pick<Presence, 'getAll'>;
}

export function handlersOf({ event, rpc, presence }: DeepstreamClient): Handlers {
  const bound = { make: rpc.make.bind(rpc), emit: event.emit.bind(event) };
  bound.emit('started', Date.now());
  return { event, rpc, presence };
}

// Records
type Records = DeepstreamClient['record'];
type DsRecord = ReturnType<Records['getRecord']>;
type DsList = ReturnType<Records['getList']>;
type DsQueue = ReturnType<Records['getDq']>;
type Anonymous = ReturnType<Records['getAnonymousRecord']>;
type Strategy = Parameters<Records['setMergeStrategy']>[1];
type Written = NonNullable<Parameters<DsRecord['set']>[2]>;

interface Todo {
  title: string;
  done: boolean;
}

/** A model over a record, as view libraries have them. */
export class TodoModel {
  private readonly record: DsRecord;
  private readonly bound: { path: string; on: (value: any) => void }[] = [];
  todo?: Todo;

  constructor(records: Records, id: string, report: (reason: string) => void) {
    this.record = records.getRecord(`todo/${id}`);
    this.record.on('error', (error: string, action: string) => report(`${action}: ${error}`));
    this.record.on('delete', this.dispose.bind(this)).once('discard', () => report('discarded'));
    this.record.on(C.EVENT.RECORD_ERROR, report);
    this.record.on('error', (error: Error, event: C.EVENT) => report(error.message + event));
    this.record.subscribe(this.onChange, true);
    this.record.subscribe('title', (title) => report(title.toUpperCase()));
    this.record.subscribe('done', (done: boolean) => report(String(done)), false);
  }

  private readonly onChange = (todo: Todo): void => {
    this.todo = { ...todo };
  };

  bind(path: string, on: (value: any) => void): () => void {
    this.bound.push({ path, on });
    this.record.subscribe(path, on, true);
    return () => this.record.unsubscribe(path, on);
  }

  async load(): Promise<Todo> {
    await this.record.whenReady();
    const ready: DsRecord = await this.record.whenReady();
    const { title, done }: Todo = ready.get();
    const tags: string[] = this.record.get('tags') || [];
    const first = this.record.get(`tags[${tags.length - 1}]`);
    return { title: title + first.length, done };
  }

  loadLater(done: (todo: Todo, version: number) => void): void {
    this.record.whenReady((record) => done(record.get(), record.version + 1));
    this.record.whenReady((record: DsRecord) => record.isReady && done(record.get(), 0));
  }

  read(path?: string): any {
    return path === undefined ? this.record.get() : this.record.get(path);
  }

  readAny(path?: string): any {
    return this.record.get(path);
  }

  write(patch: C.JSONObject, done?: (error: string | null) => void): void {
    this.record.set({ ...this.record.get(), ...patch });
    this.record.set(patch, done);
    this.record.set('title', 'Tea');
    this.record.set('changed', { at: Date.now(), by: ['chris', null] }, this.onWritten);
    this.record.set('obsolete', undefined);
    this.record.set('done', true, (error) => done && done(error));
    this.record.set('done', true, (error: any, name: string) => console.log(error, name.length));
    this.record.erase('changed.by');
  }

  private onWritten(error: string | null, name: string): void {
    if (error !== null) console.log(error.toLowerCase(), name);
  }

  async writeSafely(todo: Todo, path: string, value: C.RecordPathData): Promise<void> {
    const whole: Promise<void> = this.record.setWithAck({ ...todo });
    const part = this.record.setWithAck(path, value);
    await Promise.all([whole, part]);
    await this.record.eraseWithAck(path).catch((error) => console.log(error.length));
    this.record.setWithAck({ ...todo }, (error: string) => console.log(error));
    this.record.setWithAck(path, undefined, (error) => console.log(error));
    this.record.eraseWithAck(path, (error: string) => console.log(error));
  }

  perhaps(todo: C.JSONObject, done?: (error: string) => void): Promise<void> | void {
    return this.record.setWithAck(todo, done);
  }

  remove(done?: (error: string | null) => void): void | Promise<void> {
    return done ? this.record.delete(done) : this.record.delete();
  }

  dispose(): void {
    for (const { path, on } of this.bound) this.record.unsubscribe(path, on);
    this.record.unsubscribe(this.onChange);
    this.record.removeContext(this);
    this.record.off('error');
    this.record.discard();
  }
}

const acknowledge: Written = (error, name) => console.log(error === null, name.length);

export function writeWith(record: DsRecord, done: Written): void {
  const write: Parameters<DsRecord['set']> = ['title', 'Tea', acknowledge];
  record.set(...write);
  record.set('title', 'Tea', done);
  console.log(record.name, record.hasProvider === true, record.debugId?.length);
}

// Lists and dequeues
export class TodoList {
  readonly models = new Map<string, DsRecord>();
  private readonly list: DsList;

  constructor(private readonly records: Records, private readonly queue: DsQueue) {
    this.list = records.getList('todos');
    this.list.on('entry-added', (entry: string, index: number) => this.add(entry, index));
    this.list.on('entry-removed', this.remove, this).on('entry-moved', () => this.sort());
    this.list.on(C.EVENT.ENTRY_MOVED_EVENT, (_entry: string, index: number) => index.toFixed());
    this.list.on('delete', (list: DsList) => console.log(list.name));
    this.list.subscribe(this.onEntries);
    this.queue.subscribe((entries) => this.onEntries(entries));
    this.queue.subscribe('first', (first: any) => console.log(first));
  }

  private readonly onEntries = (entries: string[]): void => {
    entries.forEach((entry, index) => this.add(entry, index));
  };

  private add(entry: string, _index: number): void {
    this.models.set(entry, this.records.getRecord(entry));
  }

  private remove(entry: string): void {
    this.models.get(entry)?.discard();
  }

  private sort(): void {
    const sorted = this.list.getEntries().sort((a, b) => a.localeCompare(b));
    this.list.setEntries(sorted);
    this.list.setEntries(sorted, acknowledge);
    this.list.setEntriesWithAck(sorted, acknowledge);
  }

  async fill(names: string[]): Promise<string> {
    const list: DsList = await this.list.whenReady();
    if (list.isEmpty()) await list.setEntriesWithAck(names);
    names.forEach((name, index) => list.addEntry(name, index, acknowledge));
    list.addEntry(names[0]);
    list.removeEntry(names[0], 0);
    list.removeEntry(names[0], undefined, (error) => console.log(error));
    await this.queue.whenReady();
    this.queue.push(names[0]);
    this.queue.unshift(names[0]);
    this.queue.insertEntry(names[0], 1);
    this.queue.removeEntry(names[0]);
    await this.queue.setEntriesWithAck([...this.queue.getEntries(), ...names]);
    const ends = [this.queue.getFirst(), this.queue.getLast(), this.queue.shift()];
    return ends.join() + this.queue.pop().length;
  }

  dispose(): void {
    this.list.unsubscribe(this.onEntries);
    this.queue.unsubscribe(this.onEntries);
    this.list.discard();
    this.queue.delete((error) => console.log(error));
    this.list.delete().then(() => this.models.clear());
  }
}

// Anonymous records
export class Details {
  constructor(private readonly record: Anonymous) {
    record.on('nameChanged', (name: string) => console.log(name));
    record.subscribe('title', (title) => console.log(title.length), true);
  }

  async show(name: string): Promise<Todo> {
    const record: Anonymous = await this.record.setName(name);
    this.record.setName(name, (ready) => console.log(ready.name, ready.version));
    return record.get();
  }

  save<T>(data: T): void {
    this.record.set(data);
    this.record.set(data, acknowledge);
    this.record.setWithAck(data);
    this.record.setWithAck(data, (error: string) => console.log(error));
    this.record.erase('obsolete');
    this.record.eraseWithAck('obsolete');
  }
}

// Without a handle
export class Repository {
  constructor(private readonly records: Records) {
    records.listen('^todo/.*', (name, response) => {
      response.accept();
      response.onStop((stopped) => console.log(name === stopped));
    });
  }

  async find(name: string): Promise<C.RecordData> {
    const [there, version] = await Promise.all([this.records.has(name), this.records.head(name)]);
    if (!there || version === -1) return null;
    const data: C.RecordData = await this.records.snapshot(name);
    return data;
  }

  async title(name: string): Promise<string> {
    const data = (await this.records.snapshot(name)) as C.JSONObject;
    return data.title as string;
  }

  findLater(name: string, done: (error: string | null, data: C.RecordData) => void): void {
    this.records.snapshot(name, done);
    this.records.snapshot(name, (error, data) => (error ? done(error, null) : done(null, data)));
    this.records.snapshot(name, (error: string | null, data: any) => done(error, data.todo));
    this.records.has(name, (error, there) => console.log(error?.length, there === true));
    this.records.has(name, (_error: string | null, there: boolean | null) => !there);
    this.records.head(name, (_error, version) => console.log(version.toFixed()));
  }

  async save(name: string, todo: Todo, data: C.RecordData): Promise<void> {
    this.records.setData(name, { ...todo });
    this.records.setData(name, data);
    this.records.setData(name, 'title', todo.title, acknowledge);
    this.records.setData(name, 'title', todo.title);
    this.records.setData(name, { ...todo }, acknowledge);
    await this.records.setDataWithAck(name, { ...todo });
    await this.records.setDataWithAck(name, data);
    await this.records.setDataWithAck(name, 'title', undefined);
    this.records.setDataWithAck(name, 'title', { ...todo }, (error) => console.log(error));
    await this.records.notify(this.records.names());
    this.records.notify([name], (error: string) => console.log(error));
  }

  saveEither(name: string, what: string | C.RecordData, value: C.RecordPathData): void {
    this.records.setData(name, what, value, acknowledge);
    const saved: void | Promise<string | void> = this.records.setDataWithAck(name, 'a', {});
    console.log(saved);
  }

  async reset(): Promise<void> {
    this.records.saveToOfflineStorage();
    this.records.clearOfflineStorage((error) => console.log(error));
    await this.records.clearOfflineStorage();
  }
}

// Merging
const newest: Strategy = (local, localVersion, remote, remoteVersion, done) =>
  done(null, localVersion > remoteVersion ? local : remote);

export function merge(records: Records, record: DsRecord, anonymous: Anonymous): void {
  records.setMergeStrategy('todo/1', newest);
  records.setMergeStrategyRegExp(/^todo/, DefaultOptions.mergeStrategy);
  anonymous.setMergeStrategy(newest);
  record.setMergeStrategy((local: any, _version, remote: any, _remoteVersion, done) => {
    done(null, { ...remote, ...local });
  });
  record.setMergeStrategy(
    async (
      local: C.RecordData,
      localVersion: number,
      remote: C.RecordData,
      remoteVersion: number,
      done: (error: string | null, merged: C.RecordData) => void,
    ) => newest(local, localVersion, remote, remoteVersion, done),
  );
}

// Doubles
export const reading: Pick<Records, 'has' | 'names'> = {
  has: async (_name: string) => true,
  names: () => [],
};

export class FakeRecord implements Pick<DsRecord, 'get' | 'set' | 'erase' | 'discard' | 'name'> {
  private data: any = {};
  constructor(readonly name: string) {}
  get(path?: string): any {
    return path === undefined ? this.data : this.data[path];
  }
  set(data: C.JSONObject, done?: Written): void;
  set(path: string, data: C.RecordPathData | undefined, done?: Written): void;
  set(...args: any[]): void {
    if (typeof args[0] === 'string') this.data[args[0]] = args[1];
    else this.data = args[0];
  }
  erase(path: string): void {
    this.set(path, undefined);
  }
  discard(): void {}
}

export class FakeRecords implements Pick<Records, 'getRecord' | 'getList' | 'snapshot'> {
  getRecord(name: string): DsRecord {
    return new FakeRecord(name) as any;
  }
  getList(name: string): DsList {
    return { name } as DsList;
  }
  snapshot(name: string): Promise<C.RecordData>;
  snapshot(name: string, done: (error: string | null, data: C.RecordData) => void): void;
  snapshot(name: string, done?: (error: string | null, data: C.RecordData) => void): any {
    return done ? done(null, { name }) : Promise.resolve({ name });
  }
}

export const wrap = ({ record }: DeepstreamClient) => ({
  get: record.getRecord.bind(record),
  list: record.getList.bind(record),
  has: (name: string) => record.has(name),
});
