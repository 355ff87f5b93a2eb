/** What can travel as data: everything that JSON can say. */
export type JSONValue = C.JSONValue;

/** An object of JSON values, such as login details and the client data that answer them. */
export type JSONObject = C.JSONObject;

/** The name of a connection state, as `getConnectionState()` returns it. */
export type ConnectionState = `${C.CONNECTION_STATE}`;

/**
 * Connects to a deepstream server.
 *
 * @param url `ws:` or `wss:`; without a scheme `ws:` is taken, without a path `options.path`.
 * @throws on a wrong argument or option, and where there is no WebAssembly or WebSocket.
 */
export function deepstream(url: string, options?: Partial<Options>): DeepstreamClient;

export default deepstream;

/** What listeners of each of the client's events receive. */
export interface ClientEvents {
  /** The connection went into another state. */
  connectionStateChanged: [state: C.CONNECTION_STATE];
  /** A login brought other client data than the one before; `{}` where there are none. */
  clientDataChanged: [clientData: JSONObject];
  /** The login that follows a reconnection by itself was refused. */
  reauthenticationFailure: [failure: LoginFailure];
  /** No further attempt is made, after this many. */
  MAX_RECONNECTION_ATTEMPTS_REACHED: [attempts: number];
  /**
   * Something went wrong. `event` is a value of `C.EVENT` or the name of an action, `topic` that of
   * a topic, and `meta` depends on them.
   */
  error: [meta: unknown, event: string | undefined, topic: string];
}

/** The arguments of an event's listeners; those of events that are not among these are unknown. */
export type EventArguments<Name extends string, Events = ClientEvents> = Name extends keyof Events
  ? Extract<Events[Name], unknown[]>
  : any[];

/**
 * A method's type, because its parameters may be annotated more narrowly than they are given, as
 * code for `@deepstream/client` does, whose typings take any function.
 */
export type Listener<Name extends string, Scope, Events = ClientEvents> = {
  call(this: Scope, ...args: EventArguments<Name, Events>): void;
}['call'];

/**
 * What code for `@deepstream/client` has for listeners, though it is not said to take what the event
 * brings: a `Function` of which nothing more is known, the `resolve` of a `Promise<void>`, or
 * something that takes the `LooseArguments`. It is one that takes something else that is a mistake.
 */
export type LooseListener<
  Name extends string,
  Fn extends Function,
  Events = LooseEvents,
> = Name extends keyof Events
  ?
      | (Function extends Fn ? Fn : never)
      | ((nothing: void) => void)
      | { call(...args: LooseArguments<Name, Events>): void }['call']
  : Fn;

/**
 * The arguments of the client's events as far as code for `@deepstream/client` agrees on them: there
 * states are texts, client data are of the application's own interfaces, actions and topics may be
 * typed by their numbers, and whoever emits an event may leave some out.
 */
export type LooseArguments<Name extends string, Events = LooseEvents> = Name extends keyof Events
  ? [...Partial<Extract<Events[Name], unknown[]>>, ...unknown[]]
  : any[];

interface LooseEvents {
  connectionStateChanged: [state: string];
  clientDataChanged: [clientData: object | null];
  reauthenticationFailure: [failure: object];
  MAX_RECONNECTION_ATTEMPTS_REACHED: [attempts: number];
  error: [meta: unknown, event: string | C.ALL_ACTIONS, topic: string | C.TOPIC];
}

export interface LoginFailure {
  /**
   * What the server said, or `'INVALID_AUTHENTICATION_DETAILS'`; where it cannot answer any more, the
   * name of what came between, such as `'IS_CLOSED'` or `'LOGIN_SUPERSEDED'`.
   */
  reason: JSONValue;
}

/**
 * @param success whether the server accepted the details
 * @param data the client data that the server sent, `null` for none; where it refused, `{ reason }`
 */
export type AuthenticationCallback = (success: boolean, data: JSONObject | null) => void;

/** Without an argument where the client is open again, else with `{ reason }`. */
export type ResumeCallback = (error?: JSONObject) => void;

export class DeepstreamClient {
  /** @see deepstream */
  constructor(url: string, options?: Partial<Options>);

  /** Events that clients send each other. */
  readonly event: EventHandler;
  /** Remote procedure calls: requests that one client makes and another answers. */
  readonly rpc: RPCHandler;
  /** Which users are connected. */
  readonly presence: PresenceHandler;
  /** Records: documents that clients have in common. */
  readonly record: RecordHandler;

  /** Calls `listener`, with `scope` (default: the client) as `this`, at each event of this name. */
  on<Name extends string, Scope = this>(
    name: Name,
    listener: Listener<Name, Scope>,
    scope?: Scope,
  ): this;
  on<Name extends string, Fn extends Function>(
    name: Name,
    listener: LooseListener<Name, Fn>,
    scope?: unknown,
  ): this;
  /** The same, for the next event of this name only. */
  once<Name extends string, Scope = this>(
    name: Name,
    listener: Listener<Name, Scope>,
    scope?: Scope,
  ): this;
  once<Name extends string, Fn extends Function>(
    name: Name,
    listener: LooseListener<Name, Fn>,
    scope?: unknown,
  ): this;
  /** Removes all listeners, or those of a name, of a function, or of a scope. */
  off<Name extends string>(name?: Name, listener?: Listener<Name, never>, scope?: unknown): this;
  off<Name extends string, Fn extends Function>(
    name?: Name,
    listener?: LooseListener<Name, Fn>,
    scope?: unknown,
  ): this;
  /** Calls the listeners of this name, at once. */
  emit<Name extends string>(name: Name, ...args: LooseArguments<Name>): this;
  hasListeners(name: string): boolean;
  /** The names that have listeners. */
  eventNames(): string[];
  /** Removes the listeners that have this scope. */
  removeContext(scope: unknown): void;

  /**
   * Logs in, now or as soon as the server is ready for it, and again after each reconnection.
   * The promise rejects with a `LoginFailure`, and resolves with the client data: with `null` where
   * the server sends none, which the type leaves out as that of `@deepstream/client` does.
   */
  login(details?: JSONObject): Promise<JSONObject>;
  login(callback: AuthenticationCallback): void;
  login(details: JSONObject | undefined, callback: AuthenticationCallback): void;
  /** For a callback that may be missing: a promise where it is. */
  login(
    details: JSONObject | undefined,
    callback: AuthenticationCallback | undefined,
  ): Promise<JSONObject> | void;

  getConnectionState(): C.CONNECTION_STATE;
  /** How the connection is doing, at this moment. */
  getConnectionInfo(): ConnectionInfo;

  /** Closes the connection, for good. */
  close(): void;
  /** Closes the connection until `resume()`. */
  pause(): void;
  /** Connects again; settles with the answer to the login that follows by itself. */
  resume(callback?: undefined): Promise<void>;
  resume(callback: ResumeCallback): void;
  /** For a callback that may be missing: a promise where it is. */
  resume(callback: ResumeCallback | undefined): Promise<void> | void;

  /** A random string that begins with the time, so that later ones sort after earlier ones. */
  getUid(): string;
}

/** @throws `Error` for a name or pattern that is empty or no string, or a callback that is none. */
export interface EventHandler {
  /**
   * Calls `callback` at each event of this name, also at those that this client emits. The data are
   * `undefined` where there were none, which the type leaves out as `@deepstream/client` does.
   */
  subscribe(name: string, callback: EventCallback): void;
  /** For data of the application's own types. */
  subscribe(name: string, callback: EventCallback<any>): void;
  /** Removes a callback, or without one all of this name. */
  unsubscribe(name: string, callback?: EventCallback<any>): void;
  /** Sends an event to all who subscribe to it; while there is no connection it waits in a queue. */
  emit(name: string, data?: JSONValue): void;
  /**
   * Offers to emit the events whose names match, so that nothing is emitted that nobody hears:
   * calls `callback` for each name that clients begin to subscribe to.
   *
   * @param pattern a regular expression, such as `'^news/.*'`; it can have one callback only
   */
  listen(pattern: string, callback: ListenCallback): void;
  unlisten(pattern: string): void;
  /** The names that this client subscribes to. */
  eventNames(): string[];
}

export type EventCallback<Data = C.EventData> = (data: Data) => void;

/** @param subscriptionName what was subscribed to and matches the pattern */
export type ListenCallback = (subscriptionName: string, response: ListenResponse) => void;

