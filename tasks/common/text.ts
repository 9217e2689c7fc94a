/** ANSI escape sequences (ECMA-48): CSI, OSC and the two-character ones. */

const ansiSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;

/** Control characters but tab and line feed. */

const controlCharacter = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Removes ANSI codes and control characters; CRLF and lone CR become LF, as a terminal that keeps lines shows them. */
export function plainText(text: string): string {
  return text.replace(ansiSequence, '').replace(/\r\n?/g, '\n').replace(controlCharacter, '');
}

/**
 * Text that may stand in a step's log without being obeyed: the agent reads `##vso[` anywhere in a line as a command,
 * and `##[` as formatting.
 */
export function neutralText(text: string): string {
  return plainText(text).replace(/##(?=vso\[|\[)/gi, '##_');
}

/** One line of at most `limit` characters: line breaks become spaces, the rest is cut with an ellipsis. */
export function oneLine(text: string, limit = 200): string {
  const line = plainText(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** Whether text still holds a macro or template expression that nothing replaced; such text counts as absent. */
export function isUnresolved(text: string): boolean {
  return /\$\([^)]*\)|\$\{\{/.test(text);
}

/** The number of bytes of the text in UTF-8. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
