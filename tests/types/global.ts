/// <reference types="deepstream-wasm/global" />

const client = deepstream('localhost');
client.on('connectionStateChanged', (state) => state === DeepstreamClient.C.CONNECTION_STATE.OPEN);
new DeepstreamClient('localhost', DeepstreamClient.Options).close();
new DeepstreamClient.DeepstreamClient('localhost').close();
window.deepstream('localhost').on('error', (meta) => meta);
new globalThis.DeepstreamClient('localhost').close();
if (typeof window.DeepstreamClient === 'function') globalThis.deepstream('localhost');

deepstream('localhost', { mergeStrategy: deepstream.LOCAL_WINS }).close();
deepstream('localhost', { mergeStrategy: DeepstreamClient.REMOTE_WINS }).close();

let shared: DeepstreamClient = client;
function closeAll(clients: DeepstreamClient[]): void {
  for (const each of clients) each.close();
}
closeAll([shared, client]);

// @ts-expect-error
deepstream();
// @ts-expect-error
window.deepstream(6020);
