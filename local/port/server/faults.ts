/** What goes wrong with a call. */
export type Fault =
  | { readonly kind: 'latency'; readonly ms: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
      readonly isProcessed?: boolean;
    }
  /**
   * `reset`: the socket is reset. `silence`: no answer, ever. `html`: a 200 with a page, as a captive portal sends it.
   * `empty`: a 200 without a body. Where `isProcessed`, the call is carried out, and only its answer is lost.
   */
  | { readonly kind: 'reset' | 'silence' | 'html' | 'empty'; readonly isProcessed?: boolean }
  /** The call is carried out, and half of its answer arrives under the full content-length. */
  | { readonly kind: 'cut'; readonly isProcessed: true };

export interface FaultRule {
  /** Which calls; all of them when left out. A path is matched without its query, a body as JSON. */
  readonly match?: { readonly method?: string; readonly path?: RegExp | string; readonly body?: RegExp };
  /** Lets this many matching calls pass first. */
  readonly skip?: number;
  /** Strikes this many times; always when left out. */
  readonly times?: number;
  /** Strikes with this probability (0 to 1), drawn from a seeded source. */
  readonly probability?: number;
  readonly fault: Fault;
}

/** A rule in force. */
export interface ActiveFault {
  /** How often it struck. */
  readonly hits: number;
  remove(): void;
}

interface Entry {
  readonly rule: FaultRule;
  seen: number;
  hits: number;
}

/** A script of faults: the first rule that strikes wins, and latencies come on top. */
export class Faults {
  readonly #entries = new Set<Entry>();
  #random: () => number;

  constructor(seed = 1) {
    this.#random = seededRandom(seed);
  }

  add(rule: FaultRule): ActiveFault {
    const entry: Entry = { rule, seen: 0, hits: 0 };
    this.#entries.add(entry);
    return {
      get hits() {
        return entry.hits;
      },
      remove: () => void this.#entries.delete(entry),
    };
  }

  clear(): void {
    this.#entries.clear();
  }

  /** Starts the source of probabilities anew. */
  seed(seed: number): void {
    this.#random = seededRandom(seed);
  }

  /**
   * The faults of one call, latencies first.
   * @param body once it is read. Rules about bodies wait for it, and the others do not.
   */
  strike(method: string, path: string, body?: { readonly text: string }): Fault[] {
    const struck: Fault[] = [];
    for (const entry of this.#entries) {
      const { fault } = entry.rule;
      const isTaken = fault.kind !== 'latency' && struck.some(({ kind }) => kind !== 'latency');
      if (isTaken || !matches(entry.rule, { method, path, body })) continue;
      if (this.#strikes(entry)) struck.push(fault);
    }
    return struck.sort((a, b) => Number(b.kind === 'latency') - Number(a.kind === 'latency'));
  }

  #strikes(entry: Entry): boolean {
    const { skip = 0, times = Infinity, probability = 1 } = entry.rule;
    entry.seen += 1;
    if (entry.seen <= skip || entry.hits >= times) return false;
    if (probability < 1 && this.#random() >= probability) return false;
    entry.hits += 1;
    return true;
  }
}

function matches(
  { match = {} }: FaultRule,
  { method, path, body }: { method: string; path: string; body: { readonly text: string } | undefined },
): boolean {
  if ((match.body === undefined) !== (body === undefined)) return false;
  if (body !== undefined && match.body?.test(body.text) !== true) return false;
  if (match.method !== undefined && match.method !== method) return false;
  if (match.path === undefined) return true;
  return typeof match.path === 'string' ? match.path === path : match.path.test(path);
}

/** Mulberry32: small, and the same sequence everywhere for the same seed. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
