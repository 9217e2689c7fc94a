/** By the code of the yaml library's error: what most often lies behind it, in the words of somebody who writes inputs. */
const causes: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE:
    'Inside double quotes a backslash starts an escape; write it twice (C:\\\\temp), or use single quotes or none',
  TAB_AS_INDENT: 'YAML is indented with spaces',
  BAD_SCALAR_START: 'Put the value in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'A value that holds ": " needs quotes',
  MULTILINE_IMPLICIT_KEY: 'Is a comma or a quote missing in the line?',
  MISSING_CHAR: 'Is a closing quote, a colon or a comma missing, or does a value hold quotes of its own?',
  BAD_INDENT: 'Lines of the same level must start in the same column, and every bracket must be closed',
  UNEXPECTED_TOKEN: 'Is the line indented like its neighbours, and are its quotes and brackets closed?',
  TAG_RESOLVE_FAILED: 'A value that begins with ! needs quotes',
  BAD_ALIAS: 'A value that begins with * or & needs quotes',
};

/** A sentence to stand behind the error's own words; empty where nothing is known. */
export function likelyCause(code: string, message: string): string {
  if (message.startsWith('Unresolved plain scalar')) return '. Text needs double quotes';
  const cause = message.startsWith('Unresolved alias') ? causes.BAD_ALIAS : causes[code];
  return cause === undefined ? '' : `. ${cause}`;
}