/** Of `accept` and `reject` one has to be called, else the server asks the next one who listens. */
export interface ListenResponse {
  /** Makes this client the one that provides. */
  accept: () => void;
  /** Leaves it to others. The reason is taken for compatibility and goes nowhere. */
  reject: (reason?: string) => void;
  /** Calls `callback` once nobody subscribes any more, or the connection is lost. */
  onStop: (callback: (subscriptionName: string) => void) => void;
}

/** @throws `Error` for a name that is empty or no string, or a callback that is none. */
export interface RPCHandler {
  /**
   * Answers the RPCs of this name with `callback`. As for `@deepstream/client`, whose typings say
   * nothing of it, the type does not say that the requestor may be missing; `RPCProvider` does.
   *
   * @throws `Error` where this client provides it already.
   */
  provide(
    name: string,
    callback: (data: any, response: RPCResponse, requestor: Required<RPCRequestor>) => void,
  ): void;
  /** For requestors that are typed in other ways. */
  provide(
    name: string,
    callback: (data: any, response: RPCResponse, requestor?: any) => void,
  ): void;
  unprovide(name: string): void;
  /**
   * Has an RPC executed by a client that provides it, which may be this one. Resolves with what
   * that sends, `undefined` for nothing, and rejects with
   * - what it passes to `error()`, falsy values too; `'REQUEST_ERROR'` for `null` and for nothing
   * - `'NO_RPC_PROVIDER'`, also where all have rejected it
   * - `'ACCEPT_TIMEOUT'`, `'RESPONSE_TIMEOUT'`: the provider did not take it, or not answer, in the
   *   time that the server gives it
   * - `'MESSAGE_DENIED'`, `'MESSAGE_PERMISSION_ERROR'`, or another name of a `C.RPC_ACTION`: the
   *   server refused it
   * - `'client offline'`: there was no connection, or it was lost before the answer; the RPC may
   *   have been executed then
   */
  make<Result = any>(name: string, data?: any): Promise<Result>;
  /** The same, with the rejection as the first argument, which is else `null`. */
  make<Result = any>(name: string, data: any, callback: RPCMakeCallback<Result>): void;
  /** For results of the application's own types, and `Parameters`, which sees nothing but this. */
  make<Result = any>(name: string, data: any, callback: RPCMakeCallback): void;
  /** The names that this client provides. */
  providerNames(): string[];
}

/** @param requestor `undefined` where the server says nothing about it */
export type RPCProvider<Data = any> = (
  data: Data,
  response: RPCResponse,
  requestor?: RPCRequestor,
) => void;

/** Who makes an RPC, as far as the server is set up to say. */
export interface RPCRequestor {
  /** The name of the user. */
  requestorName?: string;
  /** The server data of the user. */
  requestorData?: any;
}

/** @param error what the promise would reject with, maybe a falsy value; `null` for a result */
export type RPCMakeCallback<Result = any> = (error: any, result?: Result) => void;

/**
 * An RPC to be answered, once: with `send`, `error` or `reject`, at any time.
 *
 * @throws `Error` where it was answered before.
 */
export interface RPCResponse {
  /**
   * Whether the RPC is accepted by itself right after the provider was called; default: `true`. A
   * provider that sets it to `false` calls `accept()` when it knows that it will answer.
   */
  autoAccept: boolean;
  /** Tells the server that an answer will come; after the first time it does nothing. */
  accept(): void;
  /** Leaves it to another provider. */
  reject(): void;
  /** Answers with an error, which is any value. */
  error(error: C.RPCResult): void;
  /** Answers with a result. */
  send(data?: C.RPCResult): void;
}

/** @throws `Error` for a user that is empty or no string, or another argument of the wrong type. */
export interface PresenceHandler {
  /** Calls `callback` when any user comes or goes; of those who are there `getAll()` tells. */
  subscribe(callback: SubscribeCallback): void;
  /** The same, for one user. */
  subscribe(user: string, callback: SubscribeCallback): void;
  /** Removes all callbacks, those of single users too. */
  unsubscribe(): void;
  /** Removes one of those for any user. */
  unsubscribe(callback: SubscribeCallback): void;
  /** Removes one of those for this user, or all of them. */
  unsubscribe(user: string, callback?: SubscribeCallback): void;

  /** The users who are connected, without this client's own. Rejects with a `QueryError`. */
  getAll(): Promise<QueryResult>;
  /** Whether each of these users is connected. */
  getAll(users: string[]): Promise<IndividualQueryResult>;
  getAll(callback: QueryCallback<QueryResult>): void;
  getAll(users: string[], callback: QueryCallback<IndividualQueryResult>): void;
  /** For errors that are typed in other ways, as in the typings of `@deepstream/client`. */
  getAll(callback: LooseQueryCallback<QueryResult>): void;
  getAll(users: string[], callback: LooseQueryCallback<IndividualQueryResult>): void;
}

/** @param online `true` when the first connection of the user came, `false` when the last went */
export type SubscribeCallback = (user: string, online: boolean) => void;

/** The names of users. */
export type QueryResult = string[];

/** By the name of the user. */
export interface IndividualQueryResult {
  [user: string]: boolean;
}

/**
 * Why there is no answer: there was no connection, or it was lost; none came in time (five times
 * `subscriptionTimeout`); too much waits to be sent; or the server's reason.
 */
export type QueryError = (
  | `${C.EVENT.CLIENT_OFFLINE | C.EVENT.ACK_TIMEOUT | C.EVENT.OUTGOING_QUEUE_FULL}`
  | keyof typeof C.PRESENCE_ACTION
) & {
  /** @deprecated Only the typings of `@deepstream/client` have it: the error is the reason. */
  readonly reason?: any;
};

/** One of the two arguments tells which is there: `error` is `null`, or the result `undefined`. */
export type QueryCallback<Result> = (
  ...answer: [error: null, result: Result] | [error: QueryError, result: undefined]
) => void;

type LooseQueryCallback<Result> = (error: any, result?: Result) => void;

/**
 * The emitter's methods, for the events of something that a client gives: their arguments, and
 * those on which code for `@deepstream/client` agrees, where nothing was said of them.
 */
interface EventEmitter<Events, Loose = Events> {
  /** Calls `listener`, with `scope` (default: this) as `this`, at each event of this name. */
  on<Name extends string, Scope = this>(
    name: Name,
    listener: Listener<Name, Scope, Events>,
    scope?: Scope,
  ): this;
  on<Name extends string, Fn extends Function>(
    name: Name,
    listener: LooseListener<Name, Fn, Loose>,
    scope?: unknown,
  ): this;
  /** The same, for the next event of this name only. */
  once<Name extends string, Scope = this>(
    name: Name,
    listener: Listener<Name, Scope, Events>,
    scope?: Scope,
  ): this;
  once<Name extends string, Fn extends Function>(
    name: Name,
    listener: LooseListener<Name, Fn, Loose>,
    scope?: unknown,
  ): this;
  /** Removes all listeners, or those of a name, of a function, or of a scope. */
  off<Name extends string>(
    name?: Name,
    listener?: Listener<Name, never, Events>,
    scope?: unknown,
  ): this;
  off<Name extends string, Fn extends Function>(
    name?: Name,
    listener?: LooseListener<Name, Fn, Loose>,
    scope?: unknown,
  ): this;
  /** Calls the listeners of this name, at once. */
  emit<Name extends string>(name: Name, ...args: LooseArguments<Name, Loose>): this;
  hasListeners(name: string): boolean;
  /** The names that have listeners. */
  eventNames(): string[];
  /** Removes the listeners that have this scope. */
  removeContext(scope: unknown): void;
}

/** What all that is given for the name of a record has in common. */
interface RecordHandle {
  readonly name: string;
  /** Whether there are data: the server's, or those stored here where it cannot be asked. */
  readonly isReady: boolean;
  /** Rises by one with each change. At first there is none, which the type leaves out. */
  readonly version: number;
  /** With the option `debug` a text that no other handle has. */
  readonly debugId: string | null;
  /**
   * Lets go of this handle and of its subscriptions. With the last one of a record its subscription
   * ends, after `recordDiscardTimeout`.
   */
  discard(): void;
  /**
   * Deletes the record, for everybody. Rejects with the reason: the name of a `C.RECORD_ACTION`, or
   * a sentence where there is no connection.
   */
  delete(): Promise<void>;
  delete(callback: DeleteCallback): void;
  /** For a callback that may be missing: a promise where it is. */
  delete(callback: DeleteCallback | undefined): Promise<void> | void;
}

