import type { IncomingHttpHeaders } from 'node:http';

/** One call as the local Port saw it, without secrets. */
export interface RequestRecord {
  readonly method: string;
  /** As sent, without the query: segments are still percent-encoded. */
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
  /** Undefined for bodies over 64 KiB, and for all bodies once 32 MiB are kept. */
  body: unknown;
  bodyBytes: number;
  /** Undefined for as long as no answer was sent. */
  status: number | undefined;
  /** The faults that struck. */
  readonly faults: string[];
  readonly traceId: string;
}

const MAX_BODY_BYTES = 64 * 1024;
const MAX_KEPT_BYTES = 32 * 1024 * 1024;
const SECRET_HEADERS = ['authorization', 'x-port-secret', 'cookie', 'proxy-authorization'];

/** Keeps what was asked; bodies only as far as memory should go. */
export class RequestLog {
  readonly records: RequestRecord[] = [];
  readonly #byTrace = new Map<string, RequestRecord>();
  #kept = 0;

  open(record: Omit<RequestRecord, 'body' | 'bodyBytes' | 'status' | 'faults'>): void {
    const headers = { ...record.headers };
    for (const name of SECRET_HEADERS) if (name in headers) headers[name] = '***';
    const entry = { ...record, headers, body: undefined, bodyBytes: 0, status: undefined, faults: [] };
    this.records.push(entry);
    this.#byTrace.set(record.traceId, entry);
  }

  body(traceId: string, body: unknown, bytes: number): void {
    const record = this.#byTrace.get(traceId);
    if (!record) return;
    record.bodyBytes = bytes;
    if (bytes > MAX_BODY_BYTES || this.#kept + bytes > MAX_KEPT_BYTES) return;
    this.#kept += bytes;
    record.body = withoutSecret(body);
  }

  fault(traceId: string, kind: string): void {
    this.#byTrace.get(traceId)?.faults.push(kind);
  }

  close(traceId: string, status: number): void {
    const record = this.#byTrace.get(traceId);
    if (record) record.status = status;
    this.#byTrace.delete(traceId);
  }
}

const withoutSecret = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'clientSecret' in body
    ? { ...body, clientSecret: '***' }
    : body;
