import { readFileSync } from 'node:fs';
import * as tls from 'node:tls';
import type { CertificateSettings } from '../agent/host.ts';
import { InputError, messageOf } from '../errors.ts';

/** What a TLS connection needs besides Node's defaults. */
export interface TlsOptions {
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
  readonly pfx?: Buffer;
  readonly passphrase?: string;
}

/**
 * Reads the agent's certificates. Its certificate authority comes on top of Node's own and of NODE_EXTRA_CA_CERTS, which Node
 * drops as soon as any are named.
 * @throws InputError where a file cannot be read, or what it holds cannot be used.
 */
export function tlsOptionsOf(settings: CertificateSettings, extraCaFile: string | undefined): TlsOptions {
  const { caFile, certFile, keyFile, archiveFile, passphrase } = settings;
  const isPem = certFile !== undefined && keyFile !== undefined;
  const options: TlsOptions = {
    ...(caFile !== undefined && { ca: [...defaultAuthorities(extraCaFile), readText(caFile)] }),
    ...(isPem && { cert: readText(certFile), key: readText(keyFile) }),
    ...(!isPem && archiveFile !== undefined && { pfx: read(archiveFile) }),
    ...(passphrase !== undefined && (isPem || archiveFile !== undefined) && { passphrase }),
  };
  if (Object.keys(options).length > 0) check(options);
  return options;
}

/** Node's own list, with what NODE_EXTRA_CA_CERTS and NODE_USE_SYSTEM_CA add to it; before Node 22.15 put together by hand. */
function defaultAuthorities(extraCaFile: string | undefined): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] };
  if (getCACertificates !== undefined) return getCACertificates('default');
  return extraCaFile === undefined
    ? tls.rootCertificates
    : [...tls.rootCertificates, ...readExtra(extraCaFile)];
}

/** Node goes on without this file where it cannot be read, with a warning of its own. */
function readExtra(file: string): readonly string[] {
  try {
    return [readFileSync(file, 'utf8')];
  } catch {
    return [];
  }
}

function readText(file: string): string {
  return read(file).toString('utf8');
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw settingsError('A certificate file of the agent cannot be read', error);
  }
}

/** What OpenSSL refuses (no PEM, a wrong passphrase, a key of another certificate) would else show as a lost connection. */
function check(options: TlsOptions): void {
  try {
    tls.createSecureContext(options);
  } catch (error) {
    throw settingsError("The agent's certificates cannot be used", error);
  }
}

function settingsError(what: string, error: unknown): InputError {
  const reason = messageOf(error);
  return new InputError([
    `${what}: ${reason}. Correct the agent's SSL settings (--sslcacert, --sslclientcert …).`,
  ]);
}
