import type { Background } from './background.ts';
import type { PortChange, PortEvent } from './events.ts';
import type { Store } from './store.ts';

/** What the routes share: state, clock, and where the outside is. */
export interface Context {
  readonly store: Store;
  readonly now: () => Date;
  readonly background: Background;
  readonly clientSecret: string;
  /** Stands in for https://dev.azure.com. */
  readonly azureDevOpsUrl: string;
  /** The machine user of the organization's own credentials. */
  readonly userEmail: string;
  /** Whose token an Authorization header carries; undefined where it may not call. */
  readonly userOf: (authorization: string | undefined) => string | undefined;
  readonly quirks: Quirks;
  readonly ingestUrl: () => string;
  /** Tells the automations, the workflows and who watches that an entity or a run changed. */
  readonly emit: (event: PortEvent) => void;
  /** Tells who watches that something else changed. */
  readonly changed: (change: PortChange) => void;
  /** Calls the local Port's own API as Port itself does from an automation. */
  readonly callSelf: (call: OwnCall) => Promise<{ readonly status: number; readonly body: string }>;
}

export interface OwnCall {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Whether Port signs in to itself: for automations and workflows it does. */
  readonly isSigned: boolean;
}

/** Places where the real API may answer in more than one way; a test can choose. */
export interface Quirks {
  /** The status of a bulk answer that carries errors: Port's schema allows both. */
  bulkErrorStatus: 200 | 207;
  /**
   * Whether entities in answers carry `createdAt` and so on without being asked. Port's pages show them; its API
   * document lists none of them and allows no others.
   */
  hasEntityMeta: boolean;
  /** Whether node runs take `statusLabel`: Port's own client sends it since September 2026. */
  hasNodeLabels: boolean;
  /** Whether a run is refused (422) for an entity that does not pass the action's condition any more. */
  checksConditions: boolean;
  /** What an incoming webhook of the algorithm `plain` does with the header that is to hold its secret. */
  plainSecrets: 'compared' | 'ignored' | 'refused';
  /** Whether an event whose id came before is left alone. */
  takesEventsOnce: boolean;
  /** Whether a mapping leaves properties alone that it does not name. */
  mappingsMerge: boolean;
  /** Whether a mapping may give a property no value. */
  mappingsTakeNull: boolean;
  /** Whether what a template was filled in with stays as it is, braces too. */
  fillsTemplatesOnce: boolean;
  /** Whether automations hear of timers. */
  noticesTimers: boolean;
}
