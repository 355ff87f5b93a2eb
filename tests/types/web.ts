import init, { DeepstreamClient, deepstream, init as sameInit } from 'deepstream-wasm/web';

async function start(): Promise<DeepstreamClient> {
  await init();
  await sameInit('/deepstream_bg.wasm');
  await init(new URL('deepstream_bg.wasm', 'https://example.com'));
  await init(new WebAssembly.Module(new Uint8Array()));
  // @ts-expect-error
  await init(null);
  return deepstream('localhost');
}

export { start };