/** The arguments of the events that all handles have. */
interface HandleEvents {
  /**
   * Something went wrong with the record.
   *
   * @param error the name of a `C.RECORD_ACTION` or a `C.EVENT`
   * @param action what was tried, as the name of a `C.RECORD_ACTION`; `undefined` if not known
   */
  error: [error: string, action: string | undefined];
  /** A client began or ceased to provide the record, see `listen`. */
  hasProviderChanged: [hasProvider: boolean];
}

/** What code for `@deepstream/client` takes errors as: anything. */
type LooseErrors<Events> = Omit<Events, 'error'> & { error: unknown[] };

export interface RecordEvents<T = any> extends HandleEvents {
  /** There are data; for who comes later there is `whenReady`. */
  ready: [record: Record<T>];
  /** The record is not kept up to date any more. */
  discard: [];
  /** The record was deleted, by whomever. */
  delete: [];
}

interface EntryEvents {
  /** @param index where it is now */
  'entry-added': [entry: string, index: number];
  /** @param index where it was */
  'entry-removed': [entry: string, index: number];
  /** @param index where it is now */
  'entry-moved': [entry: string, index: number];
}

export interface ListEvents extends HandleEvents, EntryEvents {
  ready: [list: List];
  discard: [list: List];
  delete: [list: List];
}

export interface DequeueEvents extends HandleEvents, EntryEvents {
  ready: [dequeue: Dequeue];
  discard: [dequeue: Dequeue];
  delete: [dequeue: Dequeue];
}

export interface AnonymousRecordEvents<T = any> extends HandleEvents {
  /** `setName` gave it another record. */
  nameChanged: [name: string];
  ready: [record: AnonymousRecord<T>];
  discard: [];
  delete: [];
}

/**
 * Records: documents that clients have in common. `client.record`.
 *
 * @throws `Error` for a name that is empty or no string, or another argument of the wrong type.
 */
export interface RecordHandler {
  /** A handle of the record of this name, which is made if there is none. */
  getRecord<T = any>(name: string): Record<T>;
  /** For `ReturnType`, which sees nothing but this. */
  getRecord(name: string): Record;
  /** The same, of a record that is a list of texts, such as the names of records. */
  getList(name: string): List;
  /** The same, of a record that is a double-ended queue of texts. */
  getDq(name: string): Dequeue;
  /** A handle of a record that is named later, and may be exchanged for another. */
  getAnonymousRecord<T = any>(): AnonymousRecord<T>;
  getAnonymousRecord(): AnonymousRecord;

  /**
   * The data of a record, without a subscription. Rejects with
   * - `'RECORD_NOT_FOUND'`, `'MESSAGE_DENIED'`, or another name of a `C.RECORD_ACTION`
   * - `'client offline'`: there was no connection, or it was lost before the answer
   * - `'ACK_TIMEOUT'`: no answer came within `recordReadTimeout`
   */
  snapshot<T = C.RecordData>(name: string): Promise<T>;
  snapshot<T = C.RecordData>(name: string, callback: ReadCallback<T>): void;
  /** For `Parameters`, which sees nothing but this. */
  snapshot(name: string, callback: ReadCallback): void;
  /** Whether there is a record of this name. Rejects as `snapshot` does. */
  has(name: string): Promise<boolean>;
  has(name: string, callback: ReadCallback<boolean | null>): void;
  /** The version of a record, -1 where there is none. Rejects as `snapshot` does. */
  head(name: string): Promise<number>;
  head(name: string, callback: ReadCallback<number>): void;

  /**
   * Writes a record, or a part of it, without a subscription and whatever its version is; where the
   * client has the record, as `Record.set` does. Without a connection it is queued.
   */
  setData<T = C.RecordData>(name: string, data: Given<T>, callback?: WriteAckCallback): void;
  setData(
    name: string,
    path: string,
    data: C.RecordPathData | undefined,
    callback?: WriteAckCallback,
  ): void;
  /** For arguments of which it is not known which they are. */
  setData(
    name: string,
    pathOrData: string | C.RecordData,
    dataOrCallback: C.RecordPathData | WriteAckCallback | undefined,
    callback?: WriteAckCallback,
  ): void;
  /** The same, settled when the server has written it; rejects as `Record.setWithAck` does. */
  setDataWithAck<T = C.RecordData>(name: string, data: Given<T>): Promise<void>;
  setDataWithAck<T = C.RecordData>(
    name: string,
    data: Given<T>,
    callback: WriteAckCallback,
  ): void;
  setDataWithAck(
    name: string,
    path: string,
    data: C.RecordPathData | undefined,
  ): Promise<void>;
  setDataWithAck(
    name: string,
    path: string,
    data: C.RecordPathData | undefined,
    callback: WriteAckCallback,
  ): void;
  /** For a callback that may be missing: a promise where it is. */
  setDataWithAck(
    name: string,
    data: C.RecordData,
    callback: WriteAckCallback | undefined,
  ): Promise<void> | void;
  setDataWithAck(
    name: string,
    path: string,
    data: C.RecordPathData | undefined,
    callback: WriteAckCallback | undefined,
  ): Promise<void> | void;
  /** @deprecated It throws, as that of `@deepstream/client` does: handles delete records. */
  delete(name: string, callback?: DeleteCallback): Promise<void> | void;

  /** Tells the server that these records were changed in its storage, past it. */
  notify(names: string[]): Promise<void>;
  notify(names: string[], callback: DeleteCallback): void;
  /** For a callback that may be missing: a promise where it is. */
  notify(names: string[], callback: DeleteCallback | undefined): Promise<void> | void;

  /** The records that this client has, those that are about to be discarded among them. */
  names(): string[];

  /**
   * Offers to provide the records whose names match, so that nothing is provided that nobody reads:
   * calls `callback` for each name that clients begin to subscribe to.
   *
   * @param pattern a regular expression, such as `'^weather/.*'`; it can have one callback only
   */
  listen(pattern: string, callback: ListenCallback): void;
  unlisten(pattern: string): void;

  /** Has a strategy decide for the record of this name. */
  setMergeStrategy<T = C.RecordData>(name: string, strategy: MergeStrategy<T>): void;
  /** The same, for all whose names match and that have none of their own. */
  setMergeStrategyRegExp<T = C.RecordData>(pattern: RegExp, strategy: MergeStrategy<T>): void;

  /** Stores all records that this client has, with `offlineEnabled`. */
  saveToOfflineStorage(): void;
  /** Removes all that is stored. */
  clearOfflineStorage(): Promise<void>;
  clearOfflineStorage(callback: (error: string | null) => void): void;
}

/**
 * A handle of a record. Handles of the same record share its data, and each has its own
 * subscriptions and listeners.
 *
 * Paths are such as `'address.city'` and `'tags[0]'`. `T` says what is in the record, and thereby
 * what is at paths that are known when it is compiled; anything may be at others.
 *
 * @throws `Error` for arguments of the wrong type, and for paths that are none.
 */
