import picocolors from 'picocolors';

/** Always with codes: whether a stream gets them is decided where it is written to. */
export const colors = picocolors.createColors(true);

/** The codes that this program uses. */
const code = /(\u001b\[(?:1|2|22|3[0-9])m)/;

/** Whether a stream shows colours: a terminal, on Windows too, or whatever FORCE_COLOR says; none with NO_COLOR. */
export function takesColors(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = environment;
  if (NO_COLOR !== '') return false;
  if (FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return stream.isTTY === true && TERM !== 'dumb';
}

/** The text with its codes, or without; `change` is done to what stands between them. */
export function withColors(isColored: boolean, text: string, change: (part: string) => string): string {
  return text
    .split(code)
    .map((part, index) => (index % 2 === 0 ? change(part) : isColored ? part : ''))
    .join('');
}
