import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { InputError } from './errors.ts';
import type { CertificateSettings } from './host.ts';

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
 * @throws InputError where a file cannot be read.
 */
export function tlsOptionsOf(settings: CertificateSettings, extraCaFile: string | undefined): TlsOptions {
  const { caFile, certFile, keyFile, archiveFile, passphrase } = settings;
  const isPem = certFile !== undefined && keyFile !== undefined;
  return {
    ...(caFile !== undefined && {
      ca: [...rootCertificates, ...[caFile, extraCaFile].filter((f) => f !== undefined).map(readText)],
    }),
    ...(isPem && { cert: readText(certFile), key: readText(keyFile) }),
    ...(!isPem && archiveFile !== undefined && { pfx: read(archiveFile) }),
    ...(passphrase !== undefined && (isPem || archiveFile !== undefined) && { passphrase }),
  };
}

function readText(file: string): string {
  return read(file).toString('utf8');
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError([
      `The agent's certificate file cannot be read: ${reason}. Correct the agent's SSL settings.`,
    ]);
  }
}