export interface Record<T = any>
  extends RecordHandle, EventEmitter<RecordEvents<T>, LooseErrors<RecordEvents<T>>> {
  /** Whether a client provides the record, see `listen`. */
  readonly hasProvider: boolean;

  /** Resolves when there are data, and rejects with the name of the reason why there are none. */
  whenReady(): Promise<Record<T>>;
  /** Calls `callback`, at once where there are data. */
  whenReady(callback: (record: Record<T>) => void): void;

  /** A copy of the data, or with `recordDeepCopy: false` what is not to be changed. */
  get(): T;
  /** The value at a path; `undefined` where there is none. */
  get<P extends Path<T>>(path: P): ValueAt<T, P>;
  /** For a path that may be missing. */
  get(path?: string): any;

  /**
   * Writes the data, here at once. An error of the server's is told to the callback, or else by an
   * event `error`.
   */
  set(data: Whole<T>, callback?: WriteAckCallback): void;
  /** Writes the value at a path; `undefined` erases it. */
  set<P extends Path<T>>(
    path: P,
    data: WrittenAt<T, P> | undefined,
    callback?: WriteAckCallback,
  ): void;
  /**
   * The same, settled when the server has written it. Rejects with
   * - `'VERSION_EXISTS'`: the merge strategy chose something else
   * - `'MESSAGE_DENIED'`, `'INVALID_MESSAGE_DATA'`, or another name of a `C.RECORD_ACTION`
   * - `'RECORD_READ_ONLY_MODE'`
   * - `'client offline'`: the client was closed, or gave up, before
   */
  setWithAck(data: Whole<T>): Promise<void>;
  setWithAck(data: Whole<T>, callback: WriteAckCallback): void;
  setWithAck<P extends Path<T>>(path: P, data: WrittenAt<T, P> | undefined): Promise<void>;
  setWithAck<P extends Path<T>>(
    path: P,
    data: WrittenAt<T, P> | undefined,
    callback: WriteAckCallback,
  ): void;
  /** For a callback that may be missing: a promise where it is. */
  setWithAck<P extends Path<T>>(
    path: P,
    data: WrittenAt<T, P> | undefined,
    callback: WriteAckCallback | undefined,
  ): Promise<void> | void;
  setWithAck(data: Whole<T>, callback?: WriteAckCallback): Promise<void> | void;

  /** Writes several values as one change, in order. */
  setMulti<Paths extends string[]>(patches: Patches<T, Paths>, callback?: WriteAckCallback): void;
  /** The same, settled as `setWithAck` is. */
  setMultiWithAck<Paths extends string[]>(patches: Patches<T, Paths>): Promise<void>;
  setMultiWithAck<Paths extends string[]>(
    patches: Patches<T, Paths>,
    callback: WriteAckCallback,
  ): void;
  /** For a callback that may be missing: a promise where it is. */
  setMultiWithAck<Paths extends string[]>(
    patches: Patches<T, Paths>,
    callback: WriteAckCallback | undefined,
  ): Promise<void> | void;

  /** Removes what is at a path; of an array, `null` is left in its place. */
  erase(path: Path<T>): void;
  /** The same, settled as `setWithAck` is. */
  eraseWithAck(path: Path<T>): Promise<void>;
  eraseWithAck(path: Path<T>, callback: WriteAckCallback): void;
  /** For a callback that may be missing: a promise where it is. */
  eraseWithAck(path: Path<T>, callback: WriteAckCallback | undefined): Promise<void> | void;

  /** Calls `callback` when the data change; with `triggerNow` also as soon as there are any. */
  subscribe(callback: SubscriptionCallback<T>, triggerNow?: boolean): void;
  /** The same, for the value at a path. */
  subscribe<P extends Path<T>>(
    path: P,
    callback: SubscriptionCallback<ValueAt<T, P>>,
    triggerNow?: boolean,
  ): void;
  /** Removes all callbacks of this handle that are for the whole of the data. */
  unsubscribe(): void;
  /** Removes one of these. */
  unsubscribe(callback: SubscriptionCallback<any>): void;
  /** Removes a callback of a path, or all of it. */
  unsubscribe(path: Path<T>, callback?: SubscriptionCallback<any>): void;

  /** Has a strategy decide where this record has two states. */
  setMergeStrategy(strategy: MergeStrategy<T>): void;
}

/**
 * A record whose data are an array of texts.
 *
 * @throws `Error` for arguments of the wrong type, and for an index that is not in the list.
 */
export interface List extends RecordHandle, EventEmitter<ListEvents, LooseErrors<ListEvents>> {
  /** Resolves when the list is there, and rejects with the name of the reason why it is not. */
  whenReady(): Promise<List>;
  /** Calls `callback`, at once where it is there. */
  whenReady(callback: (list: List) => void): void;

  getEntries(): string[];
  isEmpty(): boolean;
  setEntries(entries: string[], callback?: WriteAckCallback): void;
  /** The same, settled as `Record.setWithAck` is. */
  setEntriesWithAck(entries: string[]): Promise<void>;
  setEntriesWithAck(entries: string[], callback: WriteAckCallback): void;
  /** Puts an entry before the one at `index`, or to the end. */
  addEntry(entry: string, index?: number, callback?: WriteAckCallback): void;
  /** Removes an entry wherever it is, or only at `index`. */
  removeEntry(entry: string, index?: number, callback?: WriteAckCallback): void;

  /** Calls `callback` when the entries change; with `triggerNow` also as soon as there are any. */
  subscribe(callback: EntriesCallback, triggerNow?: boolean): void;
  unsubscribe(callback: EntriesCallback): void;
}

/**
 * A record that is a double-ended queue of texts. A change costs the same however long it is.
 *
 * @throws `Error` for arguments of the wrong type, and for an index that is not in the queue.
 */
export interface Dequeue
  extends RecordHandle, EventEmitter<DequeueEvents, LooseErrors<DequeueEvents>> {
  /** Resolves when the queue is there, and rejects with the name of the reason why it is not. */
  whenReady(): Promise<Dequeue>;
  /** Calls `callback`, at once where it is there. */
  whenReady(callback: (dequeue: Dequeue) => void): void;

  getEntries(): string[];
  isEmpty(): boolean;
  /** The first entry, `''` where there is none. */
  getFirst(): string;
  /** The last entry, `''` where there is none. */
  getLast(): string;
  setEntries(entries: string[], callback?: WriteAckCallback): void;
  /** The same, settled as `Record.setWithAck` is. */
  setEntriesWithAck(entries: string[]): Promise<void>;
  setEntriesWithAck(entries: string[], callback: WriteAckCallback): void;

  /** Adds an entry to the end. */
  push(entry: string, callback?: WriteAckCallback): void;
  /** The same, settled as `Record.setWithAck` is. */
  pushWithAck(entry: string): Promise<void>;
  pushWithAck(entry: string, callback: WriteAckCallback): void;
  /** Adds an entry to the beginning. */
  unshift(entry: string, callback?: WriteAckCallback): void;
  /** The same, settled as `Record.setWithAck` is. */
  unshiftWithAck(entry: string): Promise<void>;
  unshiftWithAck(entry: string, callback: WriteAckCallback): void;
  /** Removes the last entry and returns it, or `''` where there is none. */
  pop(): string;
  /** Removes the first entry and returns it, or `''` where there is none. */
  shift(): string;
  /** Puts an entry before the one at `index`. */
  insertEntry(entry: string, index: number, callback?: WriteAckCallback): void;
  /**
   * Removes the first such entry, or the one at `index`.
   *
   * @throws `Error` where there is none.
   */
  removeEntry(entry: string, index?: number): void;

  /** Calls `callback` when the entries change. */
  subscribe(callback: EntriesCallback): void;
  /** Calls `callback` when another entry is the first, or the last. */
  subscribe(position: 'first' | 'last', callback: (entry: string) => void): void;
  /** For positions and callbacks that are typed as in `@deepstream/client`. */
  subscribe(position: string, callback: EntriesCallback): void;
  unsubscribe(callback: EntriesCallback): void;
  unsubscribe(position: 'first' | 'last', callback: (entry: string) => void): void;
  unsubscribe(position: string, callback: EntriesCallback): void;
}

/**
 * A handle of a record that is named by `setName`, as often as one likes; subscriptions follow. As
 * long as it has no name, all that needs one does nothing.
 *
 * @throws `Error` for arguments of the wrong type, and for paths that are none.
 */
export interface AnonymousRecord<T = any>
  extends EventEmitter<AnonymousRecordEvents<T>, LooseErrors<AnonymousRecordEvents<T>>> {
  /** `''` where there is none. */
  readonly name: string;
  readonly isReady: boolean;
  /** -1 where there is no name. */
  readonly version: number;

  /** Resolves when there are data. Without a name there is no promise, which the type leaves out. */
  whenReady(): Promise<AnonymousRecord<T>>;
  whenReady(callback: (record: AnonymousRecord<T>) => void): void;
  /** Exchanges the record for that of another name; resolves when there are data. */
  setName(name: string): Promise<AnonymousRecord<T>>;
  setName(name: string, callback: (record: AnonymousRecord<T>) => void): void;

  /** @see Record */
  get(): T;
  get<P extends Path<T>>(path: P): ValueAt<T, P>;
  get(path?: string): any;
  /** @see Record */
  set(data: T, callback?: WriteAckCallback): void;
  set<P extends Path<T>>(
    path: P,
    data: WrittenAt<T, P> | undefined,
    callback?: WriteAckCallback,
  ): void;
  /** @see Record */
  setWithAck(data: T): Promise<void>;
  setWithAck(data: T, callback: WriteAckCallback): void;
  setWithAck<P extends Path<T>>(path: P, data: WrittenAt<T, P> | undefined): Promise<void>;
  setWithAck<P extends Path<T>>(
    path: P,
    data: WrittenAt<T, P> | undefined,
    callback: WriteAckCallback,
  ): void;
  setWithAck(data: T, callback?: WriteAckCallback): Promise<void> | void;
  /** @see Record */
  erase(path: Path<T>): void;
  eraseWithAck(path: Path<T>): Promise<void>;
  eraseWithAck(path: Path<T>, callback: WriteAckCallback): void;
  eraseWithAck(path: Path<T>, callback: WriteAckCallback | undefined): Promise<void> | void;
  /** @see Record */
  subscribe(callback: SubscriptionCallback<T>, triggerNow?: boolean): void;
  subscribe<P extends Path<T>>(
    path: P,
    callback: SubscriptionCallback<ValueAt<T, P>>,
    triggerNow?: boolean,
  ): void;
  /** @see Record */
  unsubscribe(): void;
  unsubscribe(callback: SubscriptionCallback<any>): void;
  unsubscribe(path: Path<T>, callback?: SubscriptionCallback<any>): void;

  /** @see RecordHandle */
  discard(): void;
  delete(): Promise<void>;
  delete(callback: DeleteCallback): void;
  delete(callback: DeleteCallback | undefined): Promise<void> | void;
  setMergeStrategy(strategy: MergeStrategy<T>): void;
}

