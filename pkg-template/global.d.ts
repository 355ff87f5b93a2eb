// For pages that load dist/deepstream.min.js with a script tag:
// /// <reference types="deepstream-wasm/global" />
import type * as api from './index.js';

declare global {
  // `var`, because they are properties of `window` and `globalThis` as well.
  var deepstream: typeof api.deepstream & Pick<typeof api, 'LOCAL_WINS' | 'REMOTE_WINS'>;
  // Both `new DeepstreamClient(url)` and the JS client's `new DeepstreamClient.DeepstreamClient(url)`.
  var DeepstreamClient: typeof api.DeepstreamClient &
    Pick<
      typeof api,
      'DeepstreamClient' | 'C' | 'LOCAL_WINS' | 'Options' | 'REMOTE_WINS' | 'deepstream'
    >;
  type DeepstreamClient = api.DeepstreamClient;
}
