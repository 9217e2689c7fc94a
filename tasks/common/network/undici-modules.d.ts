/**
 * The parts of undici that the tasks load. `require('undici')` would load 110 modules, most of them for fetch; these few
 * are what a request needs. They are no public API: undici is pinned, and the tests of the built tasks go through each.
 */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export default Pool;
}
declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';
  export default Client;
}
