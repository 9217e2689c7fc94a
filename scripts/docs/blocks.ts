/** Text with what stands between `<!-- name -->` and `<!-- /name -->` made anew. */
export function replaceBlock(text: string, name: string, content: string): string {
  return text.replace(
    new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`),
    (_all: string, open: string, close: string) => `${open}\n${content}\n\n${close}`,
  );
}

/** What stands in a block. @throws Error where the text has none of this name */
export function blockOf(text: string, name: string): string {
  const [, content] = new RegExp(`<!-- ${name} -->\n([\\s\\S]*?)<!-- /${name} -->`).exec(text) ?? [];
  if (content === undefined) throw new Error(`There is no block <!-- ${name} -->.`);
  return content.trim();
}

export function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text that stays in one cell. */
export function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\n/g, ' ');
}
