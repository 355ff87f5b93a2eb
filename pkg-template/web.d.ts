export * from './index.js';

/**
 * Fetches and compiles the WebAssembly; to be awaited before the first client is made. Later calls
 * do nothing.
 *
 * @param moduleOrUrl where it is, or the thing itself; by default it is fetched from beside the script
 * @throws where it cannot be had, or the page's Content-Security-Policy forbids it
 */
export function init(
  moduleOrUrl?: string | URL | Request | Response | BufferSource | WebAssembly.Module,
): Promise<void>;

export default init;