/** Any text; the names of the properties are what editors offer. */
export type Path<T> = (keyof T & string) | (string & {});

/**
 * What is at a path of a `T`: `any` where the path is not known when it is compiled, leads to where
 * nothing is said to be, or is longer than ten steps. The entries of arrays, and what is within
 * something that may be missing, may be `undefined`.
 */
export type ValueAt<T, P extends string, Steps extends 0[] = []> = unknown extends T
  ? any
  : string extends P
    ? any
    : Steps['length'] extends 10
      ? any
      : P extends `${infer Part}.${infer Rest}`
        ? ValueAt<PartAt<T, Trimmed<Part>>, Rest, [...Steps, 0]>
        : PartAt<T, Trimmed<P>>;

/** `name[1][2]`, or nothing at all: what is between two dots. */
type PartAt<T, Part extends string> = Part extends ''
  ? T
  : Part extends `${infer Name}[${infer Indices}`
    ? EntryAt<Member<T, Name>, Indices>
    : Member<T, Part>;

/** `1][2]`: what follows the first bracket. */
type EntryAt<T, Indices extends string> = Indices extends `${infer Index}][${infer More}`
  ? EntryAt<Member<T, Index>, More>
  : Indices extends `${infer Index}]`
    ? Member<T, Index>
    : any;

type Member<T, Key extends string> = unknown extends T
  ? any
  : T extends null | undefined
    ? undefined
    : T extends readonly (infer Entry)[]
      ? Key extends keyof T & `${number}`
        ? T[Key]
        : Key extends `${number}`
          ? Entry | undefined
          : any
      : T extends object
        ? Key extends keyof T
          ? string extends keyof T
            ? T[Key] | undefined
            : T[Key]
          : Key extends `${infer Index extends number}`
            ? Index extends keyof T
              ? T[Index] | undefined
              : any
            : any
        : any;

type Trimmed<Text extends string> = Text extends ` ${infer Rest}` | `${infer Rest} `
  ? Trimmed<Rest>
  : Text;

/** What can be written at a path; where it is not known, what is JSON. */
export type WrittenAt<T, P extends string> = unknown extends ValueAt<T, P>
  ? C.RecordPathData
  : ValueAt<T, P>;

/** What can be written as the whole of a record. */
type Whole<T> = unknown extends T ? (0 extends 1 & T ? JSONObject | C.JSONArray : object) : T;

/** What was named as a type and is not to be found out from the argument. */
type Given<T> = [T][T extends unknown ? 0 : never];

/** By the paths in order. Without `data`, or with `undefined`, what is at the path is erased. */
type Patches<T, Paths extends string[]> = {
  [Index in keyof Paths]: { path: Paths[Index]; data?: PatchedAt<T, Paths[Index]> };
};

type PatchedAt<T, P extends string> = unknown extends T ? any : ValueAt<T, P> | undefined;

export type SubscriptionCallback<T = any> = (data: T) => void;

type EntriesCallback = (entries: string[]) => void;

/**
 * A method's type, because its parameters may be annotated more narrowly, as code for
 * `@deepstream/client` does, whose typings leave out `null` in places.
 *
 * @param error why it was not written, `null` where it was
 * @param recordName of what was written
 */
export type WriteAckCallback = {
  call(error: string | null, recordName: string): void;
}['call'];

type DeleteCallback = { call(error: string | null): void }['call'];

/** @param error `null` where there is a result; the type says that there always is one */
export type ReadCallback<Result = C.RecordData> = {
  call(error: string | null, result: Result): void;
}['call'];

export interface ConnectionInfo {
  /** The URL that the client was given, completed. */
  url: string;
  /** Attempts to reconnect that were begun since the client was last `OPEN`. */
  attempts: number;
  /** Milliseconds to the next attempt; `null` where none is due. */
  nextAttemptIn: number | null;
  /** Pings in a row that stayed without an answer. */
  missedHeartbeats: number;
  /** Milliseconds from the last ping to its answer; `null` before the first. */
  heartbeatLatency: number | null;
  /** Pings that were answered so far. */
  heartbeats: number;
  /** Messages that wait for the connection. */
  queuedMessages: number;
  /** Bytes of the messages that wait for the connection. */
  queuedBytes: number;
  /** Bytes that the socket has taken and not yet sent. */
  bufferedAmount: number;
}

/** All options with their defaults. */
export const Options: Defaults;

/** The same, by the name that the typings of `@deepstream/client` have for it. */
export const DefaultOptions: Defaults;

interface Defaults extends Options {
  mergeStrategy: MergeStrategy;
}

/** Durations are in milliseconds. */
export interface Options {
  /**
   * By how much each unsuccessful attempt delays the next: with 2000 the attempts come after 0, 2,
   * 4 … seconds. Default: 4000
   */
  reconnectIntervalIncrement: number;
  /** The longest time between two attempts. Default: 180000 */
  maxReconnectInterval: number;
  /** Unsuccessful attempts until the client gives up; may be `Infinity`. Default: 5 */
  maxReconnectAttempts: number;
  /**
   * The time that a socket has to open, and then the server to answer the challenge; after it the
   * attempt counts as unsuccessful. While attempts in a row do not even open a socket, the first of
   * the two doubles, up to a minute. Default: 10000
   */
  connectTimeout: number;
  /** The time that the server has to answer a login. Default: 30000 */
  authenticationTimeout: number;
  /** The time between two pings. Default: 30000 */
  heartbeatInterval: number;
  /**
   * What follows two pings in a row without an answer: the state `ERROR`, which is final, or a new
   * connection. Default: `'error'`
   */
  heartbeatTimeoutAction: 'error' | 'reconnect';
  /** How many messages may wait for the connection. Default: 100000 */
  maxQueuedMessages: number;
  /** How many bytes the messages that wait for the connection may have. Default: 16777216 */
  maxQueuedBytes: number;
  /** Where the server listens, for a URL without a path. Default: `'/deepstream'` */
  path: string;
  /** Whether to connect only when `login()` is called. Default: `false` */
  lazyConnect: boolean;
  /**
   * `jsonTransportMode: true` sends and receives JSON instead of the binary protocol. Others are
   * whatever a `socketFactory` takes.
   */
  socketOptions?: { jsonTransportMode?: boolean; [option: string]: any };
  /** Not supported: it is ignored, with a warning. `options` are the `socketOptions`. */
  socketFactory?: (url: string, options: any, heartbeatInterval?: number) => Socket;

  /**
   * How long subscriptions are collected into one message, unless they are a thousand; 0 sends each at
   * once. Default: 100
   */
  subscriptionInterval: number;
  /** After which a missing acknowledgement is warned of. Default: 2000 */
  subscriptionTimeout: number;
  /** How long requests wait for a lost connection before they fail. Default: 2000 */
  offlineBufferTimeout: number;

  /** Taken for compatibility: `recordReadTimeout` counts. Default: 15000 */
  recordReadAckTimeout: number;
  /**
   * The time that the server has to send a record. After it there is an `error` `ACK_TIMEOUT`, and
   * `snapshot`, `has` and `head` reject with that. Default: 15000
   */
  recordReadTimeout: number;
  /** The time that the server has to confirm that a record is deleted. Default: 15000 */
  recordDeleteTimeout: number;
  /** From the last `discard()` of a record to the end of its subscription. Default: 5000 */
  recordDiscardTimeout: number;
  /** Whether records give copies of data, so that nobody can change theirs. Default: `true` */
  recordDeepCopy: boolean;
  /** Whether records are neither written nor made. Default: `false` */
  recordReadOnlyMode: boolean;
  /** Beginnings of the names of records that may be written in read-only mode. Default: `[]` */
  recordPrefixWriteWhitelist: string[];
  /** The version of a record that is made without a connection. Default: 1 */
  initialRecordVersion: number;
  /**
   * Decides which state a record has that was changed both here and elsewhere; `null`: there is an
   * `error` instead. Default: `REMOTE_WINS`
   */
  mergeStrategy: MergeStrategy | null;

