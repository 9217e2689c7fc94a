/** Shorter values are no secrets: replacing them would shred every text they happen to stand in. */
const shortestSecret = 3;

const replacement = '***';

/** Replaces secret values in a text. */
export type Redact = (text: string) => string;

/**
 * Makes a function that replaces each secret by `***`, in its plain, JSON, URL-encoded and base64 form. Multi-line
 * secrets are replaced line by line as well, since logs are sent in lines.
 */
export function redactorOf(secrets: Iterable<string>): Redact {
  const forms = new Set<string>();
  for (const secret of secrets) {
    for (const form of formsOf(secret)) if (form.length >= shortestSecret) forms.add(form);
  }
  if (forms.size === 0) return (text) => text;
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(longestFirst.map(escapeRegExp).join('|'), 'g');
  return (text) => text.replace(pattern, replacement);
}

function formsOf(secret: string): string[] {
  const trimmed = secret.trim();
  const lines = trimmed.split(/\r?\n/).map((line) => line.trim());
  const plain = new Set([secret, trimmed, ...lines].filter((form) => form.length >= shortestSecret));
  return [...plain].flatMap((form) => [
    form,
    JSON.stringify(form).slice(1, -1),
    encodeURIComponent(form.toWellFormed()),
    encodeURI(form.toWellFormed()),
    Buffer.from(form).toString('base64'),
    Buffer.from(form).toString('base64').replace(/=+$/, ''),
    Buffer.from(form).toString('base64url'),
  ]);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
