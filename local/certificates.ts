import { generateKeyPairSync } from 'node:crypto';
import { isIP } from 'node:net';
import forge from 'node-forge';

/** A certificate with its key, as PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** Names and addresses that the certificate is for; 127.0.0.1 and localhost when left out. */
  readonly hosts?: readonly string[];
  readonly validFrom?: Date;
  readonly validTo?: Date;
}

/** A certificate authority that lives for the length of a test. */
export interface Authority {
  /** Its own certificate, as PEM. */
  readonly cert: string;
  issue(options?: CertificateOptions): Certificate;
}

const day = 24 * 60 * 60 * 1000;
let serial = 1;

/** One key for all: making one takes longer than anything else here, and none of them has a secret to keep. */
let keys:
  { key: string; publicKey: forge.pki.rsa.PublicKey; privateKey: forge.pki.rsa.PrivateKey } | undefined;

function keyPair() {
  if (keys !== undefined) return keys;
  const pair = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  keys = {
    key: pair.privateKey,
    publicKey: forge.pki.publicKeyFromPem(pair.publicKey),
    privateKey: forge.pki.privateKeyFromPem(pair.privateKey),
  };
  return keys;
}

export function createAuthority(name = 'Test authority'): Authority {
  const subject = [{ name: 'commonName', value: name }];
  const extensions = [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ];
  return {
    cert: certificate({ subject, issuer: subject, extensions }),
    issue: ({ hosts = ['127.0.0.1', 'localhost'], ...validity } = {}) => ({
      cert: certificate({
        subject: [{ name: 'commonName', value: hosts[0] ?? 'nobody' }],
        issuer: subject,
        extensions: [{ name: 'subjectAltName', altNames: hosts.map(altName) }],
        ...validity,
      }),
      key: keyPair().key,
    }),
  };
}

/** Certificate and key in one encrypted archive. */
export function archiveOf({ cert, key }: Certificate, passphrase: string): Buffer {
  const archive = forge.pkcs12.toPkcs12Asn1(
    forge.pki.privateKeyFromPem(key),
    forge.pki.certificateFromPem(cert),
    passphrase,
    { algorithm: '3des' },
  );
  return Buffer.from(forge.asn1.toDer(archive).getBytes(), 'binary');
}

interface Contents extends CertificateOptions {
  readonly subject: forge.pki.CertificateField[];
  readonly issuer: forge.pki.CertificateField[];
  readonly extensions: object[];
}

function certificate({ subject, issuer, extensions, validFrom, validTo }: Contents): string {
  const { publicKey, privateKey } = keyPair();
  const made = forge.pki.createCertificate();
  made.publicKey = publicKey;
  made.serialNumber = (serial++).toString(16).padStart(2, '0');
  made.validity.notBefore = validFrom ?? new Date(Date.now() - day);
  made.validity.notAfter = validTo ?? new Date(Date.now() + day);
  made.setSubject(subject);
  made.setIssuer(issuer);
  made.setExtensions(extensions);
  made.sign(privateKey, forge.md.sha256.create());
  return forge.pki.certificateToPem(made);
}

/** Types of GeneralName (RFC 5280): 2 is a DNS name, 7 an address. */
function altName(host: string): object {
  return isIP(host) === 0 ? { type: 2, value: host } : { type: 7, ip: host };
}
