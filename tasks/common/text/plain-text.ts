/** ANSI escape sequences (ECMA-48): CSI, OSC (in one line) and the two-character ones. */
const ansiSequence =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b(?:\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/** Control characters but tab and line feed. */
const controlCharacter = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Characters that turn the direction of what follows, and so can make a line read as something that it is not. */
const bidiControl = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * `##vso[` or `##[`, also with characters in between that are not seen, and that a comparison by the rules of a language
 * (.NET's default for texts) skips.
 */
const unseen = '[\\p{Cf}\\p{Default_Ignorable_Code_Point}]*';
const command = new RegExp(`#${unseen}#(?=${unseen}(?:v${unseen}s${unseen}o${unseen})?\\[)`, 'giu');

/** Removes ANSI codes, control characters and turns of direction; CRLF and lone CR become LF, as a terminal that keeps lines shows them. */
export function plainText(text: string): string {
  return text
    .replace(ansiSequence, '')
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(controlCharacter, '')
    .replace(bidiControl, '');
}

/**
 * Text that may stand in a step's log without being obeyed: the agent reads `##vso[` anywhere in a line as a command,
 * and `##[` as formatting.
 */
export function neutralText(text: string): string {
  return plainText(text).replace(command, '##_');
}

/** JSON that may stand in a step's log like neutralText, with every value as it was: of `##` the second is an escape. */
export function jsonText(value: unknown): string {
  return escapeCommands(JSON.stringify(value, undefined, 2));
}

/** JSON with the same values, in which the agent finds no command: of `##` the second is an escape. */
export function escapeCommands(json: string): string {
  return json.replace(command, (text) => `${text.slice(0, -1)}\\u0023`);
}

/** Whether the agent would obey, or format, a line of the text that a script prints. */
export function holdsCommand(text: string): boolean {
  return [text, plainText(text)].some((shown) => shown.search(command) >= 0);
}

let withoutSecrets = (text: string) => text;

/** Tells how to take secrets out of what is cut: the agent, which masks them in a log, knows no part of one. */
export function redactBeforeCutting(redact: (text: string) => string): void {
  withoutSecrets = redact;
}

/** At most `limit` characters; of a secret that the cut would go through, nothing. */
export function cut(text: string, limit: number, mark = '…'): string {
  const shown = text.length > limit ? withoutSecrets(text) : text;
  if (shown.length <= limit) return shown;
  return `${shown.slice(0, limit - mark.length).replace(/[\ud800-\udbff]$/, '')}${mark}`;
}

/** One line of at most `limit` characters: line breaks become spaces, the rest is cut with an ellipsis. */
export function oneLine(text: string, limit = 200): string {
  const line = plainText(text)
    .split('\n')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join(' ');
  return cut(line, limit);
}

/** Whether text still holds a macro or template expression that nothing replaced; such text counts as absent. */
export function isUnresolved(text: string): boolean {
  return /\$\([^()$]*\)|\$\{\{/.test(text);
}

/** The number of bytes of the text in UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
