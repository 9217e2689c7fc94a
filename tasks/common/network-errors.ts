import { NetworkError, type NetworkFault } from './errors.ts';

/** Thrown inside the connector when a proxy does not open the tunnel. */
export class ProxyError extends Error {
  readonly fault: NetworkFault;

  constructor(fault: NetworkFault, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.fault = fault;
  }
}

/** Codes of Node and undici, and what they mean for a request. TLS codes are those of OpenSSL as Node names them. */
const faults: Readonly<Record<string, NetworkFault>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  ETIMEDOUT: 'connectTimeout',
  UND_ERR_CONNECT_TIMEOUT: 'connectTimeout',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  CERT_HAS_EXPIRED: 'tls',
  CERT_NOT_YET_VALID: 'tls',
  CERT_UNTRUSTED: 'tls',
  CERT_REVOKED: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls',
  EPROTO: 'tls',
};

/** Says how a request was lost, by the code of what Node or undici threw. */
export function networkErrorOf(
  error: unknown,
  seen: { mayHaveArrived: boolean; hasStatus: boolean },
): NetworkError {
  const fault = faultOf(error, seen.hasStatus);
  const words = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  const message =
    seen.hasStatus && fault === 'cutBody' ? 'the answer broke off before its end' : describe(words, code);
  return new NetworkError({ fault, mayHaveArrived: seen.mayHaveArrived, message, cause: error });
}

function faultOf(error: unknown, hasStatus: boolean): NetworkFault {
  if (error instanceof ProxyError) return error.fault;
  if (hasStatus) return 'cutBody';
  const code = codeOf(error);
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return 'tls';
  return faults[code] ?? 'other';
}

/** The code of an error; of several that happened at once (IPv4 and IPv6), that of the first. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf((error.errors as unknown[])[0]);
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

function describe(words: string, code: string): string {
  if (words === '') return code || 'the connection failed';
  return code === '' || words.includes(code) ? words : `${words} (${code})`;
}