  /** Whether records are also stored on this machine. Default: `false` */
  offlineEnabled: boolean;
  /** Whether each change is stored, not only those that cannot be sent. Default: `false` */
  saveUpdatesOffline: boolean;
  /** Which of the storages that are built in to use. Default: `'indexdb'` */
  storageName: 'indexdb' | 'localstorage' | (string & {});
  /** A storage of one's own, instead of these. */
  storage?: RecordOfflineStore;
  /** Beginnings of the names of records that are not stored. Default: `[]` */
  ignorePrefixes: string[];
  /**
   * What the names of records with unsent changes are stored under. Default:
   * `'__ds__dirty_records'`
   */
  dirtyStorageName: string;
  /** How IndexedDB is used. */
  indexdb: IndexDBOptions;
  /** Taken for compatibility. */
  localstorage: LocalStorageOptions;

  /** Taken for compatibility: timers here are always the browser's own. Default: `true` */
  nativeTimerRegistry: boolean;
  /** Taken for compatibility, as `nativeTimerRegistry`. Default: 50 */
  intervalTimerResolution: number;
  /** Whether handles of records have a `debugId`. Default: `false` */
  debug: boolean;
}

export interface IndexDBOptions {
  /** Whether the version of the database rises by itself with a new store. Default: `false` */
  autoVersion: boolean;
  /** The version of the database. Default: 1 */
  dbVersion: number;
  /** The property by which records are found. Default: `'id'` */
  primaryKey: string;
  /** The name of the database. Default: `'deepstream'` */
  storageDatabaseName: string;
  /** The store of records whose names do not begin with that of another. Default: `'records'` */
  defaultObjectStoreName: string;
  /** Further stores: `'users'` has the records `users/…`. Default: `[]` */
  objectStoreNames: string[];
  /** How long requests are collected into one transaction. Default: 50 */
  flushTimeout: number;
}

export interface LocalStorageOptions {
  /** Default: `'./local-storage'` */
  nodeStoragePath: string;
  /** In megabytes. Default: 5 */
  nodeStorageSize: number;
}

/**
 * @param error a text leaves the record as the server has it; else `null`
 * @param mergedData the state that the record shall have; `null` deletes it
 */
export type MergeCompleteCallback<T = C.RecordData> = {
  call(error: string | null, mergedData?: T | null): void;
}['call'];

/**
 * Answers, through the callback, now or later, what shall be the state of a record that has two.
 *
 * @param remoteValue `null`, with the version -1, where the record was deleted
 */
export type MergeStrategy<T = C.RecordData> = (
  localValue: T,
  localVersion: number,
  remoteValue: T | null,
  remoteVersion: number,
  callback: MergeCompleteCallback<T>,
) => void;

/** Merge strategy: what the server has is kept, which is the default. */
export function REMOTE_WINS<T>(
  localValue: T,
  localVersion: number,
  remoteValue: T | null,
  remoteVersion: number,
  callback: MergeCompleteCallback<T>,
): void;

/** Merge strategy: what this client has is kept, and written over what the server has. */
export function LOCAL_WINS<T>(
  localValue: T,
  localVersion: number,
  remoteValue: T | null,
  remoteVersion: number,
  callback: MergeCompleteCallback<T>,
): void;

export type offlineStoreWriteResponse = (error: string | null, recordName: string) => void;

/** A storage of records; `get` answers version -1 for one that it has not got. */
export interface RecordOfflineStore {
  get: (
    recordName: string,
    callback: (recordName: string, version: number, data: C.RecordData) => void,
  ) => void;
  set: (
    recordName: string,
    version: number,
    data: C.RecordData,
    callback: offlineStoreWriteResponse,
  ) => void;
  delete: (recordName: string, callback: offlineStoreWriteResponse) => void;
  reset: (callback: (error: string | null) => void) => void;
}

export type TimerRef = number;

export interface Timeout {
  callback: Function;
  duration: number;
  context: unknown;
  data?: unknown;
}

export interface TimerRegistry {
  close(): void;
  has(timerId: TimerRef): boolean;
  add(timeout: Timeout): TimerRef;
  remove(timerId: TimerRef): boolean;
  requestIdleCallback(callback: Function): void;
}

/** What `options.socketFactory` returns; the client assigns the functions that begin with `on`. */
export interface Socket {
  close: () => void;
  onparsedmessages: (messages: C.Message[]) => void;
  onclosed: () => void;
  onopened: () => void;
  onerror: (error: unknown) => void;
  sendParsedMessage: (message: C.Message) => void;
  getTimeSinceLastMessage: () => number;
}

export type SocketFactory = (
  url: string,
  options: C.JSONObject,
  heartbeatInterval: number,
) => Socket;

/**
 * What the JavaScript client is made of. Nothing here hands out such an object; the type is there
 * for code that names it.
 */
export interface Services {
  logger: Logger;
  connection: Connection;
  timeoutRegistry: TimeoutRegistry;
  timerRegistry: TimerRegistry;
  socketFactory: SocketFactory;
  storage: RecordOfflineStore;
}

/** What has the emitter's methods and says nothing of the events that there are. */
interface Emitter {
  on(name: string, listener: Function, scope?: unknown): this;
  once(name: string, listener: Function, scope?: unknown): this;
  off(name?: string, listener?: Function, scope?: unknown): this;
  emit(name: string, ...args: unknown[]): this;
  hasListeners(name: string): boolean;
  eventNames(): string[];
  removeContext(scope: unknown): void;
}

interface Logger {
  warn(
    about: { topic: C.TOPIC } | C.Message,
    event?: C.EVENT | C.ALL_ACTIONS,
    meta?: unknown,
  ): void;
  error(
    about: { topic: C.TOPIC } | C.Message,
    event?: C.EVENT | C.ALL_ACTIONS,
    meta?: string | JSONObject | Error,
  ): void;
}

interface Connection {
  emitter: Emitter;
  readonly isConnected: boolean;
  isInLimbo: boolean;
  onLost(callback: Function): void;
  removeOnLost(callback: Function): void;
  onReestablished(callback: Function): void;
  removeOnReestablished(callback: Function): void;
  onExitLimbo(callback: Function): void;
  registerHandler(topic: C.TOPIC, callback: Function): void;
  sendMessage(message: C.Message): void;
  authenticate(callback: AuthenticationCallback): void;
  authenticate(details: JSONObject | null, callback: AuthenticationCallback): void;
  getConnectionState(): C.CONNECTION_STATE;
  close(): void;
  pause(): void;
  resume(callback: ResumeCallback): void;
}

interface TimeoutRegistry extends Emitter {
  add(timeout: MessageTimeout): string | null;
  remove(message: C.Message): void;
  clear(id: string | null): void;
  onConnectionLost(): void;
}

type TimeoutEvent = C.EVENT | C.RPC_ACTION | C.RECORD_ACTION;

interface MessageTimeout {
  message: C.Message;
  event?: TimeoutEvent;
  duration?: number;
  callback?: (event: TimeoutEvent, message: C.Message) => void;
}

/** The names and numbers of the protocol and of the client. */
export namespace C {
  export enum TOPIC {
    UNKNOWN = 0,
    PARSER = 1,
    CONNECTION = 2,
    AUTH = 3,
    EVENT = 4,
    RECORD = 5,
    RPC = 6,
    PRESENCE = 7,
    MONITORING = 8,
    CLUSTER = 9,
    LOCK = 10,
    STATE_REGISTRY = 11,
    ERROR = 100,
  }

  export enum PARSER_ACTION {
    UNKNOWN = 0,
    UNKNOWN_TOPIC = 1,
    UNKNOWN_ACTION = 2,
    INVALID_MESSAGE = 3,
    MESSAGE_PARSE_ERROR = 4,
    MAXIMUM_MESSAGE_SIZE_EXCEEDED = 5,
    ERROR = 6,
    INVALID_META_PARAMS = 7,
  }

