import { NetworkError, type NetworkFault, messageOf } from '../errors.ts';
import { isRecord } from '../json.ts';

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
  ENOTFOUND: 'unknownHost',
  EAI_AGAIN: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EHOSTDOWN: 'refused',
  ENETDOWN: 'refused',
  ETIMEDOUT: 'connectTimeout',
  UND_ERR_CONNECT_TIMEOUT: 'connectTimeout',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  ENETRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'tooLarge',
  CERT_HAS_EXPIRED: 'tlsExpired',
  CERT_NOT_YET_VALID: 'tlsExpired',
  CERT_UNTRUSTED: 'tlsUntrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'tlsUntrusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tlsUntrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tlsUntrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'tlsUntrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tlsUntrusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tlsWrongHost',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'tlsClientCertificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'tlsClientCertificate',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'tlsClientCertificate',
  CERT_REVOKED: 'tls',
  EPROTO: 'tls',
};

/** Says how a request was lost, by the code of what Node or undici threw. */
export function networkErrorOf(
  error: unknown,
  seen: { mayHaveArrived: boolean; hasStatus: boolean },
): NetworkError {
  const fault = faultOf(error, seen.hasStatus);
  const words = messageOf(error);
  const message =
    fault === 'cutBody'
      ? 'the answer broke off before its end'
      : fault === 'tooLarge'
        ? 'the answer is larger than any that Port gives'
        : describe(words, codeOf(error));
  return new NetworkError({ fault, mayHaveArrived: seen.mayHaveArrived, message, cause: error });
}

function faultOf(error: unknown, hasStatus: boolean): NetworkFault {
  if (error instanceof ProxyError) return error.fault;
  const fault = connectionFaultOf(error);
  return hasStatus && fault !== 'tooLarge' ? 'cutBody' : fault;
}

/** The fault that a connection's error stands for, without regard to what had been sent and received before. */
export function connectionFaultOf(error: unknown): NetworkFault {
  const code = codeOf(error);
  const isTls = code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_');
  return faults[code] ?? (isTls ? 'tls' : 'other');
}

/** The code of an error; of several that happened at once (IPv4 and IPv6), that of the first. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError) return codeOf((error.errors as unknown[])[0]);
  return isRecord(error) && typeof error.code === 'string' ? error.code : '';
}

function describe(words: string, code: string): string {
  if (words === '') return code || 'the connection failed';
  return words.includes(code) ? words : `${words} (${code})`;
}
