import type { FastifyInstance } from 'fastify';

/** An answer that is about to be sent. */
export interface OutgoingAnswer {
  readonly status: number;
  /** As JSON; undefined where it is none. */
  readonly body: unknown;
}

/** What is sent otherwise: the rest stays. */
export interface RewrittenAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Rule {
  readonly method: string;
  readonly path: RegExp;
  readonly rewrite: (answer: OutgoingAnswer) => RewrittenAnswer;
}

/** Switches that let a local server answer otherwise than its documents say: what is asked is done all the same. */
export class Rewrites {
  readonly #rules: Rule[] = [];
  readonly #listeners = new Set<() => void>();

  /** @param path without its query */
  add(method: string, path: RegExp, rewrite: Rule['rewrite']): void {
    this.#rules.push({ method, path, rewrite });
  }

  /** Calls the listener before each answer; what it returns ends that. */
  onAnswer(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Lets the answers of a server pass through the rules. */
  watch(app: FastifyInstance): void {
    app.addHook('onSend', async (request, reply, payload) => {
      for (const listener of this.#listeners) listener();
      const path = request.url.split('?', 1)[0] ?? '';
      const rule = this.#rules.find((each) => each.method === request.method && each.path.test(path));
      if (rule === undefined) return payload;
      const answer = { status: reply.statusCode, body: parsed(payload) };
      const { status = answer.status, headers = {}, body = answer.body } = rule.rewrite(answer);
      const text = JSON.stringify(body ?? null);
      reply.code(status).headers({ ...headers, 'content-length': Buffer.byteLength(text) });
      return text;
    });
  }
}

function parsed(payload: unknown): unknown {
  try {
    return JSON.parse(String(payload)) as unknown;
  } catch {
    return undefined;
  }
}