  export enum CONNECTION_ACTION {
    UNKNOWN = 0,
    ERROR = 1,
    PING = 2,
    PONG = 3,
    ACCEPT = 4,
    CHALLENGE = 5,
    REJECT = 6,
    REDIRECT = 7,
    CLOSING = 8,
    CLOSED = 9,
    AUTHENTICATION_TIMEOUT = 100,
    INVALID_MESSAGE = 101,
  }

  export enum AUTH_ACTION {
    UNKNOWN = 0,
    ERROR = 1,
    REQUEST = 2,
    AUTH_SUCCESSFUL = 3,
    AUTH_UNSUCCESSFUL = 4,
    TOO_MANY_AUTH_ATTEMPTS = 100,
    INVALID_MESSAGE = 101,
    INVALID_MESSAGE_DATA = 102,
  }

  export enum EVENT_ACTION {
    UNKNOWN = 0,
    ERROR = 1,
    EMIT = 2,
    SUBSCRIBE = 3,
    UNSUBSCRIBE = 4,
    LISTEN = 5,
    UNLISTEN = 6,
    LISTEN_ACCEPT = 7,
    LISTEN_REJECT = 8,
    SUBSCRIPTION_HAS_PROVIDER = 9,
    SUBSCRIPTION_HAS_NO_PROVIDER = 10,
    SUBSCRIPTION_FOR_PATTERN_FOUND = 11,
    SUBSCRIPTION_FOR_PATTERN_REMOVED = 12,
    INVALID_LISTEN_REGEX = 100,
    LISTEN_RESPONSE_TIMEOUT = 101,
    LISTEN_UNSUCCESSFUL = 102,
    MESSAGE_PERMISSION_ERROR = 103,
    MESSAGE_DENIED = 104,
    INVALID_MESSAGE_DATA = 105,
    MULTIPLE_SUBSCRIPTIONS = 106,
    NOT_SUBSCRIBED = 107,
  }

  export enum RECORD_ACTION {
    UNKNOWN = 0,
    ERROR = 1,
    NOTIFY = 2,
    READ = 3,
    READ_RESPONSE = 4,
    HEAD = 5,
    HEAD_RESPONSE = 6,
    HEAD_BULK = 7,
    HEAD_RESPONSE_BULK = 8,
    DELETE = 9,
    DELETE_SUCCESS = 10,
    DELETE_BULK = 11,
    DELETE_BULK_SUCCESS = 12,
    DELETED = 13,
    WRITE_ACKNOWLEDGEMENT = 14,
    CREATE = 15,
    CREATEANDUPDATE = 16,
    CREATEANDPATCH = 17,
    UPDATE = 18,
    PATCH = 19,
    ERASE = 20,
    SUBSCRIBEANDHEAD = 21,
    SUBSCRIBEANDREAD = 22,
    SUBSCRIBECREATEANDREAD = 23,
    SUBSCRIBECREATEANDUPDATE = 24,
    SUBSCRIBE = 25,
    UNSUBSCRIBE = 26,
    LISTEN = 27,
    UNLISTEN = 28,
    LISTEN_ACCEPT = 29,
    LISTEN_REJECT = 30,
    SUBSCRIPTION_HAS_PROVIDER = 31,
    SUBSCRIPTION_HAS_NO_PROVIDER = 32,
    SUBSCRIPTION_FOR_PATTERN_FOUND = 33,
    SUBSCRIPTION_FOR_PATTERN_REMOVED = 34,
    PATCH_MULTI = 35,
    CACHE_RETRIEVAL_TIMEOUT = 100,
    STORAGE_RETRIEVAL_TIMEOUT = 101,
    VERSION_EXISTS = 102,
    RECORD_LOAD_ERROR = 103,
    RECORD_CREATE_ERROR = 104,
    RECORD_UPDATE_ERROR = 105,
    RECORD_DELETE_ERROR = 106,
    RECORD_NOT_FOUND = 107,
    INVALID_VERSION = 108,
    INVALID_PATCH_ON_HOTPATH = 109,
    INVALID_LISTEN_REGEX = 110,
    LISTEN_RESPONSE_TIMEOUT = 111,
    LISTEN_UNSUCCESSFUL = 112,
    RECORD_NOTIFY_ERROR = 113,
    MESSAGE_PERMISSION_ERROR = 114,
    MESSAGE_DENIED = 115,
    INVALID_MESSAGE_DATA = 116,
    MULTIPLE_SUBSCRIPTIONS = 117,
    NOT_SUBSCRIBED = 118,
  }

  export enum RPC_ACTION {
    UNKNOWN = 0,
    ERROR = 1,
    REQUEST = 2,
    ACCEPT = 4,
    RESPONSE = 5,
    REJECT = 6,
    REQUEST_ERROR = 7,
    PROVIDE = 8,
    UNPROVIDE = 9,
    NO_RPC_PROVIDER = 100,
    ACCEPT_TIMEOUT = 101,
    MULTIPLE_ACCEPT = 102,
    INVALID_RPC_CORRELATION_ID = 103,
    RESPONSE_TIMEOUT = 104,
    MULTIPLE_RESPONSE = 105,
    MESSAGE_PERMISSION_ERROR = 106,
    MESSAGE_DENIED = 107,
    INVALID_MESSAGE_DATA = 108,
    MULTIPLE_PROVIDERS = 109,
    NOT_PROVIDED = 110,
  }

  export enum PRESENCE_ACTION {
    UNKNOWN = 0,
    ERROR = 1,
    QUERY_ALL = 2,
    QUERY_ALL_RESPONSE = 3,
    QUERY = 4,
    QUERY_RESPONSE = 5,
    PRESENCE_JOIN = 6,
    PRESENCE_JOIN_ALL = 7,
    PRESENCE_LEAVE = 8,
    PRESENCE_LEAVE_ALL = 9,
    SUBSCRIBE = 10,
    UNSUBSCRIBE = 11,
    SUBSCRIBE_ALL = 12,
    UNSUBSCRIBE_ALL = 13,
    INVALID_PRESENCE_USERS = 100,
    MESSAGE_PERMISSION_ERROR = 101,
    MESSAGE_DENIED = 102,
    MULTIPLE_SUBSCRIPTIONS = 103,
    NOT_SUBSCRIBED = 104,
  }

  export enum MONITORING_ACTION {
  }

  export enum CLUSTER_ACTION {
    REMOVE = 1,
    STATUS = 2,
  }

  export enum LOCK_ACTION {
    UNKNOWN = 0,
    ERROR = 1,
    REQUEST = 2,
    RESPONSE = 3,
    RELEASE = 4,
  }

  export enum STATE_ACTION {
    UNKNOWN = 0,
    ERROR = 1,
    ADD = 2,
    REMOVE = 3,
    REQUEST_FULL_STATE = 4,
    FULL_STATE = 5,
    CHECKSUM = 6,
  }

  export enum STATE_REGISTRY_TOPIC {
    SUBSCRIPTIONS = 9,
    ONLINE_USERS = 10,
    EVENT_SUBSCRIPTIONS = 11,
    RECORD_SUBSCRIPTIONS = 12,
    RPC_SUBSCRIPTIONS = 13,
    PRESENCE_SUBSCRIPTIONS = 14,
    RECORD_LISTEN_PATTERNS = 15,
    EVENT_LISTEN_PATTERNS = 16,
    RECORD_PUBLISHED_SUBSCRIPTIONS = 17,
    EVENT_PUBLISHED_SUBSCRIPTIONS = 18,
    RECORD_LISTENING = 19,
    EVENT_LISTENING = 20,
    STATE_REGISTRY = 21,
    MONITORING_SUBSCRIPTIONS = 24,
  }

  export enum CONNECTION_STATE {
    CLOSING = 'CLOSING',
    CLOSED = 'CLOSED',
    INITIALISING = 'INITIALISING',
    AWAITING_CONNECTION = 'AWAITING_CONNECTION',
    CHALLENGING = 'CHALLENGING',
    AWAITING_AUTHENTICATION = 'AWAITING_AUTHENTICATION',
    AUTHENTICATING = 'AUTHENTICATING',
    OPEN = 'OPEN',
    ERROR = 'ERROR',
    RECONNECTING = 'RECONNECTING',
    REDIRECTING = 'REDIRECTING',
    CHALLENGE_DENIED = 'CHALLENGE_DENIED',
    TOO_MANY_AUTH_ATTEMPTS = 'TOO_MANY_AUTH_ATTEMPTS',
    AUTHENTICATION_TIMEOUT = 'AUTHENTICATION_TIMEOUT',
    PAUSING = 'PAUSING',
    OFFLINE = 'OFFLINE',
  }

