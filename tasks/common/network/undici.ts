import { setFlagsFromString } from 'node:v8';

/** What the tasks use of undici, in a file of its own, so that a connection can be begun before it is loaded. */
export { default as Client } from 'undici/lib/dispatcher/client.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';

// The optimising compile of llhttp's WebAssembly helps no process that is this short: on Node 20 it would wait at its end for it,
// about 85 ms, and Node 24 takes about 40 ms of the processor for it.
setFlagsFromString('--no-wasm-dynamic-tiering');
setFlagsFromString('--no-wasm-tier-up');
