/** What the tasks use of undici, in a file of its own: while it is loaded, the first connection is already being opened. */
export { default as Client } from 'undici/lib/dispatcher/client.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