  export enum EVENT {
    RECORD_READ_ONLY_MODE = 'RECORD_READ_ONLY_MODE',
    UNSOLICITED_MESSAGE = 'UNSOLICITED_MESSAGE',
    IS_CLOSED = 'IS_CLOSED',
    MAX_RECONNECTION_ATTEMPTS_REACHED = 'MAX_RECONNECTION_ATTEMPTS_REACHED',
    CONNECTION_ERROR = 'CONNECTION_ERROR',
    ACK_TIMEOUT = 'ACK_TIMEOUT',
    UNKNOWN_CORRELATION_ID = 'UNKNOWN_CORRELATION_ID',
    HEARTBEAT_TIMEOUT = 'HEARTBEAT_TIMEOUT',
    LISTENER_EXISTS = 'LISTENER_EXISTS',
    NOT_LISTENING = 'NOT_LISTENING',
    RECORD_ALREADY_DESTROYED = 'RECORD_ALREADY_DESTROYED',
    RECORD_DELETE_TIMEOUT = 'RECORD_DELETE_TIMEOUT',
    INVALID_AUTHENTICATION_DETAILS = 'INVALID_AUTHENTICATION_DETAILS',
    AUTHENTICATION_TIMEOUT = 'AUTHENTICATION_TIMEOUT',
    OUTGOING_QUEUE_FULL = 'OUTGOING_QUEUE_FULL',
    DELIVERY_UNCONFIRMED = 'DELIVERY_UNCONFIRMED',
    MESSAGE_TOO_LARGE = 'MESSAGE_TOO_LARGE',
    REDIRECT_REFUSED = 'REDIRECT_REFUSED',
    STORAGE_ERROR = 'STORAGE_ERROR',
    CLIENT_OFFLINE = 'client offline',
    CONNECTION_LOST = 'connectionLost',
    CONNECTION_REESTABLISHED = 'connectionReestablished',
    EXIT_LIMBO = 'exitLimbo',
    CONNECTION_STATE_CHANGED = 'connectionStateChanged',
    CLIENT_DATA_CHANGED = 'clientDataChanged',
    REAUTHENTICATION_FAILURE = 'reauthenticationFailure',
    RECORD_ERROR = 'error',
    RECORD_READY = 'ready',
    RECORD_DELETED = 'delete',
    RECORD_DISCARDED = 'discard',
    RECORD_VERSION_EXISTS = 'versionExists',
    RECORD_HAS_PROVIDER_CHANGED = 'hasProviderChanged',
    RECORD_STATE_CHANGED = 'onRecordStateChanged',
    ENTRY_ADDED_EVENT = 'entry-added',
    ENTRY_REMOVED_EVENT = 'entry-removed',
    ENTRY_MOVED_EVENT = 'entry-moved',
  }

  export type ALL_ACTIONS =
    | PARSER_ACTION
    | CONNECTION_ACTION
    | AUTH_ACTION
    | EVENT_ACTION
    | RECORD_ACTION
    | RPC_ACTION
    | PRESENCE_ACTION
    | MONITORING_ACTION
    | CLUSTER_ACTION
    | LOCK_ACTION
    | STATE_ACTION;

  /** The actions of each topic. */
  export const ACTIONS: {
    readonly [TOPIC.PARSER]: typeof PARSER_ACTION;
    readonly [TOPIC.CONNECTION]: typeof CONNECTION_ACTION;
    readonly [TOPIC.AUTH]: typeof AUTH_ACTION;
    readonly [TOPIC.EVENT]: typeof EVENT_ACTION;
    readonly [TOPIC.RECORD]: typeof RECORD_ACTION;
    readonly [TOPIC.RPC]: typeof RPC_ACTION;
    readonly [TOPIC.PRESENCE]: typeof PRESENCE_ACTION;
    readonly [TOPIC.MONITORING]: typeof MONITORING_ACTION;
    readonly [TOPIC.CLUSTER]: typeof CLUSTER_ACTION;
    readonly [TOPIC.LOCK]: typeof LOCK_ACTION;
    readonly [TOPIC.STATE_REGISTRY]: typeof STATE_ACTION;
    readonly [topic: number]: {
      readonly [action: number]: string;
      readonly [name: string]: string | number;
    };
  };

  /** For each topic, the action that asked for an answer, by the action of that answer. */
  export const RESPONSE_TO_REQUEST: {
    [topic: number]: { [action: number]: RECORD_ACTION | PRESENCE_ACTION | RPC_ACTION };
  };

  export type JSONPrimitive = string | number | boolean | null;
  export interface JSONObject {
    [member: string]: JSONValue;
  }
  export interface JSONArray extends Array<JSONValue> {}
  export type JSONValue = JSONPrimitive | JSONObject | JSONArray;

  export type RecordPathData = JSONValue;
  export type RecordData = JSONObject | string[] | null | undefined;
  export type RPCResult = JSONValue;
  export type EventData = JSONValue;
  export type AuthData = JSONObject;

  /** A message of the protocol, as a `Socket` takes and gives it. */
  export interface Message {
    topic: TOPIC | STATE_REGISTRY_TOPIC;
    action: ALL_ACTIONS;
    name?: string;
    names?: string[];
    subscription?: string;
    correlationId?: string;
    path?: string;
    version?: number;
    versions?: { [recordName: string]: number };
    data?: string | Uint8Array;
    parsedData?: RecordData | RPCResult | EventData | AuthData;
    parseError?: false;
    isError?: boolean;
    isAck?: boolean;
    isWriteAck?: boolean;
    originalTopic?: TOPIC | STATE_REGISTRY_TOPIC;
    originalAction?: ALL_ACTIONS;
    reason?: string;
    url?: string;
    protocolVersion?: string;
    sdkVersion?: string;
    sdkType?: string;
    checksum?: number;
    fullState?: string[];
    serverName?: string;
    registryTopic?: TOPIC;
    leaderScore?: number;
    role?: string;
    locked?: boolean;
    requestorName?: string;
    requestorData?: string;
  }

  /** About one thing: a record, an event, an RPC. */
  export interface SubscriptionMessage extends Message {
    name: string;
  }

  /** About several, in one message. */
  export interface BulkSubscriptionMessage extends Message {
    names: string[];
    correlationId: string;
  }

  export interface EventMessage extends SubscriptionMessage {
    topic: TOPIC.EVENT;
    action: EVENT_ACTION;
  }

  export interface RPCMessage extends SubscriptionMessage {
    topic: TOPIC.RPC;
    action: RPC_ACTION;
    correlationId: string;
    requestorName?: string;
    requestorData?: string;
  }

  export interface PresenceMessage extends Message {
    topic: TOPIC.PRESENCE;
    action: PRESENCE_ACTION;
    correlationId: string;
  }

  export interface RecordMessage extends SubscriptionMessage {
    topic: TOPIC.RECORD;
    action: RECORD_ACTION;
  }

  /** A change; of a part of the record, where it has a `path`. */
  export interface RecordWriteMessage extends RecordMessage {
    version: number;
    isWriteAck: boolean;
  }

  /** `data` may be what the acknowledgement's bytes stand for, which is any value. */
  export interface RecordAckMessage extends RecordMessage {
    data: any;
  }

  /** `name` is a pattern, `subscription` what was subscribed to and matches it. */
  export interface ListenMessage extends SubscriptionMessage {
    topic: TOPIC.RECORD | TOPIC.EVENT;
    action: RECORD_ACTION | EVENT_ACTION;
    subscription: string;
    raw?: string;
  }

  export interface MonitoringMessage extends Message {
    topic: TOPIC.MONITORING;
  }

  export interface StateMessage extends Message {
    topic: TOPIC.STATE_REGISTRY;
    registryTopic: TOPIC;
  }

  export interface LockMessage extends Message {
    topic: TOPIC.LOCK;
    action: LOCK_ACTION;
    name: string;
    locked: boolean;
  }

  export interface ClusterMessage extends Message {
    topic: TOPIC.CLUSTER;
    action: CLUSTER_ACTION;
    serverName: string;
  }

  /** A frame that is no message, as far as it could be read. */
  export interface ParseError {
    parseError: boolean;
    /** Of whatever topic, though `@deepstream/protobuf` types it as one of presence. */
    action: PRESENCE_ACTION;
    parsedMessage: Message;
    raw?: Uint8Array;
    description?: string;
  }

  export type ParseResult = Message | ParseError;
}
